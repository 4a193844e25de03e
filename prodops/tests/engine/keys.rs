//! Keys as the engine's background work and its start find them: one bad owner, and a store that cannot be looked at.

use std::path::Path;

use prodops::core::environment::Environment;
use prodops::core::keyring::{Change, KeyOwner, KeyState, KeyringStore, Roots, Sealed};
use prodops::engine::{BuildError, Engine, StoreLocation};
use prodops::store::StoreError;
use prodops::store::keyring::FileKeyring;

use crate::place::{Place, load, root_key, tenant};

/// Damages the older key of an owner in the keyring beside a store that no engine has open.
async fn damage(keyring: &Path, owner: KeyOwner) {
    let keyring = loop {
        match FileKeyring::open(keyring, Environment::Test) {
            Ok(keyring) => break keyring,
            Err(_) => tokio::task::yield_now().await,
        }
    };
    let rows = keyring.data_keys(owner).await.unwrap();
    let before = rows.into_iter().find(|row| row.state == KeyState::DecryptOnly).unwrap();
    let mut after = before.clone();
    let last = after.wrappings[0].bytes.len() - 1;
    after.wrappings[0].bytes[last] ^= 1;
    let change = Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) };
    keyring.apply(vec![change]).await.unwrap();
}

#[tokio::test]
async fn an_owner_whose_keys_do_not_open_does_not_hold_the_others_up() {
    let place = Place::new();
    let file = place.path("store.redb");
    let engine = place.engine_on(&file).await;
    let mut owners = Vec::new();
    for name in ["one", "two", "three"] {
        let id = tenant(&engine, name).await.workspace.record().id;
        owners.push(KeyOwner::Workspace(id));
    }
    owners.sort_unstable();
    for owner in &owners {
        engine.rotate_data_key(*owner).await.unwrap();
    }
    drop(engine);
    damage(&place.path("store.redb.keyring"), owners[0]).await;
    place.advance_seconds(11 * 60);
    let engine = place.engine_on(&file).await;
    // The job fails and is in the queue again; the others are done.
    engine.worker().round().await.unwrap();
    let older =
        async |engine: &Engine, owner| engine.keyring().unwrap().older_keys(owner).await.unwrap().len();
    assert_eq!(older(&engine, owners[0]).await, 1, "it could not be swept");
    for owner in &owners[1..] {
        assert_eq!(older(&engine, *owner).await, 0, "swept, and the old key destroyed");
    }
}

/// An engine on a store whose keyring lies elsewhere.
async fn engine_on(place: &Place, store: &Path, keyring: &Path) -> Result<Engine, BuildError> {
    let location = StoreLocation::File(store.to_owned());
    let roots = Roots::new(load(&root_key(&place.roots())));
    let builder = Engine::builder(Environment::Test).store(location).keyring_file(keyring.to_owned());
    builder.root_keys(roots).build().await
}

#[tokio::test]
async fn a_store_that_cannot_be_looked_at_gets_no_new_keyring() {
    let (place, keyring) = (Place::new(), "keys.keyring");
    std::fs::write(place.path("no-folder"), "").unwrap();
    let store = place.path("no-folder").join("store.redb");
    let refused = engine_on(&place, &store, &place.path(keyring)).await.err().unwrap();
    assert!(matches!(refused, BuildError::Store(StoreError::Unavailable(Some(_)))), "{refused:?}");
    assert!(!place.path(keyring).exists());
}

#[cfg(unix)]
#[tokio::test]
async fn a_store_behind_a_link_that_leads_nowhere_now_counts_as_there() {
    let (place, keyring) = (Place::new(), "keys.keyring");
    let store = place.path("store.redb");
    std::os::unix::fs::symlink(place.path("unmounted/store.redb"), &store).unwrap();
    let engine = engine_on(&place, &store, &place.path(keyring)).await.unwrap();
    assert!(matches!(engine.sealed(), Some(Sealed::KeyringMissing)));
    assert!(!place.path(keyring).exists());
}
