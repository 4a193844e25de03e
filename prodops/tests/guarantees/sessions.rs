//! Section 4, as far as it is about sessions: sealed, short-lived, renewed, revoked.

use prodops::core::environment::Environment;
use prodops::core::session::{OpaqueToken, VerifiedSubject, cookie};
use prodops::core::tenancy::Role;
use prodops::core::vault::{Purpose, SealedRecord};
use prodops::engine::{Engine, EngineError, StoreLocation};

use crate::place::{NOW, Place, enter, slug, tenant};

fn alice() -> VerifiedSubject {
    VerifiedSubject::new("https://login.example.org", "alice", NOW.parse().unwrap()).unwrap()
}

async fn sign_in(engine: &Engine) -> OpaqueToken {
    engine.sign_in(&alice()).await.unwrap()
}

/// Whether a browser with this cookie is still somebody.
async fn recognised(engine: &Engine, value: &str) -> bool {
    match engine.open_session(value).await.unwrap() {
        Some(token) => engine.session(&token).await.unwrap().is_some(),
        None => false,
    }
}

/// The cookie that a request with this one is answered with.
async fn renewed(engine: &Engine, value: &str) -> Option<String> {
    let token = engine.open_session(value).await.unwrap().unwrap();
    let session = engine.session(&token).await.unwrap().unwrap();
    match engine.renewed_token(&session, &token).await.unwrap() {
        Some(next) => Some(engine.seal_session(&next).await.unwrap()),
        None => None,
    }
}

#[tokio::test]
async fn p4_1_the_cookie_is_a_sealed_record_that_only_this_deployment_opens() {
    let place = Place::new();
    let engine = place.engine().await;
    let token = sign_in(&engine).await;
    let (one, two) = (engine.seal_session(&token).await.unwrap(), engine.seal_session(&token).await.unwrap());
    assert_ne!(one, two, "the same token twice has nothing in common");
    let bytes = cookie::decode(&one).unwrap();
    assert_eq!(SealedRecord::parse(&bytes).unwrap().purpose(), Purpose::Session);
    let plain: Vec<u8> =
        (0..32).map(|n| u8::from_str_radix(&token.reveal()[2 * n..2 * n + 2], 16).unwrap()).collect();
    assert!(bytes.windows(8).all(|window| !plain.windows(8).any(|secret| secret == window)));
    assert!(recognised(&engine, &one).await && recognised(&engine, &two).await);
    // Every single bit of it counts, and every byte.
    for position in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1 << bit;
            assert!(
                engine.open_session(&cookie::encode(&flipped)).await.unwrap().is_none(),
                "{position}.{bit}"
            );
        }
        assert!(engine.open_session(&cookie::encode(&bytes[..position])).await.unwrap().is_none());
    }
    // Another deployment, of the same kind or another, opens none of it.
    for environment in [Environment::Test, Environment::Production] {
        let other = place.open(StoreLocation::Memory, environment).await.unwrap();
        assert!(other.open_session(&one).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn p4_1_a_session_ends_when_idle_and_after_eight_hours_of_use() {
    let place = Place::new();
    let engine = place.engine().await;
    let idle = engine.seal_session(&sign_in(&engine).await).await.unwrap();
    let mut used = engine.seal_session(&sign_in(&engine).await).await.unwrap();
    place.advance_seconds(29 * 60);
    assert!(recognised(&engine, &used).await);
    used = renewed(&engine, &used).await.unwrap();
    place.advance_seconds(60);
    assert!(!recognised(&engine, &idle).await);
    for _ in 0..22 {
        place.advance_seconds(20 * 60);
        used = renewed(&engine, &used).await.unwrap();
    }
    place.advance_seconds(9 * 60);
    assert!(recognised(&engine, &used).await, "seven hours and fifty-nine minutes");
    place.advance_seconds(60);
    assert!(!recognised(&engine, &used).await);
}

#[tokio::test]
async fn p4_1_a_token_is_replaced_and_the_copy_that_comes_back_ends_the_session() {
    let place = Place::new();
    let engine = place.engine().await;
    let copied = engine.seal_session(&sign_in(&engine).await).await.unwrap();
    assert!(renewed(&engine, &copied).await.is_none());
    place.advance_seconds(15 * 60);
    let owners = renewed(&engine, &copied).await.unwrap();
    place.advance_seconds(11);
    assert!(recognised(&engine, &owners).await);
    assert!(!recognised(&engine, &copied).await);
    assert!(!recognised(&engine, &owners).await, "nobody can say which of the two is the thief");
}

#[tokio::test]
async fn p4_1_revoking_holds_from_the_next_request_on() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let user = engine.user_of(&alice()).await.unwrap();
    one.workspace.add_member(user, Role::Member).await.unwrap();
    let begin = async || engine.seal_session(&sign_in(&engine).await).await.unwrap();

    let (own, other) = (begin().await, begin().await);
    let token = engine.open_session(&own).await.unwrap().unwrap();
    let session = engine.session(&token).await.unwrap().unwrap();
    assert!(recognised(&engine, &other).await);
    engine.end_other_sessions(&session).await.unwrap();
    assert!(recognised(&engine, &own).await && !recognised(&engine, &other).await);
    engine.sign_out(&session).await.unwrap();
    assert!(!recognised(&engine, &own).await);

    let own = begin().await;
    engine.end_sessions_of(user).await.unwrap();
    assert!(!recognised(&engine, &own).await);
    let own = begin().await;
    engine.end_all_sessions().await.unwrap();
    assert!(!recognised(&engine, &own).await);

    let own = begin().await;
    let token = engine.open_session(&own).await.unwrap().unwrap();
    let session = engine.session(&token).await.unwrap().unwrap();
    assert!(engine.enter(&session, &slug("one")).await.is_ok());
    enter(&engine, one.owner, "one").await.unwrap().end_member_sessions().await.unwrap();
    assert!(matches!(engine.enter(&session, &slug("one")).await, Err(EngineError::NotFound)));
}
