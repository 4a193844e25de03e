//! Lists as streams.

use std::collections::BTreeSet;
use std::pin::pin;

use futures_util::TryStreamExt;
use prodops_core::fact::CommitFact;

use super::super::contents::all_commits;
use super::super::fixture::{Fixture, Subject};

/// Whatever the size of its pages, a stream gives every row once, in the order of the pages.
pub async fn a_stream_is_its_pages(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 44);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(source.connection, 40, 1);
    store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let expected = all_commits(&store, history.repository.id, 100).await.unwrap();
    for limit in [0, 1, 7, 40, 41, usize::MAX] {
        let stream = store.commit_stream(history.repository.id, limit);
        assert_eq!(stream.try_collect::<Vec<_>>().await.unwrap(), expected, "{limit}");
    }
}

/// A stream has no more in memory than the page that is being consumed, and holds nothing open: what is removed beyond that
/// page is not in it, and others write meanwhile.
pub async fn a_stream_holds_one_page(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 45);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(source.connection, 40, 1);
    store.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let id = history.repository.id;
    let in_order = all_commits(&store, id, 100).await.unwrap();

    let mut stream = pin!(store.commit_stream(id, 7));
    let mut seen: Vec<CommitFact> = Vec::new();
    for _ in 0..10 {
        seen.extend(stream.try_next().await.unwrap());
    }
    store.retain_commits(source.connection, id, source.lease.epoch, &BTreeSet::new()).await.unwrap();
    seen.extend(stream.try_collect::<Vec<_>>().await.unwrap());
    assert_eq!(seen, in_order[..14], "two pages of seven");
}
