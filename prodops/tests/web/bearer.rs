//! Programs with API tokens.

use axum::http::{Method, Request, StatusCode, header, request};
use prodops::core::input::{ApiTokenName, WorkspaceSlug};
use prodops::core::tenancy::Role;
use prodops::engine::ApiTokenRequest;

use crate::application::{Application, from_here};

async fn api_token(application: &Application) -> (String, String) {
    let (token, cookie) = application.member().await;
    let session = application.engine.session(&token).await.unwrap().unwrap();
    let workspace = application.engine.enter(&session, &WorkspaceSlug::new("team").unwrap()).await.unwrap();
    let name = ApiTokenName::new("ci").unwrap();
    let wanted = ApiTokenRequest { name, cap: Role::Viewer, lifetime_seconds: 3600 };
    (workspace.create_api_token(&wanted).await.unwrap().0.reveal(), cookie)
}

fn bearing(method: Method, path: &str, value: &str) -> request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost")
        .header(header::AUTHORIZATION, value)
}

#[tokio::test]
async fn a_bearer_needs_no_origin_and_reaches_no_page_for_people() {
    let application = Application::new().await;
    let (token, _) = api_token(&application).await;
    let value = format!("Bearer {token}");
    assert_eq!(application.send(bearing(Method::GET, "/", &value), "").await.body, "team");
    let foreign = bearing(Method::POST, "/", &value).header("sec-fetch-site", "cross-site");
    assert_eq!(application.send(foreign, "x").await.status, StatusCode::OK);
    let people = application.send(bearing(Method::GET, "/people", &value), "").await;
    assert_eq!(people.status, StatusCode::FORBIDDEN);
    application.clock.advance_seconds(3600);
    let over = application.send(bearing(Method::GET, "/", &value), "").await;
    assert_eq!(
        (over.status, &over.headers[header::WWW_AUTHENTICATE]),
        (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap())
    );
}

#[tokio::test]
async fn a_request_that_names_two_callers_is_refused_whatever_they_are_worth() {
    let application = Application::new().await;
    let (token, cookie) = api_token(&application).await;
    let tokens =
        [format!("Bearer {token}"), format!("Bearer pdt_{}", "0".repeat(64)), "Bearer pdt_".to_owned()];
    for value in &tokens {
        for cookie in [cookie.as_str(), "rubbish"] {
            for method in [Method::GET, Method::POST] {
                let both = from_here(method, "/", cookie).header(header::AUTHORIZATION, value);
                let answer = application.send(both, "").await;
                assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
            }
        }
    }
}

#[tokio::test]
async fn what_is_no_token_of_ours_opens_nothing() {
    let application = Application::new().await;
    let (token, _) = api_token(&application).await;
    for value in [
        format!("Bearer pdt_{}", "0".repeat(64)),
        format!("Bearer {}", token.to_uppercase()),
        format!("Bearer {token}0"),
        format!("Basic {token}"),
        token.clone(),
        format!("Bearer {}", &token[4..]),
    ] {
        assert_eq!(
            application.send(bearing(Method::GET, "/", &value), "").await.status,
            StatusCode::UNAUTHORIZED
        );
    }
    let twice = bearing(Method::GET, "/", &format!("Bearer {token}"));
    let twice = twice.header(header::AUTHORIZATION, format!("Bearer {token}"));
    assert_eq!(application.send(twice, "").await.status, StatusCode::UNAUTHORIZED);
}
