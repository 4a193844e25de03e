//! The contract in a file, and what only a file can get wrong.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_core::filter::Filter;
use prodops_core::id::{JobId, WorkerId};
use prodops_core::input::{PersonName, RepositoryName};
use prodops_core::keyring::RowKeySource;
use prodops_core::testing::{Canary, SeededEntropy};
use prodops_store::StoreError;
use prodops_store::contract::{JobClaim, JobPlan, JobTask, NewJob};
use prodops_store::embedded::Embedded;
use prodops_store::testing::{Fixture, KeysOnDemand, Subject};
use tempfile::TempDir;

async fn empty() -> Subject {
    let folder = TempDir::new().unwrap();
    let keys = KeysOnDemand::new(Environment::Test).await;
    let open = async |name| Arc::new(open(&folder.path().join(name), &keys).await.unwrap());
    Subject::new(open("store.redb").await, open("second.redb").await).keeping(folder)
}

prodops_store::conformance_tests!(empty);

async fn keys() -> Arc<KeysOnDemand> {
    KeysOnDemand::new(Environment::Test).await
}

async fn open(path: &Path, keys: &Arc<KeysOnDemand>) -> Result<Embedded, StoreError> {
    let keys: Arc<dyn RowKeySource> = Arc::<KeysOnDemand>::clone(keys);
    Embedded::open(path, Environment::Test, keys).await
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = std::fs::read_dir(folder.path()).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn what_was_stored_is_there_after_opening_again() {
    let folder = TempDir::new().unwrap();
    let (path, keys) = (folder.path().join("store.redb"), keys().await);
    let fixture = Fixture::new(Arc::new(open(&path, &keys).await.unwrap()), 1);
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    let history = fixture.generate.history(source.connection, 20, 2);
    fixture.inside(&tenant).ingest(source.batch(None, b"1", history.facts())).await.unwrap();
    let session = fixture.sign_in(tenant.user).await;
    let (session, user) = (session.id(), tenant.user);
    drop(fixture);

    let fixture = Fixture::new(Arc::new(open(&path, &keys).await.unwrap()), 2);
    assert!(fixture.identity().note_session_use(user, session, fixture.now()).await.unwrap());
    let scope = fixture.enter(user, &tenant.workspace.slug).await;
    let store = fixture.store.workspace(&scope).unwrap();
    assert_eq!(store.repositories(&Filter::all()).await.unwrap(), std::slice::from_ref(&history.repository));
    assert_eq!(store.commits(history.repository.id, None, 100).await.unwrap().items.len(), 20);
    let old_scope = fixture.store.workspace(&tenant.scope);
    assert!(matches!(old_scope, Err(StoreError::ScopeViolation)), "scopes end with their engine");
}

/// The file has one owner at a time, so that nobody waits for a hold of the one before; its epochs and attempts stay.
#[tokio::test]
async fn jobs_that_were_held_are_free_after_opening_again() {
    let folder = TempDir::new().unwrap();
    let (path, keys) = (folder.path().join("store.redb"), keys().await);
    let fixture = Fixture::new(Arc::new(open(&path, &keys).await.unwrap()), 7);
    let now = fixture.now();
    let job = NewJob {
        id: JobId::from_bytes([1; 16]),
        workspace: None,
        task: JobTask::RenewKeys,
        plan: JobPlan { attempts: NonZeroU32::new(2), ..JobPlan::ONCE },
        run_after: now,
        hasten: false,
    };
    fixture.jobs().enqueue(&job).await.unwrap();
    let worker = WorkerId::from_bytes([2; 16]);
    let claim = JobClaim { worker, now, expires: now.plus_seconds(3_600), per_workspace: 1 };
    let first = fixture.jobs().claim(&claim).await.unwrap().unwrap();
    drop(fixture);

    let fixture = Fixture::new(Arc::new(open(&path, &keys).await.unwrap()), 8);
    let late = fixture.jobs().complete(first.hold(), now).await;
    assert!(matches!(late, Err(StoreError::Fenced)), "{late:?}");
    let second = fixture.jobs().claim(&claim).await.unwrap().expect("nobody holds it");
    assert_eq!((second.epoch, second.attempts), (2, 2));
    drop(fixture);

    let fixture = Fixture::new(Arc::new(open(&path, &keys).await.unwrap()), 9);
    assert_eq!(fixture.jobs().claim(&claim).await.unwrap(), None);
    let dead = fixture.jobs().dead(None, 10).await.unwrap();
    assert_eq!(dead.len(), 1, "it ended two processes");
}

/// Everything readable that a workspace can bring, planted as a canary: none of it is readable in the file.
#[tokio::test]
async fn nothing_readable_is_in_the_file() {
    let folder = TempDir::new().unwrap();
    let (path, keys) = (folder.path().join("store.redb"), keys().await);
    let fixture = Fixture::new(Arc::new(open(&path, &keys).await.unwrap()), 5);
    let [name, branch, cursor] = [1, 2, 3].map(|seed| Canary::generate(&SeededEntropy::new(seed)));
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    let mut history = fixture.generate.history(source.connection, 20, 2);
    history.people[0].name = Some(PersonName::new(name.text()).unwrap());
    history.repository.name = RepositoryName::new(&branch.text().replace('"', "'")).unwrap();
    let batch = source.batch(None, cursor.text().as_bytes(), history.facts());
    fixture.inside(&tenant).ingest(batch).await.unwrap();
    drop(fixture);
    for canary in [&name, &branch, &cursor] {
        assert_eq!(canary.assert_absent_in_folder(folder.path()), 1);
    }
    let fixture = Fixture::new(Arc::new(open(&path, &keys).await.unwrap()), 6);
    let scope = fixture.enter(tenant.user, &tenant.workspace.slug).await;
    let people = fixture.store.workspace(&scope).unwrap().people().await.unwrap();
    assert!(people.contains(&history.people[0]), "it is there, for whoever has the keys");
}

#[tokio::test]
async fn one_process_owns_the_file() {
    let folder = TempDir::new().unwrap();
    let (path, keys) = (folder.path().join("store.redb"), keys().await);
    let first = open(&path, &keys).await.unwrap();
    let second = open(&path, &keys).await.unwrap_err();
    assert!(matches!(second, StoreError::InUse), "{second:?}");
    assert!(second.to_string().contains("one process owns it"));
    drop(first);
    open(&path, &keys).await.unwrap();
}

#[tokio::test]
async fn a_file_of_another_environment_is_refused() {
    let folder = TempDir::new().unwrap();
    let (path, keys) = (folder.path().join("store.redb"), keys().await);
    drop(Embedded::open(&path, Environment::Production, keys.clone()).await.unwrap());
    let refused = Embedded::open(&path, Environment::Staging, keys.clone()).await.unwrap_err();
    assert_eq!(refused.to_string(), "the store belongs to environment production, not to staging");
    drop(Embedded::open(&path, Environment::Production, keys.clone()).await.unwrap());
}

#[tokio::test]
async fn a_file_of_something_else_is_refused_and_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    let (path, keys) = (folder.path().join("notes.txt"), keys().await);
    for content in [b"hello".to_vec(), vec![0; 100_000], b"redb".to_vec()] {
        std::fs::write(&path, &content).unwrap();
        let refused = open(&path, &keys).await.unwrap_err();
        assert!(matches!(refused, StoreError::NotAStore), "{refused:?}");
        assert_eq!(std::fs::read(&path).unwrap(), content);
    }
    let nowhere = open(&folder.path().join("missing").join("store.redb"), &keys).await.unwrap_err();
    assert!(matches!(nowhere, StoreError::Unavailable(Some(_))), "{nowhere:?}");
}

#[tokio::test]
async fn a_store_appears_whole_and_alone() {
    let folder = TempDir::new().unwrap();
    // What a kill while a store was being made leaves behind.
    std::fs::write(folder.path().join("store.redb.unfinished-0"), [0; 4096]).unwrap();
    drop(open(&folder.path().join("store.redb"), &keys().await).await.unwrap());
    let mut names = names(&folder);
    names.sort();
    assert_eq!(names, ["store.redb", "store.redb.unfinished-0"]);
}

#[cfg(unix)]
#[tokio::test]
async fn only_the_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let (path, keys) = (folder.path().join("store.redb"), keys().await);
    drop(open(&path, &keys).await.unwrap());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
