//! Descriptions that are refused.

use prodops::login::{DiscoveryFault, LoginError, ReturnPath};
use serde_json::{Value, json};
use wiremock::ResponseTemplate;

use super::keys::Key;
use super::scene::{Scene, json_answer};

const PLACE: &str = "/.well-known/openid-configuration";

async fn begun(scene: &Scene) -> Result<(), LoginError> {
    scene.oidc.begin(ReturnPath::default()).await.map(|_| ())
}

async fn fault(changes: Value) -> Option<DiscoveryFault> {
    let scene = Scene::bare(Key::ec(), |settings| settings).await;
    scene.describe(changes).await;
    match begun(&scene).await {
        Ok(()) => None,
        Err(LoginError::Discovery { fault }) => Some(fault),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_description_of_another_issuer_is_refused() {
    assert_eq!(fault(json!({})).await, None);
    for issuer in ["https://attacker.test", "", "http://localhost"] {
        assert_eq!(fault(json!({"issuer": issuer})).await, Some(DiscoveryFault::Issuer), "{issuer}");
    }
}

#[tokio::test]
async fn endpoints_have_the_scheme_of_the_issuer() {
    for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"] {
        for bad in
            ["javascript:alert(1)", "/relative", "", "https://other.test/", "ftp://other.test/", "data:,x"]
        {
            assert_eq!(fault(json!({name: bad})).await, Some(DiscoveryFault::Endpoint), "{name} {bad}");
        }
    }
}

#[tokio::test]
async fn pkce_must_be_offered_where_methods_are_listed() {
    assert_eq!(
        fault(json!({"code_challenge_methods_supported": ["plain"]})).await,
        Some(DiscoveryFault::Pkce)
    );
    assert_eq!(fault(json!({"code_challenge_methods_supported": []})).await, Some(DiscoveryFault::Pkce));
    assert_eq!(fault(json!({"code_challenge_methods_supported": null})).await, None);
}

#[tokio::test]
async fn no_description_is_no_provider() {
    let scene = Scene::bare(Key::ec(), |settings| settings).await;
    let elsewhere = format!("{}/elsewhere", scene.issuer);
    let answers = [
        ResponseTemplate::new(404),
        ResponseTemplate::new(500),
        ResponseTemplate::new(200).set_body_string("<html>"),
        json_answer(&json!({"issuer": scene.issuer})),
        ResponseTemplate::new(302).insert_header("location", elsewhere.as_str()),
    ];
    for answer in answers {
        let scene = Scene::bare(Key::ec(), |settings| settings).await;
        scene.get(PLACE, answer).await;
        let refused = begun(&scene).await;
        assert!(
            matches!(refused, Err(LoginError::Discovery { fault: DiscoveryFault::Absent })),
            "{refused:?}"
        );
        assert_eq!(scene.asked("/elsewhere").await, 0, "a redirect is not followed");
    }
}

#[tokio::test]
async fn a_description_is_read_once_an_hour() {
    let scene = Scene::start().await;
    for _ in 0..5 {
        begun(&scene).await.unwrap();
    }
    assert_eq!(scene.asked(PLACE).await, 1);
    scene.clock.advance_seconds(3600);
    begun(&scene).await.unwrap();
    assert_eq!(scene.asked(PLACE).await, 2);
}
