//! Requests that other sites make a browser send: through the whole router, for every route that changes something.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use reference_server::server::routes;
use reference_server::web::Endpoint;

use crate::site::{Site, body, body_type, filled};

/// Where the browser says that the request comes from, and whether that is this very site.
const ORIGINS: [(&[(&str, &str)], bool); 9] = [
    (&[("sec-fetch-site", "same-origin")], true),
    (&[("sec-fetch-site", "same-origin"), ("origin", "http://localhost")], true),
    (&[("origin", "http://localhost")], true),
    (&[], false),
    (&[("sec-fetch-site", "cross-site")], false),
    (&[("sec-fetch-site", "same-site"), ("origin", "http://localhost")], false),
    (&[("sec-fetch-site", "none")], false),
    (&[("sec-fetch-site", "same-origin"), ("origin", "http://localhost:1")], false),
    (&[("origin", "null")], false),
];

/// What the request brings along for the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token {
    Own,
    OfAnotherSession,
    Absent,
    InQuery,
}

fn unsafe_routes() -> Vec<Endpoint> {
    let all = routes();
    all.endpoints().iter().filter(|each| !each.method.is_safe()).cloned().collect()
}

async fn attempt(site: &Site, route: &Endpoint, origin: &[(&str, &str)], token: Token) -> StatusCode {
    let (session, other) = (site.sign_in().await, site.sign_in().await);
    let mut path = filled(route.path, "one", &site.one);
    let given = match token {
        Token::Own | Token::InQuery => site.csrf(&session).await,
        Token::OfAnotherSession => site.csrf(&other).await,
        Token::Absent => None,
    };
    if token == Token::InQuery {
        path = format!("{path}?csrf={}", given.as_deref().unwrap());
    }
    let mut request = Request::builder()
        .method(route.method.clone())
        .uri(path)
        .header(header::HOST, "localhost")
        .header(header::COOKIE, site.cookie(&session).await);
    for (name, value) in origin {
        request = request.header(*name, *value);
    }
    if let Some(given) = given.filter(|_| token != Token::InQuery) {
        request = request.header("x-csrf-token", given);
    }
    let body = body(route.path, &route.method).unwrap_or_default();
    let request = request.header(header::CONTENT_TYPE, body_type(body)).body(Body::from(body)).unwrap();
    let answer = site.raw(request).await;
    let alive = site.app.engine.session(&session).await.unwrap().is_some();
    let forged = answer.status == StatusCode::FORBIDDEN;
    assert!(alive || !forged, "{} {} was refused and ended the session", route.method, route.path);
    answer.status
}

#[tokio::test]
async fn p4_2_no_route_changes_anything_for_another_site_or_without_the_sessions_token() {
    let site = Site::new().await;
    let routes = unsafe_routes();
    assert!(routes.len() >= 12, "{routes:?}");
    let before = site.get(&site.one.session, "/api/v1/workspaces/one/connections").await.body;
    let mut refused = 0;
    for route in &routes {
        for (origin, own) in ORIGINS {
            for token in [Token::Own, Token::OfAnotherSession, Token::Absent, Token::InQuery] {
                if own && token == Token::Own {
                    continue;
                }
                let status = attempt(&site, route, origin, token).await;
                assert_eq!(
                    status,
                    StatusCode::FORBIDDEN,
                    "{} {} {origin:?} {token:?}",
                    route.method,
                    route.path
                );
                refused += 1;
            }
        }
    }
    assert_eq!(refused, routes.len() * (ORIGINS.len() * 4 - 3));
    let after = site.get(&site.one.session, "/api/v1/workspaces/one/connections").await.body;
    assert_eq!(before, after);
    // The control: from its own page and with its own token every one of them is let through to its handler.
    for route in &routes {
        for (origin, _) in ORIGINS.into_iter().filter(|(_, own)| *own) {
            let status = attempt(&site, route, origin, Token::Own).await;
            assert_ne!(status, StatusCode::FORBIDDEN, "{} {} {origin:?}", route.method, route.path);
        }
    }
}

#[tokio::test]
async fn p4_2_no_safe_method_changes_anything() {
    let site = Site::new().await;
    let state = async || {
        let connections = site.get(&site.one.session, "/api/v1/workspaces/one/connections").await.body;
        let tokens = site.get(&site.one.session, "/api/v1/workspaces/one/api-tokens").await.json();
        let sessions = site.get(&site.one.session, "/api/v1/sessions").await.json();
        (connections, tokens.as_array().unwrap().len(), sessions.as_array().unwrap().len())
    };
    let before = state().await;
    for route in unsafe_routes() {
        let path = filled(route.path, "one", &site.one);
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            site.send(Some(&site.one.session), method, &path, None).await;
        }
    }
    assert_eq!(state().await, before);
}
