//! The host's login and what the engine makes of it.

use axum::http::StatusCode;

use crate::service::Service;

#[tokio::test]
async fn a_code_signs_in_and_the_dashboard_appears() {
    let Some(service) = Service::start().await else { return };
    let outside = service.get("/", "").await;
    assert!(outside.status == StatusCode::OK && outside.text.contains("action=\"/login\""));

    let form = format!("user=user-a&code={}", service.codes[0]);
    let answer = service.post("/login", "", &form).await;
    let cookie = answer.cookie.unwrap();
    assert!(cookie.starts_with("__Host-prodops="), "{cookie}");
    for attribute in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
        assert!(cookie.split("; ").any(|part| part == attribute), "{cookie}");
    }
    // The session is not the code: knowing one does not give the other.
    assert!(!cookie.contains(&service.codes[0]));

    let inside = service.get("/", cookie.split(';').next().unwrap()).await;
    assert!(inside.status == StatusCode::OK && inside.text.contains("<h1>team-a</h1>"), "{}", inside.text);
}

#[tokio::test]
async fn wrong_codes_and_unknown_users_get_the_same_refusal() {
    let Some(service) = Service::start().await else { return };
    let other = &service.codes[1];
    let forms = [
        format!("user=user-a&code={other}"),
        format!("user=nobody&code={other}"),
        format!("user=user-a&code={}", "0".repeat(64)),
        "user=user-a&code=".to_owned(),
        "user=&code=".to_owned(),
    ];
    for form in forms {
        let answer = service.post("/login", "", &form).await;
        assert_eq!((answer.status, answer.cookie), (StatusCode::UNAUTHORIZED, None), "{form}");
        assert_eq!(answer.text, "no such user and code");
    }
}

#[tokio::test]
async fn nothing_but_the_form_is_for_strangers() {
    let Some(service) = Service::start().await else { return };
    for cookie in ["", "__Host-prodops=", &format!("__Host-prodops={}", "0".repeat(64))] {
        assert_eq!(service.get("/report.json", cookie).await.status, StatusCode::UNAUTHORIZED);
        for path in ["/sync", "/logout"] {
            assert_eq!(service.post(path, cookie, "").await.status, StatusCode::UNAUTHORIZED, "{path}");
        }
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_not_only_the_cookie() {
    let Some(service) = Service::start().await else { return };
    let (first, second) = (service.signed_in(0).await, service.signed_in(0).await);
    let answer = service.post("/logout", &first, "").await;
    assert!(answer.cookie.unwrap().contains("Max-Age=0"));
    assert_eq!(service.get("/report.json", &first).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(service.get("/report.json", &second).await.status, StatusCode::OK);
}

#[tokio::test]
async fn two_different_session_cookies_are_not_believed() {
    let Some(service) = Service::start().await else { return };
    let (a, b) = (service.signed_in(0).await, service.signed_in(1).await);
    assert_eq!(service.get("/report.json", &format!("{a}; {b}")).await.status, StatusCode::UNAUTHORIZED);
}
