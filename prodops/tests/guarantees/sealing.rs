//! Sections 2 and 3, as far as they are about data at rest: what lies in files says nothing without the keys.

use std::path::Path;
use std::sync::Arc;

use prodops::core::environment::Environment;
use prodops::core::keyring::{KeyOwner, KeySource, KeyringError, Sealed};
use prodops::engine::{Engine, EngineError, StoreLocation};
use prodops::store::StoreError;
use prodops::store::embedded::Embedded;

use crate::place::{Place, enter, keyring, open_store, root_key, slug, tenant};
use crate::repository::{Commit, FIRST, history};

/// Every row of a store that no engine has open, keys and values, as they were before they were sealed.
pub(crate) async fn plain_rows(place: &Place, file: &Path) -> Vec<Vec<u8>> {
    let keyring = keyring(file, &place.roots()).await;
    let owners = keyring.owners().await.unwrap();
    let store = open_store(file, Arc::new(keyring)).await;
    let mut rows = Vec::new();
    for owner in owners {
        rows.extend(store.plain_rows(owner).await.unwrap().into_iter().flat_map(|(key, row)| [key, row]));
    }
    rows
}

const PERSON: &str = "Wilhelmina Kanarienvogel";
const REPOSITORY: &str = "kanarienvogel-service";

/// A store with everything in it that people would not want others to read.
async fn filled(place: &Place) -> std::path::PathBuf {
    let file = place.path("store.redb");
    let commits: Vec<Commit> = (0..20usize)
        .map(|at| Commit {
            author: (PERSON.to_owned(), "wk@example.org".to_owned()),
            at: FIRST + at as i64 * 60,
            message: format!("feat: step {at}"),
            parents: at.checked_sub(1).into_iter().collect(),
            files: vec![("src/lib.rs".to_owned(), format!("fn f{at}() {{}}\n"))],
        })
        .collect();
    let engine = place.engine_on(&file).await;
    let one = tenant(&engine, "kanarienvogel-team").await;
    one.read(&place.repository(REPOSITORY, &commits)).await;
    file
}

fn found(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn p2_1_files_hold_no_name_of_a_person_a_repository_or_a_workspace() {
    let place = Place::new();
    let file = filled(&place).await;
    let rows = plain_rows(&place, &file).await;
    for text in [PERSON, REPOSITORY, "kanarienvogel-team"] {
        assert!(rows.iter().any(|row| found(row, text)), "{text} is not kept at all");
        for name in ["store.redb", "store.redb.keyring"] {
            let bytes = std::fs::read(place.path(name)).unwrap();
            assert!(!found(&bytes, text), "{text} in {name}");
            // A part is enough to recognise it by.
            assert!(!found(&bytes.to_ascii_lowercase(), "kanarien"), "in {name}");
        }
    }
}

#[tokio::test]
async fn p2_1_destroyed_keys_make_the_file_unreadable_and_leave_other_workspaces_whole() {
    let place = Place::new();
    let file = place.path("store.redb");
    let engine = place.engine_on(&file).await;
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    one.read(&place.repository("api", &history(10))).await;
    two.read(&place.repository("web", &history(12))).await;
    let (gone, owner) = (one.workspace.record().id, two.owner);
    drop((one, two, engine));
    let raw = std::fs::read(&file).unwrap();

    let ring = keyring(&file, &place.roots()).await;
    ring.destroy_workspace(gone).await.unwrap();
    drop(ring);
    // The file is as it was, and a copy of it from a backup would be the same; only the keys are gone.
    assert_eq!(std::fs::read(&file).unwrap(), raw);
    let ring = Arc::new(keyring(&file, &place.roots()).await);
    let keys: Arc<dyn prodops::core::keyring::RowKeySource> = ring.clone();
    let store = Embedded::open(&file, Environment::Test, keys).await.unwrap();
    let refused = store.plain_rows(KeyOwner::Workspace(gone)).await;
    assert!(matches!(refused, Err(StoreError::Keys(KeyringError::NoKeys(_)))), "{refused:?}");
    drop((store, ring));
    let engine = place.engine_on(&file).await;
    assert_eq!(enter(&engine, owner, "two").await.unwrap().repositories().await.unwrap().len(), 1);
}

/// The bytes of every file of a deployment.
fn files(place: &Place) -> Vec<(String, Vec<u8>)> {
    ["store.redb", "store.redb.keyring"]
        .map(|name| (name.to_owned(), std::fs::read(place.path(name)).unwrap()))
        .into()
}

#[tokio::test]
async fn p3_2_a_wrong_root_key_seals_the_deployment_and_changes_nothing() {
    let place = Place::new();
    let file = filled(&place).await;
    let before = files(&place);
    let right = std::fs::read(root_key(&place.roots())).unwrap();
    std::fs::remove_file(root_key(&place.roots())).unwrap();
    KeySource::create_file(&root_key(&place.roots()), &prodops::core::entropy::SystemEntropy).unwrap();

    let engine = place.engine_on(&file).await;
    assert!(matches!(engine.sealed(), Some(Sealed::WrongRoot { .. })));
    let name = prodops::core::input::WorkspaceName::new("x").unwrap();
    let sealed = |error: EngineError| matches!(error, EngineError::Sealed(_));
    assert!(sealed(engine.provision_workspace(&slug("new"), &name).await.unwrap_err()));
    let user = prodops::core::id::UserId::from_bytes([1; 16]);
    assert!(sealed(engine.sign_in_link(user, 60).await.unwrap_err()));
    assert!(sealed(engine.rotate_data_key(KeyOwner::Deployment).await.unwrap_err()));
    assert!(sealed(engine.sweep(KeyOwner::Deployment).await.unwrap_err()));
    assert!(engine.keyring().is_err());
    drop(engine);
    assert_eq!(files(&place), before, "nothing was changed");

    // With the right key back everything is there.
    std::fs::write(root_key(&place.roots()), right).unwrap();
    let engine = place.engine_on(&file).await;
    assert!(engine.sealed().is_none());
    drop(engine);
    assert!(plain_rows(&place, &file).await.iter().any(|row| found(row, PERSON)));
}

#[tokio::test]
async fn p3_2_a_lost_keyring_is_reported_and_not_begun_anew() {
    let place = Place::new();
    let file = filled(&place).await;
    let kept = std::fs::read(place.path("store.redb.keyring")).unwrap();
    std::fs::remove_file(place.path("store.redb.keyring")).unwrap();
    let engine = place.engine_on(&file).await;
    assert_eq!(engine.sealed(), Some(&Sealed::KeyringMissing));
    drop(engine);
    assert!(!place.path("store.redb.keyring").exists(), "no new key over what an older one sealed");
    std::fs::write(place.path("store.redb.keyring"), kept).unwrap();
    assert!(place.engine_on(&file).await.sealed().is_none());
}

#[tokio::test]
async fn p3_2_rows_do_not_open_elsewhere() {
    let place = Place::new();
    let file = place.path("store.redb");
    let engine = place.engine_on(&file).await;
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    let ring = engine.keyring().unwrap();
    let keys = async |id| ring.keys(KeyOwner::Workspace(id)).await.unwrap();
    let (mine, theirs) = (keys(one.workspace.record().id).await, keys(two.workspace.record().id).await);
    let row = mine.seal_row("repositories", b"key", b"value").unwrap();
    assert_eq!(mine.open_row("repositories", b"key", &row).unwrap(), b"value");
    assert!(mine.open_row("repositories", b"other", &row).is_err(), "another row");
    assert!(mine.open_row("people", b"key", &row).is_err(), "another table");
    assert!(theirs.open_row("repositories", b"key", &row).is_err(), "another workspace");
    assert!(mine.open_row("repositories", b"key", b"value").is_err(), "no plaintext passes");
}

#[tokio::test]
async fn p3_2_a_store_in_a_file_is_not_made_without_a_root_key() {
    let place = Place::new();
    let location = StoreLocation::File(place.path("plain.redb"));
    let refused = Engine::builder(Environment::Test).store(location).build().await.unwrap_err();
    assert!(refused.to_string().contains("needs a root key"), "{refused}");
    assert!(!place.path("plain.redb").exists());
}
