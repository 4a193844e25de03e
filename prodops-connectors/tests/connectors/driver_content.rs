//! The driver over streams of commits: whatever fails wherever, the end is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_trait::async_trait;
use prodops_connectors::contract::{
    Api, CommitContent, CommitCursor, Connector, ConnectorError, ContentLimits, ContentSource, Descriptor,
    Granted, Passage, RawCommitHeader, RawSignature, Result, Silent, Stream, WalkPlan, Window,
};
use prodops_connectors::driver::{SyncDriver, SyncError, SyncSummary};
use prodops_connectors::git::GitConnector;
use prodops_core::fact::{CommitId, Gap};
use prodops_core::id::{ConnectionId, RepositoryId};
use prodops_core::input::ConnectionTarget;
use prodops_core::source::Transient;
use prodops_core::testing::FixedClock;
use prodops_core::time::{OffsetTimestamp, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::reading::Intakes;
use crate::sink::{MemorySink, Stored, Trouble};

/// What a reader does when it comes to a place.
#[derive(Clone, Copy)]
enum Mishap {
    Panic(u64),
    Fail(u64),
    Forget(u64),
    Repeat(u64),
}

/// A made-up history that several threads read; every seventh commit cannot be read.
#[derive(Clone)]
struct Tale {
    commits: u64,
    threads: u64,
    mishap: Option<Mishap>,
    /// Replaces whatever was stored before.
    rewritten: bool,
}

impl Tale {
    fn of(commits: u64, threads: u64) -> Self {
        Self { commits, threads, mishap: None, rewritten: false }
    }

    fn id(place: u64) -> CommitId {
        let mut bytes = [0; 20];
        bytes[..8].copy_from_slice(&place.to_be_bytes());
        CommitId::Sha1(bytes)
    }

    fn content(place: u64) -> CommitContent {
        let time =
            OffsetTimestamp { at: Timestamp::UNIX_EPOCH.plus_seconds(place as i64), offset_minutes: 0 };
        let person = || RawSignature { name: b"A".to_vec(), email: b"a@example.org".to_vec(), time };
        let header = RawCommitHeader {
            repository: RepositoryId::derive(&[b"tale"]),
            id: Self::id(place),
            parents: place.checked_sub(1).map(Self::id).into_iter().collect(),
            author: person(),
            committer: person(),
            message: Transient::new(b"message".to_vec()),
        };
        CommitContent {
            walked_parents: header.parents.clone(),
            header,
            changes: Vec::new(),
            merged: Vec::new(),
            attributes: Vec::new(),
            gaps: vec![(Gap::LossyText, 1)],
        }
    }

    fn plan(&self, since: Option<CommitCursor>) -> WalkPlan {
        let head = self.commits.checked_sub(1).map(Self::id);
        let repository = RepositoryId::derive(&[b"tale"]);
        let begin = CommitCursor { done: None, head, position: 0, walk: 0, cut: 0, order: 0, gaps: vec![] };
        let from = since.unwrap_or(begin);
        if from.done == head {
            return WalkPlan { from, total: 0, keep: None, repository, children: BTreeMap::new() };
        }
        let keep = self.rewritten.then(|| (0..self.commits).map(Self::id).collect::<BTreeSet<_>>());
        let children = BTreeMap::new();
        WalkPlan { from: CommitCursor { head, ..from }, total: self.commits, keep, repository, children }
    }

    fn read(&self, plan: &WalkPlan, lane: u64, out: &Passage) -> Result<()> {
        let mut worker = out.worker();
        for place in (plan.from.position..plan.total).filter(|place| place % self.threads == lane) {
            match self.mishap {
                Some(Mishap::Panic(at)) if at == place => panic!("a reader breaks"),
                Some(Mishap::Fail(at)) if at == place => {
                    out.abandon();
                    return Err(ConnectorError::Gone { what: "the tale" });
                }
                Some(Mishap::Forget(at)) if at == place => {}
                _ if place % 7 == 3 => worker.skip(place, Gap::UnreadableObject)?,
                _ => worker.send(place, Self::content(place))?,
            }
            if let Some(Mishap::Repeat(at)) = self.mishap
                && at == place
            {
                worker.send(place, Self::content(place))?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl ContentSource for Tale {
    fn name(&self) -> &'static str {
        "commits"
    }

    async fn run(&self, _api: &Api, window: Window<CommitCursor>, out: Passage) -> Result<()> {
        let tale = self.clone();
        let read = tokio::task::spawn_blocking(move || {
            let plan = tale.plan(window.since);
            out.plan(plan.clone())?;
            std::thread::scope(|scope| {
                let (tale, plan, out) = (&tale, &plan, &out);
                let lanes: Vec<_> =
                    (0..tale.threads).map(|lane| scope.spawn(move || tale.read(plan, lane, out))).collect();
                let broken = |_| Err(ConnectorError::Bug { what: "a reading thread panicked" });
                let results: Vec<_> =
                    lanes.into_iter().map(|lane| lane.join().unwrap_or_else(broken)).collect();
                results.into_iter().collect::<Result<Vec<_>>>()
            })
        });
        read.await.unwrap().map(|_| ())
    }
}

struct Teller(Descriptor, Tale);

#[async_trait]
impl Connector for Teller {
    fn descriptor(&self) -> &Descriptor {
        &self.0
    }

    async fn check(&self, _api: &Api) -> Result<Granted> {
        Ok(Granted { scopes: Vec::new() })
    }

    fn streams(&self) -> Vec<Stream> {
        vec![Stream::Content(Box::new(self.1.clone()))]
    }
}

async fn sync(tale: &Tale, sink: &MemorySink) -> std::result::Result<SyncSummary, SyncError> {
    sync_until(tale, sink, CancellationToken::new()).await
}

async fn sync_until(
    tale: &Tale,
    sink: &MemorySink,
    cancel: CancellationToken,
) -> std::result::Result<SyncSummary, SyncError> {
    let descriptor = GitConnector::within([]).unwrap().descriptor().clone();
    let target = ConnectionTarget::new("anywhere").unwrap();
    let api = Api::new(ConnectionId::from_bytes([1; 16]), target, ContentLimits::default(), cancel);
    let clock = FixedClock::at("2026-01-01T00:00:00Z");
    let driver =
        SyncDriver { sink, intake: Arc::new(Intakes(Arc::default())), progress: &Silent, clock: &clock };
    driver.run(&Teller(descriptor, tale.clone()), &api).await
}

/// What is stored when nothing goes wrong, and after how many writes.
async fn undisturbed(tale: &Tale) -> (Stored, u64) {
    let sink = MemorySink::default();
    sync(tale, &sink).await.unwrap();
    let stored = sink.stored().clone();
    (stored, sink.calls())
}

fn nothing_came_twice(sink: &MemorySink) {
    let asked = sink.asked();
    let distinct: BTreeSet<_> = asked.order.iter().collect();
    assert_eq!(distinct.len(), asked.order.len());
}

const COMMITS: u64 = 300;

#[tokio::test]
async fn commits_are_stored_in_order_however_many_threads_read_them() {
    for threads in [1, 2, 5] {
        // More than the readers may be ahead of the store.
        let commits = 5_000;
        let (stored, writes) = undisturbed(&Tale::of(commits, threads)).await;
        let unreadable = (0..commits).filter(|place| place % 7 == 3).count() as u64;
        assert_eq!(stored.commits.len() as u64, commits - unreadable);
        let gaps = vec![(Gap::UnreadableObject, unreadable), (Gap::LossyText, commits - unreadable)];
        assert_eq!(stored.coverage.unwrap().gaps, gaps);
        assert!(writes >= 10, "several batches");
    }
}

#[tokio::test]
async fn a_store_that_fails_at_any_write_changes_nothing_of_the_end() {
    let tale = Tale::of(COMMITS, 3);
    let (expected, writes) = undisturbed(&tale).await;
    for trouble in [Trouble::Refuse, Trouble::LoseAnswer] {
        for call in 1..=writes {
            let sink = MemorySink::default();
            sink.upset(call, trouble);
            // Batches depend on how fast the readers are: there may be fewer than there were.
            if let Err(error) = sync(&tale, &sink).await {
                assert!(matches!(error, SyncError::Sink(_)), "{error}");
                sync(&tale, &sink).await.unwrap();
            }
            nothing_came_twice(&sink);
            let stored = sink.stored().clone();
            assert_eq!(stored.commits, expected.commits, "{trouble:?} {call}");
            assert_eq!(stored.coverage, expected.coverage, "{trouble:?} {call}");
        }
    }
}

#[tokio::test]
async fn a_store_that_fails_over_and_over_is_overcome() {
    let tale = Tale::of(COMMITS, 3);
    let (expected, _) = undisturbed(&tale).await;
    let sink = MemorySink::default();
    let mut tries = 0;
    loop {
        tries += 1;
        sink.upset(2, Trouble::LoseAnswer);
        if sync(&tale, &sink).await.is_ok() {
            break;
        }
        assert!(tries < 1_000, "it gets nowhere");
    }
    assert!(tries > 1);
    nothing_came_twice(&sink);
    assert_eq!(sink.stored().commits, expected.commits);
    assert_eq!(sink.stored().coverage, expected.coverage);
}

#[tokio::test]
async fn a_sync_that_is_dropped_at_any_write_is_taken_up_again() {
    let tale = Tale::of(COMMITS, 3);
    let (expected, writes) = undisturbed(&tale).await;
    for trouble in [Trouble::HangBefore, Trouble::HangAfter] {
        for call in 1..=writes {
            let sink = MemorySink::default();
            sink.upset(call, trouble);
            tokio::select! {
                done = sync(&tale, &sink) => assert!(done.is_ok(), "a hang is no answer"),
                () = sink.hanging.notified() => {}
            }
            sink.calm();
            sync(&tale, &sink).await.unwrap();
            nothing_came_twice(&sink);
            assert_eq!(sink.stored().commits, expected.commits, "{trouble:?} {call}");
            assert_eq!(sink.stored().coverage, expected.coverage, "{trouble:?} {call}");
        }
    }
}

#[tokio::test]
async fn a_rewrite_that_is_dropped_at_any_write_never_shows_less_than_one_history() {
    let (first, second) = (Tale::of(COMMITS, 2), Tale { rewritten: true, ..Tale::of(200, 2) });
    for trouble in [Trouble::HangBefore, Trouble::HangAfter, Trouble::LoseAnswer] {
        for call in 1.. {
            let sink = MemorySink::default();
            sync(&first, &sink).await.unwrap();
            // The connector found that the stored head is no part of history any more.
            restart(&sink);
            sink.upset(call, trouble);
            let done = tokio::select! {
                done = sync(&second, &sink) => done.is_ok(),
                () = sink.hanging.notified() => false,
            };
            let (expected, _) = undisturbed(&Tale::of(200, 2)).await;
            assert!(expected.commits.keys().all(|id| sink.stored().commits.contains_key(id)), "{call}");
            if done {
                assert!(call > 4, "a rewrite takes more than {call} writes");
                break;
            }
            sink.calm();
            sync(&second, &sink).await.unwrap();
            assert_eq!(sink.stored().commits, expected.commits, "{trouble:?} {call}");
        }
    }
}

/// Sets the stored place to the beginning, as a plan for rewritten history does.
fn restart(sink: &MemorySink) {
    sink.stored().cursors.clear();
}

#[tokio::test]
async fn a_reader_that_panics_ends_the_sync_and_nothing_hangs() {
    for (threads, at) in [(1, 0), (4, 0), (4, 151), (4, COMMITS - 1)] {
        let sink = MemorySink::default();
        let broken = Tale { mishap: Some(Mishap::Panic(at)), ..Tale::of(COMMITS, threads) };
        let error = sync(&broken, &sink).await.unwrap_err();
        assert!(!matches!(error, SyncError::Sink(_)), "{error}");
        let before: Vec<_> = (0..at).filter(|place| place % 7 != 3).map(Tale::id).collect();
        assert!(before.starts_with(&sink.asked().order), "{threads} {at}");
        assert_eq!(sink.stored().coverage, None);
        let tale = Tale::of(COMMITS, threads);
        sync(&tale, &sink).await.unwrap();
        nothing_came_twice(&sink);
        let (expected, _) = undisturbed(&tale).await;
        assert_eq!(sink.stored().commits, expected.commits);
    }
}

#[tokio::test]
async fn a_reader_that_fails_keeps_what_lies_before() {
    let sink = MemorySink::default();
    let tale = Tale { mishap: Some(Mishap::Fail(200)), ..Tale::of(COMMITS, 1) };
    let error = sync(&tale, &sink).await.unwrap_err();
    assert!(matches!(error, SyncError::Connector(ConnectorError::Gone { .. })), "{error}");
    let before: Vec<_> = (0..200).filter(|place| place % 7 != 3).map(Tale::id).collect();
    assert_eq!(sink.asked().order, before);
}

#[tokio::test]
async fn a_source_that_breaks_the_order_of_places_is_found_out() {
    for mishap in [Mishap::Forget(150), Mishap::Repeat(150)] {
        let sink = MemorySink::default();
        let tale = Tale { mishap: Some(mishap), ..Tale::of(COMMITS, 2) };
        let error = sync(&tale, &sink).await.unwrap_err();
        assert!(matches!(error, SyncError::Connector(ConnectorError::Bug { .. })), "{error}");
        assert_eq!(sink.stored().coverage, None, "nothing says that it is complete");
    }
}

#[tokio::test]
async fn a_second_sync_that_moved_the_cursor_is_a_conflict() {
    let (sink, tale) = (MemorySink::default(), Tale::of(COMMITS, 2));
    sink.upset(2, Trouble::HangBefore);
    tokio::select! {
        _ = sync(&tale, &sink) => panic!("it hangs"),
        () = sink.hanging.notified() => {}
    }
    let (one, two) = tokio::join!(sync(&tale, &sink), sync(&tale, &sink));
    assert!(one.is_ok() || two.is_ok());
    nothing_came_twice(&sink);
    let (expected, _) = undisturbed(&tale).await;
    assert_eq!(sink.stored().commits, expected.commits);
}

#[tokio::test]
async fn a_cancelled_sync_stores_nothing_new() {
    let (sink, cancel) = (MemorySink::default(), CancellationToken::new());
    cancel.cancel();
    let error = sync_until(&Tale::of(10, 1), &sink, cancel).await.unwrap_err();
    assert!(matches!(error, SyncError::Connector(ConnectorError::Cancelled)));
    assert_eq!(*sink.stored(), Stored::default());
}
