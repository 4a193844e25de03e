//! Requests of other sites, headers of every answer, the life of a session.

use axum::http::{Method, StatusCode, header};
use reference_server::server::routes;
use reference_server::web::Access;

use crate::site::{Site, body, filled};

#[tokio::test]
async fn every_answer_forbids_inline_code_and_framing_and_names_its_request() {
    let site = Site::new().await;
    for endpoint in routes().endpoints().iter().filter(|endpoint| endpoint.method == Method::GET) {
        if endpoint.path.ends_with("/events") {
            continue;
        }
        let path = endpoint.path.replace("{slug}", "one").replace("{id}", "x").replace("{token}", "x");
        let answer = site.get(&site.one.session, &path).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"), "{policy}");
        assert_eq!(answer.headers[header::X_FRAME_OPTIONS], "DENY", "{path}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
        if !path.starts_with("/assets/") {
            assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{path}");
        }
    }
}

#[tokio::test]
async fn a_link_signs_in_once_and_signing_out_ends_it() {
    let site = Site::new().await;
    let link = site.app.engine.sign_in_link(site.one.owner, 60).await.unwrap();
    let path = format!("/sign-in/{}", link.reveal());
    let first = site.send(None, Method::GET, &path, None).await;
    assert_eq!(first.status, StatusCode::SEE_OTHER);
    let cookie = first.headers[header::SET_COOKIE].to_str().unwrap().to_owned();
    for part in ["__Host-prodops=", "; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert_eq!(site.send(None, Method::GET, &path, None).await.status, StatusCode::GONE);
    let value = cookie.split(['=', ';']).nth(1).unwrap();
    let session = site.app.engine.open_session(value).await.unwrap().unwrap();
    assert_eq!(site.get(&session, "/api/v1/workspaces").await.status, StatusCode::OK);
    assert_eq!(site.send(Some(&session), Method::POST, "/sign-out", None).await.status, StatusCode::OK);
    assert_eq!(site.get(&session, "/api/v1/workspaces").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn every_route_but_the_public_ones_asks_for_a_session() {
    let site = Site::new().await;
    for endpoint in routes().endpoints() {
        let path = filled(endpoint.path, "one", &site.one).replace("{token}", "x");
        let answer =
            site.send(None, endpoint.method.clone(), &path, body(endpoint.path, &endpoint.method)).await;
        match endpoint.access {
            Access::Public(reason) => {
                assert!(!reason.is_empty());
                assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            }
            Access::Session(_) | Access::Caller(_) => {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
            }
        }
    }
    let stranger = prodops::core::session::OpaqueToken::parse(&"ab".repeat(32)).unwrap();
    assert_eq!(site.get(&stranger, "/api/v1/workspaces").await.status, StatusCode::UNAUTHORIZED);
}
