//! A sign-in as a browser sees it, through the application's own routes.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use axum::{Router, middleware};
use prodops::core::environment::Environment;
use prodops::core::testing::FixedClock;
use prodops::engine::{Admission, Engine};
use prodops::login::ReturnPath;
use prodops::web::{self, Refusal, SignedIn, Site, Web, begin_login, finish_login};
use serde_json::json;
use tower::ServiceExt as _;

use super::keys::Key;
use super::scene::{Begun, Scene, query};

type Shared = Arc<(Web, Scene)>;

async fn login(State(shared): State<Shared>) -> Response {
    begin_login(&shared.0, &shared.1.oidc, ReturnPath::new("/w/platform").unwrap()).await
}

async fn callback(
    State(shared): State<Shared>,
    before: Result<SignedIn, Refusal>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let before = before.ok();
    let before = before.as_ref().map(SignedIn::session);
    finish_login(
        &shared.0,
        &shared.1.oidc,
        Admission::Everybody,
        before,
        &headers,
        &query.unwrap_or_default(),
    )
    .await
}

async fn me(_: SignedIn) -> &'static str {
    "signed in"
}

async fn application(scene: Scene) -> (Router, Shared) {
    let clock = FixedClock::at("2026-11-27T12:00:00Z");
    let engine = Engine::builder(Environment::Test).clock(clock).build().await.unwrap();
    let web = Web { engine, site: Site::loopback() };
    let shared = Arc::new((web.clone(), scene));
    let router = Router::new()
        .route("/login", get(login))
        .route("/login/callback", get(callback))
        .route("/me", get(me))
        .layer(middleware::from_fn_with_state(web, web::guard))
        .with_state(Arc::clone(&shared));
    (router, shared)
}

async fn ask(router: &Router, path: &str, cookies: &str) -> Response {
    let request = Request::get(path).header(header::HOST, "localhost:8420").header(header::COOKIE, cookies);
    router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

/// The value that the answer gives a cookie; `None` when it does not speak of it.
fn cookie(response: &Response, name: &str) -> Option<String> {
    let mut set = response.headers().get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
    let value = set.find_map(|one| one.strip_prefix(name)?.strip_prefix('='))?;
    Some(value.split(';').next().unwrap().to_owned())
}

/// Away to the provider: the cookie that keeps the attempt, and what the provider learned.
async fn away(router: &Router) -> (String, std::collections::BTreeMap<String, String>) {
    let response = ask(router, "/login", "").await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let location = response.headers()[header::LOCATION].to_str().unwrap().to_owned();
    let kept = cookie(&response, "__Host-prodops-login").unwrap();
    (format!("__Host-prodops-login={kept}"), query(&location))
}

/// Lets the provider vouch for somebody who was sent to it with this query.
async fn vouch(scene: &Scene, sent: &std::collections::BTreeMap<String, String>) {
    let attempt = scene.oidc.begin(ReturnPath::default()).await.unwrap().attempt;
    let begun = Begun { attempt, query: sent.clone() };
    scene.give(&begun, &scene.token(&begun, json!({}), json!({}))).await;
}

#[tokio::test]
async fn a_browser_goes_away_and_comes_back_signed_in() {
    let (router, shared) = application(Scene::start().await).await;
    let (kept, sent) = away(&router).await;
    vouch(&shared.1, &sent).await;
    let back = format!("/login/callback?code=a-code&state={}", sent["state"]);
    let response = ask(&router, &back, &kept).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/w/platform");
    assert_eq!(cookie(&response, "__Host-prodops-login").as_deref(), Some(""), "the attempt is removed");
    let session = format!("__Host-prodops={}", cookie(&response, "__Host-prodops").unwrap());
    assert_eq!(ask(&router, "/me", &session).await.status(), StatusCode::OK);

    // The same callback again, with the cookie that the browser should have dropped.
    let again = ask(&router, &back, &kept).await;
    assert_eq!((again.status(), cookie(&again, "__Host-prodops")), (StatusCode::UNAUTHORIZED, None));

    // Another sign-in in the same browser ends the session that was there.
    let (kept, sent) = away(&router).await;
    vouch(&shared.1, &sent).await;
    let back = format!("/login/callback?code=a-code&state={}", sent["state"]);
    let response = ask(&router, &back, &format!("{kept}; {session}")).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(ask(&router, "/me", &session).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn what_does_not_hold_begins_no_session_and_uses_the_attempt_up() {
    let (router, shared) = application(Scene::start().await).await;
    let (kept, sent) = away(&router).await;
    vouch(&shared.1, &sent).await;
    let good = format!("/login/callback?code=a-code&state={}", sent["state"]);
    let rows = [
        (good.as_str(), ""),
        (good.as_str(), "__Host-prodops-login=planted"),
        ("/login/callback?code=a-code&state=another", kept.as_str()),
        ("/login/callback?code=a-code", kept.as_str()),
        ("/login/callback", kept.as_str()),
    ];
    for (path, cookies) in rows {
        let response = ask(&router, path, cookies).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path} {cookies}");
        assert_eq!(cookie(&response, "__Host-prodops"), None, "{path}");
        assert_eq!(cookie(&response, "__Host-prodops-login").as_deref(), Some(""), "{path}");
    }
    assert_eq!(shared.1.asked("/token").await, 0);
}

#[tokio::test]
async fn a_provider_that_is_away_is_told_apart() {
    let scene = Scene::bare(Key::ec(), |settings| settings).await;
    scene.describe(json!({"issuer": "https://attacker.test"})).await;
    let (router, _) = application(scene).await;
    assert_eq!(ask(&router, "/login", "").await.status(), StatusCode::UNAUTHORIZED);
    let scene = Scene::bare(Key::ec(), |settings| settings).await;
    let large = wiremock::ResponseTemplate::new(200).set_body_string("x".repeat(1 << 20));
    scene.get("/.well-known/openid-configuration", large).await;
    let (router, _) = application(scene).await;
    assert_eq!(ask(&router, "/login", "").await.status(), StatusCode::SERVICE_UNAVAILABLE);
}
