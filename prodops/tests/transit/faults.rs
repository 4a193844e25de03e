//! An engine that refuses, is away, or lies.

use std::time::Duration;

use prodops::connectors::http::egress::Limits;
use prodops::core::keyring::{KeyProvider as _, RootError};
use prodops::core::vault::Context;
use prodops::keys::{Transit, TransitSettings};

use super::engine::{Engine, Fault, SECRET_ERROR, egress, key, place};

const ENCRYPT: &str = "transit/encrypt/prodops-root";
const DECRYPT: &str = "transit/decrypt/prodops-root";

fn kind(error: &RootError) -> &'static str {
    let told = format!("{error} {error:?}");
    assert!(!told.contains(SECRET_ERROR), "{told}");
    match error {
        RootError::Refused(_) => "refused",
        RootError::Unavailable { .. } => "unavailable",
        RootError::Denied { .. } => "denied",
        _ => "unknown",
    }
}

#[tokio::test]
async fn every_status_is_told_by_what_to_do_about_it() {
    let rows = [
        (400, "denied", "refused"),
        (403, "denied", "denied"),
        (404, "denied", "denied"),
        (307, "denied", "denied"),
        (429, "unavailable", "unavailable"),
        (472, "unavailable", "unavailable"),
        (473, "unavailable", "unavailable"),
        (500, "unavailable", "unavailable"),
        (502, "unavailable", "unavailable"),
        (503, "unavailable", "unavailable"),
        (204, "unavailable", "unavailable"),
    ];
    for (status, wrapping, unwrapping) in rows {
        let (engine, key) = (Engine::start().await, key());
        let provider = engine.provider();
        let wrapped = provider.wrap(&key, &place(&key)).await.unwrap();
        engine.fail(ENCRYPT, Fault::Status(status), 1);
        let error = provider.wrap(&key, &place(&key)).await.expect_err("status");
        assert_eq!(kind(&error), wrapping, "{status}: {error}");
        engine.fail(DECRYPT, Fault::Status(status), 1);
        let error = provider.unwrap(&wrapped, key.id(), &place(&key)).await.expect_err("status");
        assert_eq!(kind(&error), unwrapping, "{status}: {error}");
        // It was in passing: everything works again.
        assert!(provider.unwrap(&wrapped, key.id(), &place(&key)).await.unwrap().ct_eq(&key));
    }
}

#[tokio::test]
async fn silence_garbage_and_floods_are_an_engine_that_is_away() {
    for fault in [Fault::Slow, Fault::Garbage, Fault::Huge, Fault::NoCiphertext] {
        let (engine, key) = (Engine::start().await, key());
        let limits = Limits { total: Duration::from_millis(200), ..Limits::default() };
        let provider = engine.transit(engine.settings(engine.token(0, false)), limits);
        engine.fail(ENCRYPT, fault, 1);
        let error = provider.wrap(&key, &place(&key)).await.expect_err("fault");
        assert_eq!(kind(&error), "unavailable", "{fault:?}: {error}");
    }
}

#[tokio::test]
async fn a_wrapping_that_does_not_open_is_not_returned() {
    // Losing what it seals is worse than not making a key.
    for (path, fault) in
        [(ENCRYPT, Fault::LyingCiphertext), (DECRYPT, Fault::LyingPlaintext), (DECRYPT, Fault::Status(400))]
    {
        let (engine, key) = (Engine::start().await, key());
        engine.fail(path, fault, 1);
        let error = engine.provider().wrap(&key, &place(&key)).await.expect_err("lie");
        assert!(
            kind(&error) == "unavailable" && error.to_string().contains("does not open"),
            "{fault:?}: {error}"
        );
    }
}

#[tokio::test]
async fn a_wrong_key_is_not_taken_for_the_right_one() {
    let (engine, key) = (Engine::start().await, key());
    let provider = engine.provider();
    let wrapped = provider.wrap(&key, &place(&key)).await.unwrap();
    engine.fail(DECRYPT, Fault::LyingPlaintext, 1);
    let error = provider.unwrap(&wrapped, key.id(), &place(&key)).await.expect_err("lie");
    assert_eq!(kind(&error), "refused");
}

#[tokio::test]
async fn an_engine_that_ignores_associated_data_still_opens_nothing_elsewhere() {
    let (engine, key) = (Engine::start().await, key());
    let provider = engine.provider();
    engine.fail(ENCRYPT, Fault::IgnoresAssociatedData, usize::MAX);
    engine.fail(DECRYPT, Fault::IgnoresAssociatedData, usize::MAX);
    let wrapped = provider.wrap(&key, &place(&key)).await.unwrap();
    assert!(provider.unwrap(&wrapped, key.id(), &place(&key)).await.unwrap().ct_eq(&key));
    let elsewhere = Context { generation: 2, ..place(&key) };
    let error = provider.unwrap(&wrapped, key.id(), &elsewhere).await.expect_err("elsewhere");
    assert_eq!(kind(&error), "refused");
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_away() {
    let (engine, key) = (Engine::start().await, key());
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let address = format!("http://localhost:{closed}");
    let settings = TransitSettings::new(&address, "prodops-root", engine.token(0, false)).unwrap();
    let provider =
        Transit::new(settings, egress(closed, &engine.clock, Limits::default()), engine.clock.clone());
    let error = provider.wrap(&key, &place(&key)).await.expect_err("gone");
    assert_eq!(kind(&error), "unavailable");
}

#[tokio::test]
async fn an_undeclared_address_is_a_mistake_of_configuration() {
    let (engine, other, key) = (Engine::start().await, Engine::start().await, key());
    let provider = engine.transit(other.settings(engine.token(0, false)), Limits::default());
    let error = provider.wrap(&key, &place(&key)).await.expect_err("undeclared");
    assert_eq!(kind(&error), "denied");
    assert_eq!(other.asked(""), 0);
}
