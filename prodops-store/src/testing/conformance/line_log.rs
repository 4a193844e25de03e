//! The log of a repository's lines.

use prodops_core::fact::FileRuns;
use prodops_core::fact::{Fact, LineEntry, LineLogFact, LineSnapshot, PathKey};

use super::super::fixture::{Fixture, Subject};

/// Entries come back in the order of the history, whatever the order in which they were stored; a history that begins anew
/// takes the entries of earlier walks along, and a snapshot the one before it.
pub async fn the_log_of_lines_is_read_in_order_and_begins_anew(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 28);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(source.connection, 1, 1);
    let repository = history.repository.id;
    let fact = |walk, place, entry| Fact::LineLog(LineLogFact { repository, walk, place, entry });
    let edits = |begins| LineEntry::Edits { begins, commits: Vec::new() };
    let snapshot = |path| {
        let files = vec![FileRuns { path: PathKey(path), runs: Vec::new() }];
        LineEntry::Snapshot(LineSnapshot { files, ..LineSnapshot::default() })
    };
    let places = |rows: &[LineLogFact]| rows.iter().map(|row| (row.walk, row.place)).collect::<Vec<_>>();

    let mut facts = vec![Fact::Repository(history.repository.clone())];
    facts.extend([fact(1, 64, edits(false)), fact(1, 0, edits(true)), fact(2, 300, edits(false))]);
    facts.extend([fact(2, 0, edits(false)), fact(1, 1, snapshot(2)), fact(1, 0, snapshot(1))]);
    store.ingest(source.batch(None, b"1", facts)).await.unwrap();
    let all = store.line_edits(repository, None, usize::MAX).await.unwrap();
    assert_eq!(places(&all), [(1, 0), (1, 64), (2, 0), (2, 300)]);
    let page = store.line_edits(repository, Some((1, 0)), 2).await.unwrap();
    assert_eq!(places(&page), [(1, 64), (2, 0)]);
    assert_eq!(places(&store.line_snapshot(repository).await.unwrap()), [(1, 0), (1, 1)]);

    store.ingest(source.batch(Some(b"1"), b"2", vec![fact(2, 0, snapshot(3))])).await.unwrap();
    let kept = store.line_snapshot(repository).await.unwrap();
    assert_eq!((places(&kept), kept[0].entry == snapshot(3)), (vec![(2, 0)], true));
    store.ingest(source.batch(Some(b"2"), b"3", vec![fact(3, 0, edits(true))])).await.unwrap();
    assert_eq!(places(&store.line_edits(repository, None, usize::MAX).await.unwrap()), [(3, 0)]);
    assert_eq!(places(&store.line_snapshot(repository).await.unwrap()), [(2, 0)], "until there is another");
}
