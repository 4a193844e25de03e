//! What lasts: one database for host and engine, through one pool.

use prodops::core::entropy::SystemEntropy;
use prodops_store::testing::postgres::skipped;

use crate::service::Place;

#[tokio::test]
async fn users_teams_and_connections_are_there_after_a_restart() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    let (first, codes) = place.platform().await;
    assert_eq!(codes.len(), 2);
    assert!(first.users.enrol("user-a", &SystemEntropy).await.unwrap().is_none(), "nobody is entered twice");
    drop(first);

    let (second, again) = place.platform().await;
    assert!(again.is_empty(), "a code is handed out once");
    for (user, code) in &codes {
        assert!(second.users.verify(user, &code.reveal()).await.unwrap());
    }
}

#[tokio::test]
async fn a_code_opens_its_own_user_and_no_other() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    let (platform, codes) = place.platform().await;
    let [a, b] = [0, 1].map(|user: usize| codes[user].1.reveal());
    for (name, code, fits) in [
        ("user-a", a.as_str(), true),
        ("user-b", b.as_str(), true),
        ("user-a", b.as_str(), false),
        ("nobody", a.as_str(), false),
        ("user-a", "", false),
        // "No such user" and "no such code" must not be equal by both being nothing.
        ("nobody", "", false),
    ] {
        assert_eq!(platform.users.verify(name, code).await.unwrap(), fits, "{name}");
    }
}

/// The engine's rows are out of reach for a statement of the host that forgets to ask the engine.
#[tokio::test]
async fn the_hosts_own_statements_see_nothing_of_the_engine() {
    if skipped() {
        return;
    }
    let place = Place::new().await;
    let (platform, _codes) = place.platform().await;
    let pool = platform.users.pool();
    for forgotten in [
        "SELECT count(*) FROM prodops.connection",
        "SELECT count(*) FROM prodops_identity.session",
        "SELECT count(*) FROM prodops_control.workspace",
    ] {
        let refused = sqlx::query(forgotten).execute(pool).await.unwrap_err();
        let code = refused.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
        assert_eq!(code.as_deref(), Some("42501"), "{forgotten}: {refused}");
    }
}
