//! Tokens end; a deployment that may have another one goes on.

use prodops::connectors::http::egress::Limits;
use prodops::core::keyring::{KeyProvider as _, RootError};
use prodops::core::secret::Secret;
use prodops::keys::{Transit, TransitAuth};

use super::engine::{Engine, Fault, key, place};

const RENEW: &str = "auth/token/renew-self";
const LOGIN: &str = "auth/approle/login";

async fn works(provider: &Transit) -> Result<(), RootError> {
    let key = key();
    provider.wrap(&key, &place(&key)).await.map(drop)
}

fn with(engine: &Engine, auth: TransitAuth) -> Transit {
    engine.transit(engine.settings(auth), Limits::default())
}

#[tokio::test]
async fn a_token_is_renewed_after_two_thirds_of_its_time() {
    let engine = Engine::start().await;
    let provider = with(&engine, engine.token(3600, true));
    works(&provider).await.unwrap();
    engine.clock.advance_seconds(2399);
    works(&provider).await.unwrap();
    assert_eq!(engine.asked(RENEW), 0);
    // Ten renewals later it is far older than it was ever good for.
    for turn in 1..=10 {
        engine.clock.advance_seconds(if turn == 1 { 1 } else { 2400 });
        works(&provider).await.unwrap();
        assert_eq!(engine.asked(RENEW), turn);
    }
    assert_eq!(engine.asked("lookup-self"), 1);
}

#[tokio::test]
async fn a_quiet_deployment_keeps_its_token_alive() {
    let engine = Engine::start().await;
    let provider = with(&engine, engine.token(3600, true));
    for _ in 0..5 {
        provider.keep_alive().await.unwrap();
        engine.clock.advance_seconds(3000);
    }
    works(&provider).await.unwrap();
}

#[tokio::test]
async fn a_token_that_ends_is_an_end() {
    let engine = Engine::start().await;
    let provider = with(&engine, engine.token(3600, false));
    works(&provider).await.unwrap();
    engine.clock.advance_seconds(3599);
    works(&provider).await.unwrap();
    engine.clock.advance_seconds(1);
    assert!(matches!(works(&provider).await, Err(RootError::Denied { .. })));
    assert_eq!(engine.asked(RENEW), 0);
    // One that nobody renewed in time ends as well.
    let provider = with(&engine, engine.token(3600, true));
    works(&provider).await.unwrap();
    engine.clock.advance_seconds(3601);
    assert!(matches!(works(&provider).await, Err(RootError::Denied { .. })));
}

#[tokio::test]
async fn an_unknown_token_is_denied_and_one_that_may_not_look_at_itself_is_not() {
    let engine = Engine::start().await;
    let provider = with(&engine, TransitAuth::Token(Secret::new("nobody's".to_owned())));
    assert!(matches!(works(&provider).await, Err(RootError::Denied { .. })));
    engine.fail("auth/token/lookup-self", Fault::Status(403), 1);
    works(&with(&engine, engine.token(0, false))).await.unwrap();
    // A token with a line end in it is refused here, not sent.
    let provider = with(&engine, TransitAuth::Token(Secret::new("a\r\nx: y".to_owned())));
    assert!(matches!(works(&provider).await, Err(RootError::Denied { .. })));
}

#[tokio::test]
async fn a_renewal_that_fails_does_not_cost_the_time_that_is_left() {
    let engine = Engine::start().await;
    let provider = with(&engine, engine.token(3600, true));
    works(&provider).await.unwrap();
    engine.clock.advance_seconds(3000);
    engine.fail(RENEW, Fault::Status(503), 2);
    works(&provider).await.unwrap();
    works(&provider).await.unwrap();
}

#[tokio::test]
async fn a_role_gets_a_new_token_when_the_old_one_ends() {
    for (renewable, logins) in [(true, 1), (false, 4)] {
        let engine = Engine::start().await;
        let provider = with(&engine, engine.role(3600, renewable));
        for _ in 0..4 {
            works(&provider).await.unwrap();
            engine.clock.advance_seconds(2400);
        }
        assert_eq!(engine.logins(), logins, "{renewable}");
    }
    // After a long sleep there is nothing left to renew.
    let engine = Engine::start().await;
    let provider = with(&engine, engine.role(60, true));
    works(&provider).await.unwrap();
    engine.clock.advance_seconds(100_000);
    works(&provider).await.unwrap();
    assert_eq!((engine.logins(), engine.asked(RENEW)), (2, 0));
}

#[tokio::test]
async fn a_role_whose_token_is_revoked_logs_in_again_once() {
    let engine = Engine::start().await;
    let provider = with(&engine, engine.role(3600, true));
    works(&provider).await.unwrap();
    engine.revoke_all();
    works(&provider).await.unwrap();
    assert_eq!(engine.logins(), 2);
    // A policy that forbids the key is not mended by logging in: one attempt, then the answer.
    engine.fail("transit/encrypt/prodops-root", Fault::Status(403), 2);
    assert!(matches!(works(&provider).await, Err(RootError::Denied { .. })));
    assert_eq!(engine.logins(), 3);
}

#[tokio::test]
async fn a_login_that_is_away_is_told_from_one_that_is_refused() {
    let engine = Engine::start().await;
    engine.fail(LOGIN, Fault::Status(503), 1);
    let provider = with(&engine, engine.role(3600, false));
    assert!(matches!(works(&provider).await, Err(RootError::Unavailable { .. })));
    works(&provider).await.unwrap();
    // Away when the token is due, but not over: the old one does.
    engine.clock.advance_seconds(3000);
    engine.fail(LOGIN, Fault::Status(503), 2);
    works(&provider).await.unwrap();
    engine.clock.advance_seconds(601);
    engine.fail(LOGIN, Fault::Status(400), 1);
    assert!(matches!(works(&provider).await, Err(RootError::Denied { .. })));
}

#[tokio::test]
async fn many_at_once_log_in_once() {
    let engine = Engine::start().await;
    let provider = std::sync::Arc::new(with(&engine, engine.role(3600, true)));
    let all: Vec<_> = (0..20).map(|_| std::sync::Arc::clone(&provider)).collect();
    let all: Vec<_> =
        all.into_iter().map(|provider| tokio::spawn(async move { works(&provider).await })).collect();
    for one in all {
        one.await.unwrap().unwrap();
    }
    assert_eq!(engine.logins(), 1);
}
