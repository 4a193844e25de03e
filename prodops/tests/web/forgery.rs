//! Forged requests, through the layer.

use axum::http::{Method, Request, StatusCode, header};

use crate::application::{Application, from_here};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn the_token_is_taken_from_header_or_form_and_the_body_reaches_the_handler_whole() {
    let application = Application::new().await;
    let (token, cookie) = application.member().await;
    let csrf = application.csrf(&token).await;
    let json = from_here(Method::POST, "/", &cookie)
        .header("x-csrf-token", &csrf)
        .header(header::CONTENT_TYPE, "application/json");
    let answer = application.send(json, "{\"csrf\":1}").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "{\"csrf\":1}"));

    let form = format!("a=%20b&csrf={csrf}&c=d");
    let sent = from_here(Method::POST, "/", &cookie).header(header::CONTENT_TYPE, FORM);
    let answer = application.send(sent, form.clone()).await;
    assert_eq!((answer.status, answer.body), (StatusCode::OK, form));
}

#[tokio::test]
async fn without_the_sessions_own_token_nothing_is_changed() {
    let application = Application::new().await;
    let (token, cookie) = application.member().await;
    let other = application.send(from_here(Method::POST, "/login", ""), "mallory").await.cookie().unwrap();
    let theirs = application.get("/people", &other).await.body;
    let mine = application.csrf(&token).await;
    for form in [
        String::new(),
        "csrf=".to_owned(),
        format!("csrf={theirs}"),
        format!("csrf={mine}&csrf={mine}"),
        format!("csrf={}", &mine[1..]),
        format!("CSRF={mine}"),
        "%".repeat(100),
    ] {
        let request = from_here(Method::POST, "/", &cookie).header(header::CONTENT_TYPE, FORM);
        let answer = application.send(request, form.clone()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{form}: {}", answer.body);
    }
    // A form does not mend a wrong header, and a query is no form.
    let wrong = from_here(Method::POST, "/", &cookie)
        .header("x-csrf-token", &theirs)
        .header(header::CONTENT_TYPE, FORM);
    assert_eq!(application.send(wrong, format!("csrf={mine}")).await.status, StatusCode::FORBIDDEN);
    let query = from_here(Method::POST, &format!("/?csrf={mine}"), &cookie);
    assert_eq!(application.send(query, "").await.status, StatusCode::FORBIDDEN);
    let text = from_here(Method::POST, "/", &cookie).header(header::CONTENT_TYPE, "text/plain");
    assert_eq!(application.send(text, format!("csrf={mine}")).await.status, StatusCode::FORBIDDEN);
    let large = from_here(Method::POST, "/", &cookie).header(header::CONTENT_TYPE, FORM);
    let answer = application.send(large, format!("csrf={mine}&a={}", "x".repeat(70_000))).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn the_login_itself_is_protected_and_works_with_a_cookie_that_is_over() {
    let application = Application::new().await;
    let foreign = Request::builder().method(Method::POST).uri("/login").header(header::HOST, "localhost");
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("x", "y")] {
        let request = foreign.headers_ref().unwrap().clone();
        let mut sent = Request::builder().method(Method::POST).uri("/login");
        *sent.headers_mut().unwrap() = request;
        let answer = application.send(sent.header(name, value), "alice").await;
        assert_eq!((answer.status, answer.cookie()), (StatusCode::FORBIDDEN, None), "{name}");
    }
    let (token, cookie) = application.member().await;
    let session = application.engine.session(&token).await.unwrap().unwrap();
    application.engine.sign_out(&session).await.unwrap();
    let again = application.send(from_here(Method::POST, "/login", &cookie), "alice").await;
    assert!(again.status == StatusCode::OK && again.cookie().is_some());
}
