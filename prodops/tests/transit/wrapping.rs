//! What is wrapped opens at its place and nowhere else.

use prodops::connectors::http::egress::Limits;
use prodops::core::environment::Environment;
use prodops::core::id::WorkspaceId;
use prodops::core::keyring::{KeyProvider as _, RootError};
use prodops::core::vault::{Context, KeyId};

use super::engine::{Engine, key, place};

#[tokio::test]
async fn a_key_comes_back_at_its_place() {
    let (engine, key) = (Engine::start().await, key());
    let provider = engine.provider();
    let wrapped = provider.wrap(&key, &place(&key)).await.unwrap();
    assert!(wrapped.starts_with(b"vault:v1:"));
    let again = provider.unwrap(&wrapped, key.id(), &place(&key)).await.unwrap();
    assert!(again.ct_eq(&key) && again.id() == key.id());
    key.expose(|bytes| assert!(!wrapped.windows(32).any(|window| window == bytes)));
}

#[tokio::test]
async fn another_place_or_id_is_refused() {
    let (engine, key) = (Engine::start().await, key());
    let provider = engine.provider();
    let home = place(&key);
    let wrapped = provider.wrap(&key, &home).await.unwrap();
    let places = [
        Context { environment: Environment::Production, ..home },
        Context { workspace: Some(WorkspaceId::from_bytes([6; 16])), ..home },
        Context { workspace: None, ..home },
        Context { kind: "root-key", ..home },
        Context { record: [0; 16], ..home },
        Context { field: "check", ..home },
        Context { generation: 2, ..home },
    ];
    for other in places {
        let refused = provider.unwrap(&wrapped, key.id(), &other).await;
        assert!(matches!(refused, Err(RootError::Refused(root)) if root == provider.root()), "{other:?}");
    }
    let refused = provider.unwrap(&wrapped, KeyId::from_bytes([1; 16]), &home).await;
    assert!(matches!(refused, Err(RootError::Refused(_))));
}

#[tokio::test]
async fn a_changed_or_foreign_wrapping_is_refused() {
    let (engine, other, key) = (Engine::start().await, Engine::start().await, key());
    let provider = engine.provider();
    let wrapped = provider.wrap(&key, &place(&key)).await.unwrap();
    let foreign = other.provider().wrap(&key, &place(&key)).await.unwrap();
    let mut flipped = wrapped.clone();
    let last = flipped.len() - 6;
    flipped[last] = if flipped[last] == b'A' { b'B' } else { b'A' };
    let asked = engine.asked("decrypt/prodops-root");
    for bad in [flipped, foreign, wrapped.replace_version(b'2'), wrapped[..40].to_vec()] {
        assert!(matches!(provider.unwrap(&bad, key.id(), &place(&key)).await, Err(RootError::Refused(_))));
    }
    assert_eq!(engine.asked("decrypt/prodops-root"), asked + 4);
    // What is no ciphertext at all does not reach the engine.
    for bad in [&b""[..], b"vault", b"vault:v1:\"}", b"\xff\xff", &[0; 100]] {
        assert!(matches!(provider.unwrap(bad, key.id(), &place(&key)).await, Err(RootError::Refused(_))));
    }
    assert_eq!(engine.asked("decrypt/prodops-root"), asked + 4);
}

trait Version {
    fn replace_version(&self, digit: u8) -> Vec<u8>;
}

impl Version for Vec<u8> {
    fn replace_version(&self, digit: u8) -> Vec<u8> {
        let mut changed = self.clone();
        changed["vault:v".len()] = digit;
        changed
    }
}

#[tokio::test]
async fn old_versions_open_and_are_wrapped_again() {
    let (engine, key) = (Engine::start().await, key());
    let provider = engine.provider();
    let first = provider.wrap(&key, &place(&key)).await.unwrap();
    assert_eq!(provider.rewrap(&first, key.id(), &place(&key)).await.unwrap(), None);
    engine.rotate();
    assert!(provider.unwrap(&first, key.id(), &place(&key)).await.unwrap().ct_eq(&key));
    let second = provider.rewrap(&first, key.id(), &place(&key)).await.unwrap().expect("a newer version");
    assert!(second.starts_with(b"vault:v2:"));
    assert!(provider.unwrap(&second, key.id(), &place(&key)).await.unwrap().ct_eq(&key));
    assert_eq!(provider.rewrap(&second, key.id(), &place(&key)).await.unwrap(), None);
    // Nothing is wrapped again for a place that it does not belong to.
    let elsewhere = Context { generation: 2, ..place(&key) };
    assert!(matches!(provider.rewrap(&first, key.id(), &elsewhere).await, Err(RootError::Refused(_))));
}

#[tokio::test]
async fn mount_and_namespace_are_part_of_every_request() {
    let (engine, key) = (Engine::start().await, key());
    engine.in_namespace("teams/platform");
    let without = engine.provider();
    assert!(matches!(without.wrap(&key, &place(&key)).await, Err(RootError::Denied { .. })));
    let settings = engine.settings(engine.token(0, false)).namespace("teams/platform").unwrap();
    let within = engine.transit(settings, Limits::default());
    assert!(within.wrap(&key, &place(&key)).await.is_ok());
    let settings =
        engine.settings(engine.token(0, false)).namespace("teams/platform").unwrap().mount("kms/eu").unwrap();
    let elsewhere = engine.transit(settings, Limits::default());
    assert!(matches!(elsewhere.wrap(&key, &place(&key)).await, Err(RootError::Denied { .. })));
    assert_eq!(engine.asked("kms/eu/encrypt/prodops-root"), 1);
}

#[tokio::test]
async fn nothing_secret_is_shown() {
    let engine = Engine::start().await;
    let provider = engine.provider();
    let shown = format!("{provider:?}");
    assert_eq!(shown, format!("Transit({} at transit/prodops-root)", provider.root()));
    assert!(!format!("{:?}", engine.settings(engine.role(60, true))).contains("secret\""));
}
