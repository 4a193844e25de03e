//! Callbacks that do not belong to the attempt, come too late, or twice.

use prodops::connectors::http::egress::Limits;
use prodops::core::entropy::SystemEntropy;
use prodops::login::{Callback, LoginError, Oidc, OidcSettings};
use serde_json::json;

use super::keys::Key;
use super::scene::{CLIENT, Scene, egress, through_cookie};

#[tokio::test]
async fn another_state_is_refused_before_the_provider_is_asked() {
    let scene = Scene::start().await;
    let (mine, theirs) = (scene.begin().await, scene.begin().await);
    for state in [theirs.query["state"].as_str(), "", "x", &mine.query["nonce"], &mine.query["state"][1..]] {
        let callback = Callback::parse(&format!("code=theirs&state={state}")).unwrap();
        let refused = scene.oidc.finish(through_cookie(&mine.attempt), callback).await;
        assert!(matches!(refused, Err(LoginError::State)), "{state}: {refused:?}");
    }
    assert_eq!(scene.asked("/token").await, 0);
}

#[tokio::test]
async fn an_attempt_is_good_once() {
    let scene = Scene::start().await;
    let begun = scene.begin().await;
    scene.give(&begun, &scene.token(&begun, json!({}), json!({}))).await;
    let (again, query) = (through_cookie(&begun.attempt), begun.callback());
    assert!(scene.finish(begun).await.is_ok());
    // The double would give a token for the same code again: the replay ends here.
    let replayed = scene.oidc.finish(again, Callback::parse(&query).unwrap()).await;
    assert!(matches!(replayed, Err(LoginError::Replayed)), "{replayed:?}");
    assert_eq!(scene.asked("/token").await, 1);
}

#[tokio::test]
async fn an_attempt_is_good_for_ten_minutes() {
    let scene = Scene::start().await;
    let begun = scene.begin().await;
    scene.give(&begun, &scene.token(&begun, json!({}), json!({"exp": 4_000_000_000_u64}))).await;
    let (attempt, query) = (through_cookie(&begun.attempt), begun.callback());
    scene.clock.advance_seconds(601);
    let late = scene.oidc.finish(attempt, Callback::parse(&query).unwrap()).await;
    assert!(matches!(late, Err(LoginError::Expired)), "{late:?}");
    scene.clock.advance_seconds(-1);
    assert!(scene.finish(begun).await.is_ok());
}

#[tokio::test]
async fn an_attempt_belongs_to_the_provider_that_it_was_begun_with() {
    let (one, other) = (Scene::start().await, Scene::start().await);
    let begun = one.begin().await;
    let callback = Callback::parse(&begun.callback()).unwrap();
    let mixed = other.oidc.finish(begun.attempt, callback).await;
    assert!(matches!(mixed, Err(LoginError::Attempt)), "{mixed:?}");
    // The same provider under another client id is another one, too.
    let begun = one.begin().await;
    let settings = OidcSettings::new(&one.issuer, "another", "https://prodops.test/callback").unwrap();
    let egress = egress(one.server.address().port(), Limits::default());
    let another = Oidc::new(settings, egress, one.clock.clone(), std::sync::Arc::new(SystemEntropy));
    let mixed =
        another.finish(through_cookie(&begun.attempt), Callback::parse(&begun.callback()).unwrap()).await;
    assert!(matches!(mixed, Err(LoginError::Attempt)), "{mixed:?}");
    assert_eq!((one.asked("/token").await, other.asked("/token").await), (0, 0));
}

#[tokio::test]
async fn the_issuer_of_the_callback_decides_about_mix_up() {
    let promises = [None, Some(false), Some(true)];
    for promised in promises {
        let scene = Scene::bare(Key::ec(), |settings| settings).await;
        scene.describe(json!({"authorization_response_iss_parameter_supported": promised})).await;
        scene.publish(&[scene.key.jwk("main")]).await;
        for (issuer, good) in [
            (None, promised != Some(true)),
            (Some(scene.issuer.clone()), true),
            (Some("https://attacker.test".to_owned()), false),
            (Some(format!("{}/", scene.issuer)), false),
        ] {
            let begun = scene.begin().await;
            scene.give(&begun, &scene.token(&begun, json!({}), json!({}))).await;
            let suffix = issuer.as_ref().map(|issuer| format!("&iss={issuer}")).unwrap_or_default();
            let callback = Callback::parse(&format!("{}{suffix}", begun.callback())).unwrap();
            let outcome = scene.oidc.finish(begun.attempt, callback).await;
            assert_eq!(outcome.is_ok(), good, "{promised:?} {issuer:?}: {outcome:?}");
            assert!(good || matches!(outcome, Err(LoginError::MixUp)));
        }
    }
}

#[tokio::test]
async fn a_refusal_is_told_by_its_code() {
    let scene = Scene::start().await;
    for (sent, told) in
        [("access_denied", "access_denied"), ("login_required", "login_required"), ("%3Cb%3E", "other")]
    {
        let begun = scene.begin().await;
        let query = format!("error={sent}&error_description=s3cr3t&state={}", begun.query["state"]);
        let refused = scene.oidc.finish(begun.attempt, Callback::parse(&query).unwrap()).await;
        assert!(matches!(refused, Err(LoginError::Denied { code }) if code == told), "{refused:?}");
    }
    assert_eq!(scene.asked("/token").await, 0);
}

#[test]
fn settings_are_checked() {
    assert!(OidcSettings::new("https://id.example/realm", CLIENT, "https://app.example/callback").is_ok());
    for issuer in [
        "",
        "id.example",
        "https://id.example?x",
        "https://id.example#x",
        "https://u@id.example",
        "ftp://id.example",
    ] {
        assert!(OidcSettings::new(issuer, CLIENT, "https://app.example/callback").is_err(), "{issuer}");
    }
    assert!(OidcSettings::new("https://id.example", "", "https://app.example/callback").is_err());
    assert!(OidcSettings::new("https://id.example", CLIENT, "/callback").is_err());
}
