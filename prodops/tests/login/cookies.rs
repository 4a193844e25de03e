//! Attempts on their way through the browser.

use std::sync::Arc;

use prodops::core::clock::SystemClock;
use prodops::core::entropy::SystemEntropy;
use prodops::core::environment::Environment;
use prodops::core::keyring::{
    DataKeys, ExistingData, KeyOwner, Keyring, KeyringParts, LocalRoot, MemoryKeyring, Place, Roots,
};
use prodops::core::vault::Purpose;
use prodops::login::{Callback, ReturnPath, cookie};
use serde_json::json;

use super::scene::Scene;

async fn keys(environment: Environment) -> Arc<DataKeys> {
    let parts = KeyringParts {
        environment,
        store: Arc::new(MemoryKeyring::default()),
        roots: Roots::new(LocalRoot::ephemeral(Arc::new(SystemEntropy)).unwrap()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    let ring = Keyring::open(parts, ExistingData::Absent).await.unwrap();
    ring.keys(KeyOwner::Deployment).await.unwrap()
}

/// What a browser sends back for this `Set-Cookie`.
fn sent_back(set: &str) -> String {
    set.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_sealed_attempt_completes_a_sign_in() {
    let (scene, keys) = (Scene::start().await, keys(Environment::Test).await);
    let begun = scene.begin().await;
    scene.give(&begun, &scene.token(&begun, json!({}), json!({}))).await;
    let set = cookie::set(&keys, &begun.attempt).unwrap();
    assert!(set.ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=600"), "{set}");
    assert!(!set.contains(&begun.query["state"]) && !set.contains(&begun.query["nonce"]));
    let header = format!("theme=dark; {}", sent_back(&set));
    let attempt = cookie::find(&keys, [header.as_str()]).unwrap();
    let callback = Callback::parse(&begun.callback()).unwrap();
    assert!(scene.oidc.finish(attempt, callback).await.is_ok());
}

#[tokio::test]
async fn what_this_deployment_did_not_seal_as_one_attempt_is_none() {
    let (scene, keys, others) =
        (Scene::start().await, keys(Environment::Test).await, keys(Environment::Test).await);
    let (one, two) = (scene.begin().await.attempt, scene.begin().await.attempt);
    let [one, two] = [one, two].map(|attempt| sent_back(&cookie::set(&keys, &attempt).unwrap()));
    assert!(cookie::find(&keys, [one.as_str()]).is_some());
    assert!(cookie::find(&others, [one.as_str()]).is_none(), "another deployment");
    let flip = |at: usize| {
        let mut bytes = one.clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        String::from_utf8(bytes).unwrap()
    };
    for at in (cookie::NAME.len() + 1..one.len() - 1).step_by(7) {
        assert!(cookie::find(&keys, [flip(at).as_str()]).is_none(), "{at}");
    }
    // A sealed record of another kind, with the bytes of an attempt inside.
    let bytes = scene.begin().await.attempt.to_bytes();
    let place = Place { kind: "session", record: [0; 16], field: "", generation: 0 };
    let record = bytes.expose(|bytes| keys.seal(Purpose::Session, place, bytes)).unwrap();
    let session = format!("{}={}", cookie::NAME, super::keys::encode(record.as_bytes()));
    let (both, long) = (format!("{one}; {two}"), format!("{}={}", cookie::NAME, "A".repeat(4000)));
    for header in ["", "__Host-prodops-login=", "__Host-prodops-login=!", &session, &both, &long] {
        assert!(cookie::find(&keys, [header]).is_none(), "{header}");
    }
    assert!(cookie::find(&keys, [one.as_str(), two.as_str()]).is_none());
    assert!(cookie::find(&keys, [one.replace("__Host-", "").as_str()]).is_none());
}

#[tokio::test]
async fn the_longest_return_path_fits_into_a_cookie() {
    let (scene, keys) = (Scene::start().await, keys(Environment::Test).await);
    let longest = ReturnPath::new(&format!("/{}", "a".repeat(2047))).unwrap();
    let attempt = scene.oidc.begin(longest.clone()).await.unwrap().attempt;
    let set = cookie::set(&keys, &attempt).unwrap();
    assert!(set.len() < 4096, "browsers drop longer ones: {}", set.len());
    assert_eq!(cookie::find(&keys, [sent_back(&set).as_str()]).unwrap().return_to(), &longest);
    assert!(cookie::clear().starts_with("__Host-prodops-login=; ") && cookie::clear().ends_with("Max-Age=0"));
}
