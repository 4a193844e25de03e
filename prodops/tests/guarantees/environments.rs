//! Section 2, as far as it is about environments.

use prodops::core::environment::Environment;
use prodops::engine::{BuildError, StoreLocation};
use prodops::store::keyring::KeyringFileError;

use crate::place::{Place, enter, tenant};
use crate::repository::history;

const ALL: [Environment; 4] =
    [Environment::Development, Environment::Test, Environment::Staging, Environment::Production];

#[tokio::test]
async fn p2_4_a_store_of_one_environment_is_refused_in_every_other() {
    let place = Place::new();
    let repository = place.repository("api", &history(12));
    for mine in ALL {
        let file = place.path(&format!("{mine}.redb"));
        let location = StoreLocation::File(file.clone());
        let engine = place.open(location.clone(), mine).await.unwrap();
        let one = tenant(&engine, "one").await;
        one.read(&repository).await;
        let owner = one.owner;
        drop((one, engine));
        for other in ALL.into_iter().filter(|other| *other != mine) {
            let refused = place.open(location.clone(), other).await.unwrap_err();
            // The keyring is looked at first; it says the same of itself as the store does.
            let named = matches!(
                &refused,
                BuildError::Keyring(KeyringFileError::Environment { found, expected, .. })
                    if found == mine.as_str() && *expected == other
            );
            assert!(named, "{mine} in {other}: {refused:?}");
        }
        // Where it belongs, nothing is lost by the attempts.
        let engine = place.open(location, mine).await.unwrap();
        let workspace = enter(&engine, owner, "one").await.unwrap();
        assert_eq!(workspace.repositories().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn p2_4_a_session_of_production_is_nobody_in_staging() {
    let place = Place::new();
    let production = place.open(StoreLocation::Memory, Environment::Production).await.unwrap();
    let staging = place.open(StoreLocation::Memory, Environment::Staging).await.unwrap();
    for (here, there) in [(&production, &staging), (&staging, &production)] {
        let one = tenant(here, &format!("of-{}", here.environment())).await;
        let link = here.sign_in_link(one.owner, 60).await.unwrap();
        assert!(there.redeem_sign_in_link(&link).await.unwrap().is_none());
        let token = here.redeem_sign_in_link(&link).await.unwrap().unwrap();
        assert!(there.session(&token).await.unwrap().is_none());
        let session = here.session(&token).await.unwrap().unwrap();
        assert!(there.workspaces(&session).await.is_err());
    }
}
