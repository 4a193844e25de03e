//! What a good sign-in looks like, from the outside.

use prodops::core::clock::Clock as _;
use prodops::core::environment::Environment;
use prodops::core::secret::Secret;
use prodops::core::session::VerifiedSubject;
use prodops::core::testing::FixedClock;
use prodops::engine::Engine;
use prodops::login::{Authenticator, Callback, OidcSettings, ReturnPath, SigningAlgorithm};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha512};

use super::keys::{Key, encode};
use super::scene::{ACCESS_TOKEN, Scene, form, query, through_cookie};

#[tokio::test]
async fn a_person_signs_in() {
    let scene = Scene::start().await;
    let subject = scene.sign_in(|begun| scene.token(begun, json!({}), json!({}))).await.unwrap();
    assert_eq!(subject, VerifiedSubject::new(&scene.issuer, "alice", scene.clock.now()).unwrap());
}

#[tokio::test]
async fn every_allowed_algorithm_works() {
    for (key, algorithm) in
        [(Key::ec(), "ES256"), (Key::ed(), "EdDSA"), (Key::rsa(), "RS256"), (Key::rsa(), "PS256")]
    {
        let scene = Scene::bare(key, |settings| settings).await;
        scene.describe(json!({})).await;
        scene.publish(&[scene.key.jwk("main")]).await;
        let hash = match algorithm {
            "EdDSA" => json!({"at_hash": encode(&Sha512::digest(ACCESS_TOKEN)[..32])}),
            _ => json!({}),
        };
        let signed = scene.sign_in(|begun| scene.token(begun, json!({"alg": algorithm}), hash)).await;
        assert!(signed.is_ok(), "{algorithm}: {signed:?}");
    }
}

#[tokio::test]
async fn the_request_asks_for_a_code_bound_to_this_attempt() {
    let scene = Scene::bare(Key::ec(), |settings| settings.scope("profile").max_age_seconds(3600)).await;
    scene.describe(json!({"authorization_endpoint": format!("{}/authorize?tenant=7", scene.issuer)})).await;
    let start = scene.oidc.begin(ReturnPath::new("/w/platform").unwrap()).await.unwrap();
    let url = start.authorization_url.expose(String::clone);
    assert!(url.starts_with(&format!("{}/authorize?tenant=7&", scene.issuer)), "{url}");
    let sent = query(&url);
    let fixed = ["response_type", "client_id", "redirect_uri", "scope", "code_challenge_method", "max_age"];
    let fixed = fixed.map(|name| sent[name].as_str());
    assert_eq!(
        fixed,
        ["code", "prodops-test", "https://prodops.test/callback", "openid profile", "S256", "3600"]
    );
    for random in ["state", "nonce", "code_challenge"] {
        assert_eq!(sent[random].len(), 43, "{random}");
    }
    assert_eq!(start.attempt.return_to().as_str(), "/w/platform");
    let again =
        scene.oidc.begin(ReturnPath::default()).await.unwrap().authorization_url.expose(|url| query(url));
    for random in ["state", "nonce", "code_challenge"] {
        assert_ne!(sent[random], again[random], "{random}");
    }
}

#[tokio::test]
async fn the_client_proves_itself_as_the_provider_wants() {
    let secret = |settings: OidcSettings| settings.client_secret(Secret::new("t0p-secret".to_owned()));
    for (methods, in_form) in [
        (Value::Null, false),
        (json!(["client_secret_post", "client_secret_basic"]), false),
        (json!(["client_secret_post"]), true),
    ] {
        let scene = Scene::bare(Key::ec(), secret).await;
        scene.describe(json!({"token_endpoint_auth_methods_supported": methods})).await;
        scene.publish(&[scene.key.jwk("main")]).await;
        scene.sign_in(|begun| scene.token(begun, json!({}), json!({}))).await.unwrap();
        let requests = scene.server.received_requests().await.unwrap();
        let request = requests.iter().find(|request| request.url.path() == "/token").unwrap();
        let sent = form(request);
        assert_eq!(sent.get("client_secret").map(String::as_str), in_form.then_some("t0p-secret"));
        assert_eq!(request.headers.contains_key("authorization"), !in_form);
        assert_eq!((sent["grant_type"].as_str(), sent["code"].as_str()), ("authorization_code", "a-code"));
        assert_eq!(sent["redirect_uri"], "https://prodops.test/callback");
    }
}

#[tokio::test]
async fn an_attempt_survives_its_cookie_and_the_engine_takes_the_subject() {
    let scene = Scene::start().await;
    let begun = scene.begin().await;
    scene.give(&begun, &scene.token(&begun, json!({}), json!({}))).await;
    let callback = Callback::parse(&begun.callback()).unwrap();
    let subject = scene.oidc.authenticate((through_cookie(&begun.attempt), callback)).await.unwrap();
    let engine = Engine::builder(Environment::Test)
        .clock(FixedClock::at("2026-11-27T12:00:00Z"))
        .build()
        .await
        .unwrap();
    let token = engine.sign_in(&subject).await.unwrap();
    assert!(engine.session(&token).await.unwrap().is_some());
}

#[tokio::test]
async fn the_auth_time_is_the_provider_s_where_it_says_one() {
    let scene = Scene::start().await;
    let earlier = scene.clock.now().as_seconds() - 500;
    let claims = json!({"auth_time": earlier});
    let subject = scene.sign_in(|begun| scene.token(begun, json!({}), claims)).await.unwrap();
    assert_eq!(subject.auth_time().as_seconds(), earlier);
}

#[tokio::test]
async fn signing_out_leads_to_the_provider_s_own_place() {
    let scene = Scene::bare(Key::ec(), |settings| settings).await;
    scene.describe(json!({"end_session_endpoint": format!("{}/end", scene.issuer)})).await;
    let url = scene.oidc.end_session_url(Some("https://prodops.test/")).await.unwrap().unwrap();
    assert_eq!(query(&url)["post_logout_redirect_uri"], "https://prodops.test/");
    assert!(url.starts_with(&format!("{}/end?client_id=prodops-test&", scene.issuer)), "{url}");
    assert_eq!(Scene::start().await.oidc.end_session_url(Some("https://prodops.test/")).await.unwrap(), None);
}

#[tokio::test]
async fn algorithms_can_be_narrowed() {
    let scene = Scene::bare(Key::ec(), |settings| settings.algorithms(&[SigningAlgorithm::EdDsa])).await;
    scene.describe(json!({})).await;
    scene.publish(&[scene.key.jwk("main")]).await;
    let error = scene.sign_in(|begun| scene.token(begun, json!({}), json!({}))).await.expect_err("ES256");
    assert!(error.to_string().contains("algorithm"), "{error}");
}
