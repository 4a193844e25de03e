//! Batches: exactly once, whole or not at all, by the holder only.

use std::collections::BTreeSet;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use prodops_core::fact::{CommitId, Fact};
use prodops_core::filter::Filter;

use super::super::contents::all_commits;
use super::super::fixture::{Fixture, Subject};
use crate::contract::{ConnectionState, IngestOutcome};
use crate::{Current, StoreError};

/// The cursor starts absent, moves with each batch, and only from where the writer thinks it is.
pub async fn the_cursor_is_compared_and_set(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 20);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    assert_eq!(store.cursor(source.connection, &source.stream).await.unwrap(), None);
    store.ingest(source.batch(None, b"1", vec![])).await.unwrap();
    store.ingest(source.batch(Some(b"1"), b"2", vec![])).await.unwrap();
    for expected in [None, Some(b"1".as_slice()), Some(b"3")] {
        let refused = store.ingest(source.batch(expected, b"9", vec![])).await.unwrap_err();
        assert!(
            matches!(&refused, StoreError::Conflict { current } if current.cursor() == Some(b"2")),
            "{refused:?}"
        );
    }
    assert_eq!(store.cursor(source.connection, &source.stream).await.unwrap().as_deref(), Some(&b"2"[..]));
    let other = prodops_core::input::StreamName::new("other").unwrap();
    assert_eq!(store.cursor(source.connection, &other).await.unwrap(), None, "streams are apart");
}

/// Sending the same batch again changes nothing and says where the cursor is.
pub async fn a_replay_is_a_conflict_with_the_stored_cursor(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 21);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(source.connection, 5, 2);
    let batch = source.batch(None, b"next", history.facts());
    store.ingest(batch.clone()).await.unwrap();
    match store.ingest(batch).await.unwrap_err() {
        StoreError::Conflict { current } => assert_eq!(current, Current::Cursor(b"next".to_vec())),
        other => panic!("{other:?}"),
    }
    let stored = all_commits(&store, history.repository.id, 100).await.unwrap();
    assert_eq!(stored.len(), history.commits.len());
}

/// Of many writers at once from the same cursor exactly one is stored.
pub async fn of_many_writers_at_once_one_moves_the_cursor(subject: Subject) {
    let fixture = Arc::new(Fixture::new(subject.backend(), 22));
    let tenant = Arc::new(fixture.tenant().await);
    let source = fixture.source(&tenant).await;
    let histories: Vec<_> = (0..8).map(|_| fixture.generate.history(source.connection, 3, 1)).collect();
    let writers: Vec<_> = histories
        .iter()
        .map(|history| {
            let (fixture, tenant) = (Arc::clone(&fixture), Arc::clone(&tenant));
            let batch = source.batch(None, b"next", history.facts());
            tokio::spawn(async move { fixture.inside(&tenant).ingest(batch).await })
        })
        .collect();
    let mut stored = 0;
    for writer in writers {
        match writer.await.unwrap() {
            Ok(_) => stored += 1,
            Err(StoreError::Conflict { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(stored, 1);
    assert_eq!(fixture.inside(&tenant).repositories(&Filter::all()).await.unwrap().len(), 1);
}

/// Once somebody else has held the connection, and where nobody ever did, a writer is refused.
pub async fn an_older_epoch_is_fenced(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 23);
    let tenant = fixture.tenant().await;
    let (store, old) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(old.connection, 3, 1);
    let repository = history.repository.id;
    store.ingest(old.batch(None, b"1", history.facts())).await.unwrap();

    assert!(fixture.control().release_lease(old.lease.id).await.unwrap());
    let request = fixture.lease_request(tenant.workspace.id, old.connection);
    let mut new = old.clone();
    new.lease = fixture.control().acquire_lease(&request).await.unwrap().unwrap();

    let late = store.ingest(old.batch(Some(b"1"), b"2", vec![])).await;
    assert!(matches!(late, Err(StoreError::Fenced)), "{late:?}");
    let late = store.retain_commits(old.connection, repository, old.lease.epoch, &BTreeSet::new()).await;
    assert!(matches!(late, Err(StoreError::Fenced)), "{late:?}");
    assert_eq!(all_commits(&store, repository, 10).await.unwrap().len(), 3);
    store.ingest(new.batch(Some(b"1"), b"2", vec![])).await.expect("the new holder writes on");

    let unheld = fixture.connection();
    store.put_connection(&unheld, &fixture.event(&tenant.scope)).await.unwrap();
    let mut nobody = old.batch(None, b"1", vec![]);
    (nobody.connection, nobody.epoch) = (unheld.id, 0);
    assert!(matches!(store.ingest(nobody).await, Err(StoreError::Fenced)));
}

/// Disconnecting stops a sync that is under way, and what was read before stays.
pub async fn a_disconnected_connection_takes_nothing(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 24);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(source.connection, 3, 1);
    store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let mut row = store.connection(source.connection).await.unwrap().unwrap();
    row.value.state = ConnectionState::Disconnected;
    store.put_connection_if(row.version, &row.value, &fixture.event(&tenant.scope)).await.unwrap();
    let late = store.ingest(source.batch(Some(b"1"), b"2", vec![])).await;
    assert!(matches!(late, Err(StoreError::Fenced)), "{late:?}");
    assert_eq!(all_commits(&store, history.repository.id, 10).await.unwrap().len(), 3);
}

/// Facts that are stored already are counted, not written; a changed one is.
pub async fn unchanged_facts_are_not_written(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 25);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let mut history = fixture.generate.history(source.connection, 20, 3);
    let rows = history.facts().len() as u64;
    let first = store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    assert_eq!(first, IngestOutcome { written: rows, unchanged: 0 });
    let again = store.ingest(source.batch(Some(b"1"), b"2", history.facts())).await.unwrap();
    assert_eq!(again, IngestOutcome { written: 0, unchanged: rows });
    history.commits[7].label = None;
    let changed = store.ingest(source.batch(Some(b"2"), b"3", history.facts())).await.unwrap();
    assert_eq!(changed, IngestOutcome { written: 1, unchanged: rows - 1 });

    let twice = [history.facts(), history.facts()].concat();
    let doubled = store.ingest(source.batch(Some(b"3"), b"4", twice)).await.unwrap();
    assert_eq!(doubled, IngestOutcome { written: 0, unchanged: rows }, "rows are counted, not facts");
    let mut stored = all_commits(&store, history.repository.id, 100).await.unwrap();
    stored.sort_by_key(|commit| commit.committed.at);
    assert_eq!(stored, history.commits);
    assert_eq!(store.repository(history.repository.id).await.unwrap(), Some(history.repository.clone()));
    assert_eq!(store.coverage(history.repository.id).await.unwrap(), [history.coverage]);
}

/// A batch with one wrong fact leaves neither rows nor cursor.
pub async fn a_refused_batch_leaves_nothing(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 26);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(source.connection, 5, 2);
    let stray = fixture.generate.history(source.connection, 1, 1).commits.remove(0);
    let facts = [history.facts(), vec![Fact::Commit(stray)]].concat();
    let refused = store.ingest(source.batch(None, b"1", facts)).await;
    assert!(matches!(refused, Err(StoreError::Invalid { what: "repository", .. })), "{refused:?}");
    assert_eq!(store.cursor(source.connection, &source.stream).await.unwrap(), None);
    assert_eq!(store.repositories(&Filter::all()).await.unwrap(), []);
    assert_eq!(store.people().await.unwrap(), []);
    assert_eq!(all_commits(&store, history.repository.id, 10).await.unwrap(), []);
}

/// One connection cannot write into the repositories of another.
pub async fn facts_belong_to_their_connection(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 27);
    let tenant = fixture.tenant().await;
    let store = fixture.inside(&tenant);
    let (one, two) = (fixture.source(&tenant).await, fixture.source(&tenant).await);
    let history = fixture.generate.history(one.connection, 3, 1);
    store.ingest(one.batch(None, b"1", history.facts())).await.unwrap();

    let mut taken_over = history.repository.clone();
    taken_over.connection = two.connection;
    let attempts = [
        vec![Fact::Repository(history.repository.clone())],
        vec![Fact::Coverage(history.coverage.clone())],
        vec![Fact::Repository(taken_over)],
        vec![Fact::Commit(history.commits[0].clone())],
    ];
    for facts in attempts {
        let refused = store.ingest(two.batch(None, b"1", facts)).await;
        assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
    }
    let repository = history.repository.id;
    let refused = store.retain_commits(two.connection, repository, two.lease.epoch, &BTreeSet::new()).await;
    assert!(matches!(refused, Err(StoreError::Invalid { .. })), "{refused:?}");
    assert_eq!(all_commits(&store, repository, 10).await.unwrap().len(), 3);
}

/// Pruning removes what is not kept of one repository, and nothing of any other.
pub async fn pruning_stays_inside_the_repository(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 28);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let histories: Vec<_> = (0..3).map(|_| fixture.generate.history(source.connection, 30, 1)).collect();
    let facts = histories.iter().flat_map(|history| history.facts()).collect();
    store.ingest(source.batch(None, b"1", facts)).await.unwrap();
    let (pruned, others) = histories.split_first().unwrap();
    let kept: Vec<_> = pruned.commits.iter().step_by(3).cloned().collect();
    let mut keep: BTreeSet<CommitId> = kept.iter().map(|commit| commit.id).collect();
    keep.insert(CommitId::Sha1(fixture.generate.bytes()));

    let id = pruned.repository.id;
    let removed = store.retain_commits(source.connection, id, source.lease.epoch, &keep).await.unwrap();
    assert_eq!(removed, 20);
    let mut left = all_commits(&store, id, 7).await.unwrap();
    left.sort_by_key(|commit| commit.committed.at);
    assert_eq!(left, kept);
    for other in others {
        assert_eq!(all_commits(&store, other.repository.id, 100).await.unwrap().len(), 30);
    }
    let again = store.retain_commits(source.connection, id, source.lease.epoch, &keep).await.unwrap();
    assert_eq!(again, 0);
}

/// A write whose future is dropped half-way is there as a whole or not at all, and can be tried again.
pub async fn a_dropped_write_is_whole_or_absent(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 29);
    let tenant = fixture.tenant().await;
    let store = fixture.inside(&tenant);
    for polls in 1..6 {
        let source = fixture.source(&tenant).await;
        let history = fixture.generate.history(source.connection, 50, 3);
        let batch = source.batch(None, b"1", history.facts());
        {
            let mut write = pin!(store.ingest(batch.clone()));
            for _ in 0..polls {
                let done = poll_fn(|cx| Poll::Ready(write.as_mut().poll(cx).is_ready())).await;
                if done {
                    break;
                }
                tokio::task::yield_now().await;
            }
        }
        match store.ingest(batch).await {
            Ok(outcome) => {
                assert_eq!(outcome.written, history.facts().len() as u64, "nothing was left behind")
            }
            Err(StoreError::Conflict { current }) => assert_eq!(current.cursor(), Some(&b"1"[..])),
            Err(other) => panic!("{other:?}"),
        }
        let stored = all_commits(&store, history.repository.id, 100).await.unwrap();
        assert_eq!(stored.len(), history.commits.len());
    }
}
