//! Somebody who can write the file, and has no keys, against the audit logs in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use prodops_core::audit::verify::{Finding, Problem};
use prodops_core::entropy::SystemEntropy;
use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::keyring::{
    ExistingData, KeyOwner, Keyring, KeyringParts, LocalRoot, MemoryKeyring, Roots, RowKeySource,
};
use prodops_core::testing::FixedClock;
use prodops_core::vault::KeyId;
use prodops_store::embedded::Embedded;
use prodops_store::testing::{Fixture, KeysOnDemand, Tenant};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use tempfile::TempDir;

use crate::sequencer::{next_batch, verified};

const EVENTS: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("audit_events");
const ENTRIES: u64 = 30;

struct Place {
    _folder: TempDir,
    path: PathBuf,
    keys: Arc<KeysOnDemand>,
    clock: Arc<FixedClock>,
}

/// Keys that age by a clock that is moved by hand.
async fn keys(clock: &Arc<FixedClock>) -> Arc<KeysOnDemand> {
    let entropy = Arc::new(SystemEntropy);
    let parts = KeyringParts {
        environment: Environment::Test,
        store: Arc::new(MemoryKeyring::default()),
        roots: Roots::new(LocalRoot::ephemeral(entropy.clone()).unwrap()),
        clock: clock.clone(),
        entropy,
    };
    Arc::new(KeysOnDemand(Keyring::open(parts, ExistingData::Absent).await.unwrap()))
}

async fn open(place: &Place, seed: u64) -> Fixture {
    let keys: Arc<dyn RowKeySource> = Arc::<KeysOnDemand>::clone(&place.keys);
    Fixture::new(Arc::new(Embedded::open(&place.path, Environment::Test, keys).await.unwrap()), seed)
}

/// Three workspaces with thirty entries each; all but the last few are in the tree.
async fn filled() -> (Place, Vec<WorkspaceId>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.redb");
    let clock = Arc::new(FixedClock::at("2026-01-05T09:00:00Z"));
    let place = Place { _folder: folder, path, keys: keys(&clock).await, clock };
    let fixture = open(&place, 1).await;
    let mut tenants: Vec<Tenant> = Vec::new();
    for _ in 0..3 {
        tenants.push(fixture.tenant().await);
    }
    for _ in 0..ENTRIES {
        for tenant in &tenants {
            fixture.inside(tenant).append_audit(&fixture.event(&tenant.scope)).await.unwrap();
        }
    }
    let batch = next_batch(&fixture.audit(), 80).await;
    fixture.audit().sequence(&batch).await.unwrap();
    assert_eq!(verified(&fixture.audit()).await, Ok(93), "three provisionings and three times thirty");
    (place, tenants.iter().map(|tenant| tenant.workspace.id).collect())
}

fn key(workspace: WorkspaceId, seq: u64) -> Vec<u8> {
    [&workspace.as_bytes()[..], &seq.to_be_bytes()].concat()
}

/// Changes rows of the table of events, below the store.
fn tamper(path: &Path, change: impl FnOnce(&mut redb::Table<'_, &'static [u8], &'static [u8]>)) {
    let database = Database::open(path).unwrap();
    let transaction = database.begin_write().unwrap();
    change(&mut transaction.open_table(EVENTS).unwrap());
    transaction.commit().unwrap();
}

fn row(path: &Path, key: &[u8]) -> Vec<u8> {
    let database = Database::open(path).unwrap();
    let table = database.begin_read().unwrap().open_table(EVENTS).unwrap();
    table.get(key).unwrap().unwrap().value().to_vec()
}

async fn found(place: &Place) -> Vec<Finding> {
    verified(&open(place, 2).await.audit()).await.unwrap_err()
}

#[tokio::test]
async fn edits_deletions_reorderings_and_truncations_in_the_file_are_named() {
    let (place, workspaces) = filled().await;
    let path = &place.path;
    let whole = std::fs::read(path).unwrap();
    for (at, seq) in [1, 2, 7, 15, 29, 30].into_iter().enumerate() {
        let id = workspaces[at % 3];
        let bad = |problem| vec![Finding::Entry { workspace: Some(id), seq, problem }];
        let own = row(path, &key(id, seq));
        let next = row(path, &key(id, seq % ENTRIES + 1));

        let mut edited = own.clone();
        let middle = edited.len() / 2;
        edited[middle] ^= 1;
        tamper(path, |table| drop(table.insert(key(id, seq).as_slice(), edited.as_slice()).unwrap()));
        assert_eq!(found(&place).await, bad(Problem::Unreadable));

        std::fs::write(path, &whole).unwrap();
        tamper(path, |table| drop(table.remove(key(id, seq).as_slice()).unwrap()));
        assert_eq!(found(&place).await, bad(Problem::Missing));

        // Another entry of the same log in its place, as when two are exchanged.
        std::fs::write(path, &whole).unwrap();
        tamper(path, |table| drop(table.insert(key(id, seq).as_slice(), next.as_slice()).unwrap()));
        assert_eq!(found(&place).await, bad(Problem::Unreadable));

        std::fs::write(path, &whole).unwrap();
        tamper(path, |table| {
            for gone in seq..=ENTRIES {
                table.remove(key(id, gone).as_slice()).unwrap();
            }
        });
        assert_eq!(found(&place).await, bad(Problem::Missing));
        std::fs::write(path, &whole).unwrap();
    }
    assert_eq!(verified(&open(&place, 3).await.audit()).await, Ok(93));
}

/// Bytes 1 to 16 of a row say in the clear which key it is sealed under. Whatever stands there, the row was changed and the
/// rest of the log is compared.
#[tokio::test]
async fn every_byte_of_a_row_counts_and_so_does_the_key_that_it_names() {
    let (place, workspaces) = filled().await;
    let (owner, id) = (KeyOwner::Workspace(workspaces[1]), workspaces[1]);
    let retired = place.keys.0.keys(owner).await.unwrap().active();
    let of_others = place.keys.0.keys(KeyOwner::Deployment).await.unwrap().active();
    let _ = place.keys.0.rotate_data_key(owner).await.unwrap();
    let fixture = open(&place, 2).await;
    let mut after = None;
    loop {
        after = fixture.control().reseal(owner, after.as_ref(), 1_000).await.unwrap().next;
        if after.is_none() {
            break;
        }
    }
    drop(fixture);
    place.clock.advance_seconds(86_400);
    place.keys.0.retire_data_key(owner, retired, 0).await.unwrap();
    let sealed = row(&place.path, &key(id, 7));
    let named = |key: KeyId| [&sealed[..1], &key.as_bytes()[..], &sealed[17..]].concat();
    let flipped = (0..sealed.len()).map(|at| {
        let mut bytes = sealed.clone();
        bytes[at] ^= 1;
        bytes
    });
    let others = [named(retired), named(of_others), vec![], sealed[..16].to_vec()];
    for changed in others.into_iter().chain(flipped) {
        tamper(&place.path, |table| drop(table.insert(key(id, 7).as_slice(), changed.as_slice()).unwrap()));
        let bad = Finding::Entry { workspace: Some(id), seq: 7, problem: Problem::Unreadable };
        assert_eq!(found(&place).await, [bad]);
    }
    tamper(&place.path, |table| drop(table.insert(key(id, 7).as_slice(), sealed.as_slice()).unwrap()));
    assert_eq!(verified(&open(&place, 3).await.audit()).await, Ok(93));
}

/// Removes or replaces the last row of a table of the tree.
fn tamper_last(path: &Path, table: &str, change: impl Fn(&[u8]) -> Option<Vec<u8>>) {
    let database = Database::open(path).unwrap();
    let transaction = database.begin_write().unwrap();
    {
        let definition: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new(table);
        let mut rows = transaction.open_table(definition).unwrap();
        let (key, value) = {
            let (key, value) = rows.last().unwrap().unwrap();
            (key.value().to_vec(), value.value().to_vec())
        };
        match change(&value) {
            Some(value) => drop(rows.insert(key.as_slice(), value.as_slice()).unwrap()),
            None => drop(rows.remove(key.as_slice()).unwrap()),
        }
    }
    transaction.commit().unwrap();
}

#[tokio::test]
async fn rows_of_the_tree_that_are_changed_or_gone_are_findings() {
    let (place, _) = filled().await;
    let whole = std::fs::read(&place.path).unwrap();
    let edited = |bytes: &[u8]| {
        let mut bytes = bytes.to_vec();
        bytes[3] ^= 1;
        Some(bytes)
    };
    for gone in [true, false] {
        let change = |bytes: &[u8]| if gone { None } else { edited(bytes) };
        tamper_last(&place.path, "audit_checkpoints", change);
        assert_eq!(found(&place).await, [Finding::Unsigned { size: 80, signed: 0 }]);
        std::fs::write(&place.path, &whole).unwrap();
        tamper_last(&place.path, "audit_tree", change);
        let stored = gone.then_some(0);
        assert_eq!(found(&place).await, [Finding::RightEdge { size: 80, stored }]);
        std::fs::write(&place.path, &whole).unwrap();
        tamper_last(&place.path, "audit_leaves", change);
        let cut = if gone {
            Finding::TreeTruncated { size: 79, signed: 80 }
        } else {
            Finding::Leaf { index: 79, problem: Problem::Unreadable }
        };
        assert!(found(&place).await.contains(&cut), "{gone}");
        std::fs::write(&place.path, &whole).unwrap();
        // The last row of the queue is the last entry of a log.
        tamper_last(&place.path, "audit_queue", change);
        let found = found(&place).await;
        let [Finding::Entry { seq: ENTRIES, problem: Problem::Uncommitted, .. }] = found[..] else {
            panic!("{found:?}")
        };
        std::fs::write(&place.path, &whole).unwrap();
    }
    assert_eq!(verified(&open(&place, 3).await.audit()).await, Ok(93));
}
