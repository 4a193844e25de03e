//! Batches that a backend may store another way than small ones.

use prodops_core::fact::{CommitFact, Fact};

use super::super::contents::all_commits;
use super::super::fixture::{Fixture, Source, Subject, Tenant};
use super::super::generate::History;
use crate::StoreError;
use crate::contract::{ConnectionRecord, IngestOutcome};

/// More rows than any backend sends one by one.
const LARGE: usize = 4_000;

fn in_order(history: &History) -> Vec<CommitFact> {
    let mut commits = history.commits.clone();
    commits.sort_by(|a, b| a.id.as_bytes().cmp(b.id.as_bytes()));
    commits
}

/// A large batch stores what the same facts in small ones store, counts what is new, changed and as before, and moves its
/// cursor once.
pub async fn a_large_batch_stores_what_small_ones_do(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 31);
    let (large, small) = (fixture.tenant().await, fixture.tenant().await);
    let source = fixture.source(&large).await;
    let mut history = fixture.generate.history(source.connection, LARGE, 1);
    let rows = history.facts().len() as u64;
    let store = fixture.inside(&large);
    let batch = source.batch(None, b"1", history.facts());
    let first = store.ingest(batch.clone()).await.unwrap();
    assert_eq!(first, IngestOutcome { written: rows, unchanged: 0 });
    assert!(matches!(store.ingest(batch).await, Err(StoreError::Conflict { .. })));
    assert_eq!(all_commits(&store, history.repository.id, 1_000).await.unwrap(), in_order(&history));

    for commit in history.commits.iter_mut().step_by(100) {
        commit.author = None;
        commit.label = None;
    }
    let changed = (LARGE / 100) as u64;
    let again = store.ingest(source.batch(Some(b"1"), b"2", history.facts())).await.unwrap();
    assert_eq!(again, IngestOutcome { written: changed, unchanged: rows - changed });

    // So many are new to this workspace, beside a quarter that is there, that what is left to write is a large batch still.
    let twin = twin_of(&fixture, &small, &source).await;
    let inside = fixture.inside(&small);
    let facts = history.facts();
    inside.ingest(twin.batch(None, b"1", facts[..facts.len() / 4].to_vec())).await.unwrap();
    inside.ingest(twin.batch(Some(b"1"), b"2", facts)).await.unwrap();
    assert_eq!(all_commits(&inside, history.repository.id, 1_000).await.unwrap(), in_order(&history));
    assert_eq!(all_commits(&store, history.repository.id, 1_000).await.unwrap(), in_order(&history));
}

/// The same connection in another workspace.
async fn twin_of(fixture: &Fixture, tenant: &Tenant, source: &Source) -> Source {
    let row = ConnectionRecord { id: source.connection, ..fixture.connection() };
    fixture.inside(tenant).put_connection(&row, &fixture.event(&tenant.scope)).await.unwrap();
    let request = fixture.lease_request(tenant.workspace.id, row.id);
    let lease = fixture.control().acquire_lease(&request).await.unwrap().unwrap();
    Source { lease, ..source.clone() }
}

/// A large batch with one wrong fact, or by somebody who was overtaken, leaves neither rows nor cursor.
pub async fn a_refused_large_batch_leaves_nothing(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 32);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(source.connection, LARGE, 1);
    let stray = fixture.generate.history(source.connection, 1, 1).commits.remove(0);
    let facts = [history.facts(), vec![Fact::Commit(stray)]].concat();
    let refused = store.ingest(source.batch(None, b"1", facts)).await;
    assert!(matches!(refused, Err(StoreError::Invalid { what: "repository", .. })), "{refused:?}");
    let mut overtaken = source.batch(None, b"1", history.facts());
    overtaken.epoch += 1;
    assert!(matches!(store.ingest(overtaken).await, Err(StoreError::Fenced)));
    assert_eq!(store.cursor(source.connection, &source.stream).await.unwrap(), None);
    assert_eq!(all_commits(&store, history.repository.id, 1_000).await.unwrap(), []);
}
