//! Cookies that are none of this deployment's, or none any more.

use axum::http::{Method, StatusCode, header};
use prodops::core::entropy::SystemEntropy;
use prodops::core::environment::Environment;
use prodops::core::keyring::KeyOwner;
use prodops::core::session::{OpaqueToken, cookie};
use prodops::web::Site;

use crate::application::{Application, NAME, from_here};

async fn is_stranger(application: &Application, value: &str) -> bool {
    let answer = application.get("/", value).await;
    assert!(answer.cookie().is_none(), "a stranger's cookie is not answered with one");
    answer.status == StatusCode::UNAUTHORIZED
}

#[tokio::test]
async fn a_login_sets_a_cookie_that_comes_back_and_signing_out_ends_both_ends() {
    let application = Application::new().await;
    let answer = application.send(from_here(Method::POST, "/login", ""), "alice").await;
    let set = answer.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        set.starts_with("__Host-prodops=") && set.ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax"),
        "{set}"
    );
    assert!(answer.headers[header::SET_COOKIE].is_sensitive());
    let value = answer.cookie().unwrap();
    let people = application.get("/people", &value).await;
    assert_eq!((people.status, people.cookie()), (StatusCode::OK, None));
    let logout = from_here(Method::POST, "/logout", &value).header("x-csrf-token", &people.body);
    assert_eq!(application.send(logout, "").await.cookie().unwrap(), "");
    assert!(is_stranger(&application, &value).await, "a copy of the cookie is worth nothing either");
}

#[tokio::test]
async fn a_cookie_of_another_environment_or_deployment_is_a_strangers() {
    let here = Application::at(Site::loopback(), Environment::Production).await;
    let staging = Application::at(Site::loopback(), Environment::Staging).await;
    let twin = Application::at(Site::loopback(), Environment::Production).await;
    for other in [&staging, &twin] {
        let (_, value) = other.member().await;
        assert!(!is_stranger(other, &value).await);
        assert!(is_stranger(&here, &value).await);
    }
}

#[tokio::test]
async fn a_token_that_an_attacker_chose_never_becomes_a_session() {
    let application = Application::new().await;
    let chosen = OpaqueToken::generate(&SystemEntropy).unwrap();
    let planted = [
        application.engine.seal_session(&chosen).await.unwrap(),
        chosen.reveal(),
        cookie::encode(chosen.reveal().as_bytes()),
    ];
    for value in planted {
        assert!(is_stranger(&application, &value).await);
        // Signing in with it in the browser gives another one, and the planted one stays worthless.
        let answer = application.send(from_here(Method::POST, "/login", &value), "alice").await;
        let set = answer.cookie().unwrap();
        assert_ne!(set, value);
        assert!(!is_stranger(&application, &set).await && is_stranger(&application, &value).await);
        assert!(application.engine.session(&chosen).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn two_cookies_with_different_values_are_both_not_believed() {
    let application = Application::new().await;
    let (_, value) = application.member().await;
    let other = application.send(from_here(Method::POST, "/login", ""), "mallory").await.cookie().unwrap();
    for pair in [[&value, &other], [&other, &value]] {
        let both = from_here(Method::GET, "/", "")
            .header(header::COOKIE, format!("{NAME}={}; {NAME}={}", pair[0], pair[1]));
        assert_eq!(application.send(both, "").await.status, StatusCode::UNAUTHORIZED);
        let lines =
            from_here(Method::GET, "/", pair[0]).header(header::COOKIE, format!("{NAME}={}", pair[1]));
        assert_eq!(application.send(lines, "").await.status, StatusCode::UNAUTHORIZED);
    }
    let twice = from_here(Method::GET, "/", &value).header(header::COOKIE, format!("a=b; {NAME}={value}"));
    assert_eq!(application.send(twice, "").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_is_no_cookie_of_ours_is_a_strangers_however_long() {
    let application = Application::new().await;
    let (_, value) = application.member().await;
    let mut hostile = vec![
        "A".to_owned(),
        "A".repeat(512),
        "A".repeat(513),
        "A".repeat(60_000),
        format!("{value}="),
        format!("{value}A"),
        format!(" {value}x"),
        value[1..].to_owned(),
        "../../etc/passwd".to_owned(),
        "%00".to_owned(),
    ];
    // Every bit of every character: none of them may open.
    let bytes = cookie::decode(&value).unwrap();
    for position in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[position] ^= 1 << bit;
            hostile.push(cookie::encode(&flipped));
        }
    }
    for value in hostile {
        assert!(is_stranger(&application, &value).await, "{value}");
    }
    let noise = from_here(Method::GET, "/", &value).header(header::COOKIE, [b'x', b'=', 0xff].as_slice());
    assert_eq!(
        application.send(noise, "").await.status,
        StatusCode::OK,
        "a line that is no text is passed over"
    );
}

#[tokio::test]
async fn a_cookie_is_renewed_with_an_answer_and_the_old_one_ends_everything_when_it_comes_back() {
    let application = Application::new().await;
    let (_, first) = application.member().await;
    application.clock.advance_seconds(900);
    let second = application.get("/", &first).await.cookie().unwrap();
    assert_ne!(first, second);
    // Requests that were under way are served, and get the session's same next token.
    application.clock.advance_seconds(5);
    let late = application.get("/", &first).await;
    let (open, token) =
        (late.cookie().unwrap(), application.engine.open_session(&second).await.unwrap().unwrap());
    let same = application.engine.open_session(&open).await.unwrap().unwrap();
    assert_eq!((late.status, same.hash()), (StatusCode::OK, token.hash()));
    assert_eq!(application.get("/", &second).await.cookie(), None);
    application.clock.advance_seconds(10);
    assert!(is_stranger(&application, &first).await);
    assert!(is_stranger(&application, &second).await, "the session of a copied cookie is over");
}

#[tokio::test]
async fn a_refused_request_does_not_lose_the_next_cookie() {
    let application = Application::new().await;
    let (_, first) = application.member().await;
    application.clock.advance_seconds(900);
    let refused = application.send(from_here(Method::POST, "/", &first), "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let second = refused.cookie().unwrap();
    application.clock.advance_seconds(60);
    assert!(!is_stranger(&application, &second).await);
}

#[tokio::test]
async fn an_answer_with_a_session_is_kept_by_no_cache() {
    let application = Application::new().await;
    let (_, first) = application.member().await;
    let asset = application.get("/asset", &first).await;
    assert_eq!(asset.headers[header::CACHE_CONTROL], "public, max-age=31536000");
    application.clock.advance_seconds(900);
    let asset = application.get("/asset", &first).await;
    assert!(asset.cookie().is_some());
    assert_eq!(asset.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn a_handler_that_takes_long_does_not_cost_the_session() {
    let application = Application::new().await;
    let (_, first) = application.member().await;
    application.clock.advance_seconds(900);
    // While it works, and when it is given up, the token that the browser has goes on.
    let late = application.get("/slow", &first).await;
    let second = late.cookie().unwrap();
    assert!(!is_stranger(&application, &second).await);
    let status = application.get("/", &first).await.status;
    assert_eq!(status, StatusCode::OK, "replaced just now, not a minute ago");
}

#[tokio::test]
async fn a_rotation_of_the_deployments_key_signs_nobody_out() {
    let application = Application::new().await;
    let (_, cookie) = application.member().await;
    let engine = &application.engine;
    engine.rotate_data_key(KeyOwner::Deployment).await.unwrap();
    engine.sweep(KeyOwner::Deployment).await.unwrap();
    application.clock.advance_seconds(29 * 60);
    assert_eq!(engine.retire_data_keys(KeyOwner::Deployment).await.unwrap().retired, 0);
    assert_eq!(application.get("/", &cookie).await.status, StatusCode::OK);
    application.clock.advance_seconds(60 * 60);
    assert_eq!(engine.retire_data_keys(KeyOwner::Deployment).await.unwrap().retired, 1);
}
