//! The ledger of deletions in its file: kills, damage and forgery.

use std::path::PathBuf;

use prodops_core::audit::Actor;
use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::secret::Secret;
use prodops_store::contract::{ErasureSubject, PurgeState, TombstoneRecord};
use prodops_store::ledger::{Ledger, LedgerError, LedgerEvent};
use tempfile::TempDir;

struct Place {
    _folder: TempDir,
    path: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("deletions.ledger");
        Self { _folder: folder, path }
    }

    fn ledger(&self) -> Ledger {
        self.with(Environment::Test, [1; 32])
    }

    fn with(&self, environment: Environment, key: [u8; 32]) -> Ledger {
        Ledger::file(&self.path, environment, Secret::new(key))
    }
}

fn tombstone(id: u8, state: PurgeState) -> TombstoneRecord {
    let now = "2026-01-05T09:00:00Z".parse().unwrap();
    TombstoneRecord {
        subject: ErasureSubject::Workspace(WorkspaceId::from_bytes([id; 16])),
        requested: now,
        requested_by: Actor::Operator,
        grace_ends: now.plus_seconds(7 * 86_400),
        state,
        since: now,
        restores: None,
    }
}

fn requested(id: u8) -> LedgerEvent {
    LedgerEvent::Requested(tombstone(id, PurgeState::Pending))
}

async fn filled() -> Place {
    let place = Place::new();
    for id in 1..=4 {
        let head = place.ledger().append(requested(id)).await.unwrap();
        assert_eq!(head.seq, u64::from(id));
    }
    place
}

#[tokio::test]
async fn what_was_added_is_there_and_the_last_word_counts() {
    let place = filled().await;
    let begun = LedgerEvent::Begun(tombstone(2, PurgeState::Purging));
    place.ledger().append(begun.clone()).await.unwrap();
    let standing = place.ledger().standing().await.unwrap();
    let last = standing.last();
    assert_eq!(last.len(), 4);
    assert_eq!(last[&begun.subject()], &begun);
    assert_eq!(last[&requested(1).subject()], &requested(1));
    assert_eq!(standing.head().seq, 5);
    let memory = Ledger::memory(Environment::Test, Secret::new([1; 32]));
    for event in [requested(1), requested(2)] {
        memory.append(event).await.unwrap();
    }
    assert_eq!(memory.entries().await.unwrap(), place.ledger().entries().await.unwrap()[..2]);
}

#[tokio::test]
async fn a_line_that_was_cut_off_was_never_there() {
    let place = filled().await;
    let whole = std::fs::read(&place.path).unwrap();
    let third = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(3).unwrap().0;
    for length in third + 1..whole.len() {
        std::fs::write(&place.path, &whole[..length]).unwrap();
        assert_eq!(place.ledger().entries().await.unwrap().len(), 3);
    }
    place.ledger().append(requested(4)).await.unwrap();
    assert_eq!(std::fs::read(&place.path).unwrap(), whole);
}

#[tokio::test]
async fn every_changed_byte_exchanged_and_missing_line_is_found() {
    let place = filled().await;
    let whole = std::fs::read_to_string(&place.path).unwrap();
    for at in 0..whole.len() - 1 {
        let mut changed = whole.clone().into_bytes();
        changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
        std::fs::write(&place.path, &changed).unwrap();
        assert!(place.ledger().entries().await.is_err(), "byte {at}");
        assert!(place.ledger().append(requested(9)).await.is_err(), "nothing is added behind it");
    }
    let lines: Vec<&str> = whole.lines().collect();
    for [a, b, c] in [[0, 2, 1], [0, 1, 3], [0, 2, 3]] {
        std::fs::write(&place.path, format!("{}\n{}\n{}\n", lines[a], lines[b], lines[c])).unwrap();
        let refused = place.ledger().entries().await.unwrap_err();
        assert!(matches!(refused, LedgerError::Damaged { .. }), "{refused:?}");
    }
}

#[tokio::test]
async fn lines_cut_off_at_the_end_are_found_by_who_knows_the_head() {
    let place = filled().await;
    let head = place.ledger().standing().await.unwrap().head();
    let whole = std::fs::read_to_string(&place.path).unwrap();
    let cut: Vec<&str> = whole.split_inclusive('\n').take(3).collect();
    std::fs::write(&place.path, cut.concat()).unwrap();
    let standing = place.ledger().standing().await.unwrap();
    assert!(!standing.reaches(&head));
    assert!(standing.reaches(&standing.head()));
    std::fs::write(&place.path, &whole).unwrap();
    place.ledger().append(requested(5)).await.unwrap();
    assert!(place.ledger().standing().await.unwrap().reaches(&head), "a longer one has reached it");
}

#[tokio::test]
async fn another_key_and_another_environment_are_refused() {
    let place = filled().await;
    let other_key = place.with(Environment::Test, [2; 32]).entries().await.unwrap_err();
    assert!(matches!(other_key, LedgerError::Damaged { line: 2, .. }), "{other_key}");
    let elsewhere = place.with(Environment::Production, [1; 32]).entries().await.unwrap_err();
    assert!(matches!(elsewhere, LedgerError::NotALedger(_)), "{elsewhere}");
}
