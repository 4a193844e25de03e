//! Room that rows have left goes back to the disk, and nothing else changes.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_core::keyring::RowKeySource;
use prodops_store::StoreError;
use prodops_store::embedded::Embedded;
use prodops_store::testing::{Contents, Fixture, KeysOnDemand};
use tempfile::TempDir;

async fn open(path: &Path, keys: &Arc<KeysOnDemand>) -> Arc<Embedded> {
    let keys: Arc<dyn RowKeySource> = Arc::<KeysOnDemand>::clone(keys);
    Arc::new(Embedded::open(path, Environment::Test, keys).await.unwrap())
}

#[tokio::test]
async fn a_file_gets_smaller_and_says_the_same() {
    let folder = TempDir::new().unwrap();
    let (path, keys) = (folder.path().join("store.redb"), KeysOnDemand::new(Environment::Test).await);
    let fixture = Fixture::new(open(&path, &keys).await, 30);
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    let history = fixture.generate.history(source.connection, 3_000, 4);
    let inside = fixture.inside(&tenant);
    inside.ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let keep: BTreeSet<_> = history.commits.iter().take(100).map(|commit| commit.id).collect();
    let (repository, epoch) = (history.repository.id, source.lease.epoch);
    inside.retain_commits(source.connection, repository, epoch, &keep).await.unwrap();
    let expected = Contents::of(&inside, &source, &history).await;
    let in_use = Embedded::compact(&path, Environment::Test).await;
    assert!(matches!(in_use, Err(StoreError::InUse)), "{in_use:?}");
    drop(inside);
    drop(fixture);

    let elsewhere = Embedded::compact(&path, Environment::Production).await;
    assert!(matches!(elsewhere, Err(StoreError::Environment { .. })), "{elsewhere:?}");
    let compacted = Embedded::compact(&path, Environment::Test).await.unwrap();
    println!("{} bytes before, {} after", compacted.before, compacted.after);
    assert!(compacted.after * 2 < compacted.before, "{compacted:?}");
    assert_eq!(std::fs::metadata(&path).unwrap().len(), compacted.after);
    let fixture = Fixture::new(open(&path, &keys).await, 31);
    let scope = fixture.enter(tenant.user, &tenant.workspace.slug).await;
    let now = Contents::of(&fixture.store.workspace(&scope).unwrap(), &source, &history).await;
    assert!(now == expected && now.commits.len() == 100);
}

#[tokio::test]
async fn only_a_store_is_compacted() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.redb");
    let absent = Embedded::compact(&path, Environment::Test).await;
    assert!(matches!(absent, Err(StoreError::Unavailable(_))) && !path.exists(), "{absent:?}");
    for text in ["", "something else that is long enough to be looked at"] {
        std::fs::write(&path, text).unwrap();
        let refused = Embedded::compact(&path, Environment::Test).await;
        assert!(matches!(refused, Err(StoreError::NotAStore)), "{refused:?}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "it is left as it was");
    }
}
