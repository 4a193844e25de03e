//! What browsers are told on every page, and what they are not given.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use reference_server::server::routes;
use reference_server::web::Access;

use crate::site::{Site, filled};

#[tokio::test]
async fn no_answer_tells_addresses_to_other_sites_or_lets_them_read() {
    let site = Site::new().await;
    let cookie = site.cookie(&site.one.session).await;
    for endpoint in routes().endpoints().iter().filter(|endpoint| endpoint.method == Method::GET) {
        let path = filled(endpoint.path, "one", &site.one).replace("{token}", "x");
        let request =
            Request::builder().uri(&path).header(header::HOST, "localhost").header(header::COOKIE, &cookie);
        let request =
            request.header(header::ORIGIN, "https://elsewhere.example").body(Body::empty()).unwrap();
        let answer = site.raw(request).await;
        assert_eq!(answer.headers[header::REFERRER_POLICY], "same-origin", "{path}");
        assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{path}");
    }
}

#[tokio::test]
async fn trace_is_not_answered() {
    let site = Site::new().await;
    let cookie = site.cookie(&site.one.session).await;
    let csrf = site.csrf(&site.one.session).await.unwrap();
    for endpoint in routes().endpoints() {
        let path = filled(endpoint.path, "one", &site.one).replace("{token}", "x");
        let request = Request::builder().method(Method::TRACE).uri(&path).header(header::COOKIE, &cookie);
        // With everything that an unsafe method needs, so that it comes as far as the routes.
        let request = request.header(header::HOST, "localhost").header("x-csrf-token", &csrf);
        let request = request.header("sec-fetch-site", "same-origin").body(Body::empty()).unwrap();
        let answer = site.raw(request).await;
        let unknown = matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED);
        assert!(unknown, "{path}: {}", answer.status);
        assert!(!answer.body.contains(&site.one.session.reveal()), "{path}");
    }
}

#[tokio::test]
async fn every_page_of_somebody_signed_in_offers_to_sign_out() {
    let site = Site::new().await;
    let mut pages = 0;
    for endpoint in routes().endpoints() {
        let is_page = endpoint.method == Method::GET && !endpoint.path.starts_with("/api/");
        if !is_page || matches!(endpoint.access, Access::Public(_)) {
            continue;
        }
        let answer = site.get(&site.one.session, &filled(endpoint.path, "one", &site.one)).await;
        if answer.status == StatusCode::OK && answer.content_type().starts_with("text/html") {
            assert!(answer.body.contains("action=\"/sign-out\""), "{}", endpoint.path);
            pages += 1;
        }
    }
    assert!(pages >= 3, "only {pages} pages were looked at");
}
