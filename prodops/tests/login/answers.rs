//! Providers that answer the exchange in bad ways.

use std::sync::Arc;
use std::time::Duration;

use prodops::connectors::http::egress::EgressError;
use prodops::core::entropy::SystemEntropy;
use prodops::login::{Callback, DiscoveryFault, IdTokenFault, LoginError, Oidc, OidcSettings, ReturnPath};
use serde_json::json;
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use super::keys::Key;
use super::scene::{ACCESS_TOKEN, CLIENT, Scene, egress, impatient, json_answer};

/// What comes of a sign-in whose exchange is answered like this.
async fn exchanged(answer: ResponseTemplate) -> (Scene, LoginError) {
    let scene = Scene::start().await;
    Mock::given(method("POST")).and(path("/token")).respond_with(answer).mount(&scene.server).await;
    let begun = scene.begin().await;
    let error = scene.finish(begun).await.expect_err("no good answer");
    (scene, error)
}

#[tokio::test]
async fn a_refused_or_nonsensical_exchange_says_nothing_of_the_answer() {
    let refusal = json!({"error": "invalid_grant", "error_description": "code s3cr3t was used before"});
    let no_access_token = json!({"token_type": "Bearer", "id_token": "a.b.c"});
    let answers = [
        ResponseTemplate::new(400).set_body_json(&refusal),
        ResponseTemplate::new(401).set_body_json(json!({"error": "invalid_client"})),
        ResponseTemplate::new(500).set_body_string("s3cr3t"),
        ResponseTemplate::new(200).set_body_string("<html>s3cr3t"),
        ResponseTemplate::new(200).set_body_raw("{\"access_token\":\"s3cr3t\"", "application/json"),
        ResponseTemplate::new(204),
        json_answer(&no_access_token),
    ];
    for answer in answers {
        let (_, error) = exchanged(answer).await;
        assert!(matches!(error, LoginError::Exchange), "{error:?}");
        let told = format!("{error} {error:?}");
        assert!(!told.contains("s3cr3t") && !told.contains("a-code"), "{told}");
    }
}

#[tokio::test]
async fn an_exchange_without_an_id_token_proves_nothing() {
    let (_, error) =
        exchanged(json_answer(&json!({"access_token": ACCESS_TOKEN, "token_type": "Bearer"}))).await;
    assert!(matches!(error, LoginError::IdToken { fault: IdTokenFault::Absent }), "{error:?}");
}

#[tokio::test]
async fn a_redirect_of_the_exchange_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let answer = ResponseTemplate::new(status).insert_header("location", "/elsewhere");
        let (scene, error) = exchanged(answer).await;
        assert!(matches!(error, LoginError::Exchange), "{status}: {error:?}");
        assert_eq!((scene.asked("/token").await, scene.asked("/elsewhere").await), (1, 0), "{status}");
    }
}

#[tokio::test]
async fn a_redirect_of_the_key_set_is_not_followed() {
    let scene = Scene::bare(Key::ec(), |settings| settings).await;
    scene.describe(json!({})).await;
    scene.get("/keys", ResponseTemplate::new(302).insert_header("location", "/elsewhere")).await;
    let error = scene.sign_in(|begun| scene.token(begun, json!({}), json!({}))).await.expect_err("redirect");
    assert!(matches!(error, LoginError::Discovery { fault: DiscoveryFault::Keys }), "{error:?}");
    assert_eq!(scene.asked("/elsewhere").await, 0);
}

#[tokio::test]
async fn answers_are_bounded_in_size() {
    let large = "x".repeat(300 * 1024);
    let (_, error) = exchanged(json_answer(&json!({"access_token": large, "token_type": "Bearer"}))).await;
    assert!(matches!(error, LoginError::Unreachable(EgressError::TooLarge { .. })), "{error:?}");
    let scene = Scene::bare(Key::ec(), |settings| settings).await;
    scene.describe(json!({"x": large})).await;
    let error = scene.oidc.begin(ReturnPath::default()).await.expect_err("large");
    assert!(matches!(error, LoginError::Unreachable(EgressError::TooLarge { .. })), "{error:?}");
    let scene = Scene::bare(Key::ec(), |settings| settings).await;
    scene.describe(json!({})).await;
    scene.get("/keys", json_answer(&json!({"keys": [], "x": large}))).await;
    let error = scene.sign_in(|begun| scene.token(begun, json!({}), json!({}))).await.expect_err("large");
    assert!(matches!(error, LoginError::Unreachable(EgressError::TooLarge { .. })), "{error:?}");
}

#[tokio::test]
async fn answers_are_bounded_in_time() {
    let scene = Scene::start().await;
    let settings = OidcSettings::new(&scene.issuer, CLIENT, "https://prodops.test/callback").unwrap();
    let egress = egress(scene.server.address().port(), impatient());
    let oidc = Oidc::new(settings, egress, scene.clock.clone(), Arc::new(SystemEntropy));
    let start = oidc.begin(ReturnPath::default()).await.unwrap();
    let silence = ResponseTemplate::new(200).set_delay(Duration::from_secs(3600));
    Mock::given(path("/token")).respond_with(silence).mount(&scene.server).await;
    let state = start.authorization_url.expose(|url| super::scene::query(url)["state"].clone());
    let callback = Callback::parse(&format!("code=a-code&state={state}")).unwrap();
    let error = oidc.finish(start.attempt, callback).await.expect_err("silence");
    assert!(matches!(error, LoginError::Unreachable(EgressError::Timeout { .. })), "{error:?}");
}

#[tokio::test]
async fn endpoints_on_undeclared_hosts_are_not_asked() {
    for (name, place) in
        [("token_endpoint", "http://localhost:9/token"), ("jwks_uri", "http://169.254.169.254/keys")]
    {
        let scene = Scene::bare(Key::ec(), |settings| settings).await;
        scene.describe(json!({name: place})).await;
        scene.publish(&[scene.key.jwk("main")]).await;
        let error = scene.sign_in(|begun| scene.token(begun, json!({}), json!({}))).await.expect_err(name);
        assert!(matches!(&error, LoginError::Unreachable(refused) if refused.is_refusal()), "{error:?}");
    }
}
