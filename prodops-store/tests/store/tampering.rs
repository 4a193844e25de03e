//! Somebody who can write the file, and has no keys, against the audit logs in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use prodops_core::audit::verify::{Finding, Problem};
use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::keyring::RowKeySource;
use prodops_store::embedded::Embedded;
use prodops_store::testing::{Fixture, KeysOnDemand, Tenant};
use redb::{Database, ReadableDatabase, TableDefinition};
use tempfile::TempDir;

use crate::sequencer::{next_batch, verified};

const EVENTS: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("audit_events");
const ENTRIES: u64 = 30;

struct Place {
    _folder: TempDir,
    path: PathBuf,
    keys: Arc<KeysOnDemand>,
}

async fn open(place: &Place, seed: u64) -> Fixture {
    let keys: Arc<dyn RowKeySource> = Arc::<KeysOnDemand>::clone(&place.keys);
    Fixture::new(Arc::new(Embedded::open(&place.path, Environment::Test, keys).await.unwrap()), seed)
}

/// Three workspaces with thirty entries each; all but the last few are in the tree.
async fn filled() -> (Place, Vec<WorkspaceId>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.redb");
    let place = Place { _folder: folder, path, keys: KeysOnDemand::new(Environment::Test).await };
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
