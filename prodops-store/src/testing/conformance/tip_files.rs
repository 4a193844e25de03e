//! Files at the heads of repositories.

use std::collections::BTreeSet;

use prodops_core::fact::{ContentKey, Fact, PathKey, TipFile};

use super::super::fixture::{Fixture, Subject};
use crate::StoreError;

/// There is one row for every path of a repository: a later one replaces it, pages follow each other by path key, and what is
/// not kept goes, of one repository only and not for who lost hold of it.
pub async fn files_at_a_head_are_replaced_paged_and_removed(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 29);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let history = fixture.generate.history(source.connection, 1, 1);
    let other = fixture.generate.history(source.connection, 1, 1);
    let repository = history.repository.id;
    let at = |key: u64| TipFile { path: PathKey(key), ..fixture.generate.tip_file(repository) };
    // Keys of both signs: they are ordered as bytes.
    let files = [at(1), at(256), at(1 << 63), at(u64::MAX)];
    let keys = |rows: &[TipFile]| rows.iter().map(|row| row.path.0).collect::<Vec<_>>();

    let of_others = Fact::Repository(other.repository.clone());
    let mut facts = vec![Fact::Repository(history.repository.clone()), of_others];
    facts.extend(files.iter().rev().chain(&other.tip_files).cloned().map(Fact::TipFile));
    store.ingest(source.batch(None, b"1", facts.clone())).await.unwrap();
    assert_eq!(store.tip_files(repository, None, usize::MAX).await.unwrap(), files);
    let page = store.tip_files(repository, Some(PathKey(1)), 2).await.unwrap();
    assert_eq!(keys(&page), [256, 1 << 63]);
    assert_eq!(store.tip_files(repository, Some(PathKey(u64::MAX)), 2).await.unwrap(), []);

    let changed = TipFile { content: ContentKey(7), ..files[1].clone() };
    facts.push(Fact::TipFile(changed.clone()));
    let outcome = store.ingest(source.batch(Some(b"1"), b"1", facts)).await.unwrap();
    assert_eq!(outcome.written, 1, "the one that is another now");
    assert_eq!(store.tip_files(repository, Some(PathKey(1)), 1).await.unwrap(), [changed]);

    let keep = BTreeSet::from([PathKey(256), PathKey(u64::MAX), PathKey(3)]);
    let retain = async |epoch| store.retain_tip_files(source.connection, repository, epoch, &keep).await;
    assert_eq!(retain(source.lease.epoch).await.unwrap(), 2);
    assert_eq!(keys(&store.tip_files(repository, None, usize::MAX).await.unwrap()), [256, u64::MAX]);
    let kept = store.tip_files(other.repository.id, None, usize::MAX).await.unwrap();
    assert_eq!(kept.len(), other.tip_files.len());
    let late = retain(source.lease.epoch + 1).await;
    assert!(matches!(late, Err(StoreError::Fenced)), "{late:?}");
}
