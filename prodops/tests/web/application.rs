//! An application with a login of its own, a page, and a change.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, StatusCode, header, request};
use axum::routing::{get, post};
use axum::{Extension, Router, middleware};
use prodops::core::clock::Clock;
use prodops::core::environment::Environment;
use prodops::core::input::{WorkspaceName, WorkspaceSlug};
use prodops::core::session::{OpaqueToken, VerifiedSubject};
use prodops::core::time::Timestamp;
use prodops::engine::Engine;
use prodops::web::{self, Caller, Refusal, SessionCookie, SignedIn, Site, Web};
use prodops_core::testing::FixedClock;
use tower::ServiceExt;

pub(crate) const NOW: &str = "2026-01-05T09:00:00Z";
pub(crate) const NAME: &str = "__Host-prodops";

#[derive(Debug, Clone)]
struct Hands(Arc<FixedClock>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

pub(crate) struct Application {
    pub(crate) engine: Engine,
    pub(crate) clock: Arc<FixedClock>,
    router: Router,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// What the session cookie is set to; `None` when the answer does not speak of it.
    pub(crate) fn cookie(&self) -> Option<String> {
        let mut set = self.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap());
        let ours = set.find_map(|value| value.strip_prefix("__Host-prodops="))?;
        Some(ours.split(';').next().unwrap().to_owned())
    }
}

/// A login that takes everybody's word for who they are.
async fn log_in(State(web): State<Web>, name: String) -> Result<(SessionCookie, String), Refusal> {
    let subject = VerifiedSubject::new("tests", &name, NOW.parse().unwrap()).unwrap();
    let token = web.engine.sign_in(&subject).await.map_err(|_| Refusal::Unavailable)?;
    let cookie = SessionCookie::begin(&web.engine, &token).await.map_err(|_| Refusal::Unavailable)?;
    Ok((cookie, "welcome".to_owned()))
}

async fn log_out(State(web): State<Web>, caller: SignedIn) -> Result<(SessionCookie, &'static str), Refusal> {
    web.engine.sign_out(caller.session()).await.map_err(|_| Refusal::Unavailable)?;
    Ok((SessionCookie::end(), "bye"))
}

/// Works longer than an old token is good for.
async fn slow(Extension(clock): Extension<Arc<FixedClock>>, _: SignedIn) -> &'static str {
    clock.advance_seconds(60);
    "done"
}

async fn names(caller: Caller) -> Result<String, Refusal> {
    let own = caller.workspaces().await.map_err(|_| Refusal::Unavailable)?;
    Ok(own.iter().map(|row| row.slug.to_string()).collect::<Vec<_>>().join(","))
}

impl Application {
    pub(crate) async fn new() -> Self {
        Self::at(Site::loopback(), Environment::Test).await
    }

    pub(crate) async fn at(site: Site, environment: Environment) -> Self {
        let clock = Arc::new(FixedClock::at(NOW));
        let engine = Engine::builder(environment).clock(Hands(Arc::clone(&clock))).build().await.unwrap();
        let web = Web { engine: engine.clone(), site };
        let router = Router::new()
            .route("/", get(names).post(async |_: Caller, body: String| body))
            .route("/people", get(async |caller: SignedIn| caller.csrf()))
            .route("/login", post(log_in))
            .route("/logout", post(log_out))
            .route("/asset", get(async || ([(header::CACHE_CONTROL, "public, max-age=31536000")], "a")))
            .route("/slow", get(slow))
            .route("/public", get(async || "hello").post(async || "done"))
            .layer(middleware::from_fn_with_state(web.clone(), web::guard))
            .layer(middleware::from_fn_with_state(web.site.clone(), web::harden))
            .layer(Extension(Arc::clone(&clock)))
            .with_state(web);
        Self { engine, clock, router }
    }

    pub(crate) async fn send(&self, request: request::Builder, body: impl Into<Body>) -> Answer {
        let response = self.router.clone().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(from_here(Method::GET, path, cookie), "").await
    }

    /// A member of the workspace `team`: their token and the value of their cookie.
    pub(crate) async fn member(&self) -> (OpaqueToken, String) {
        let subject = VerifiedSubject::new("tests", "alice", NOW.parse().unwrap()).unwrap();
        let user = self.engine.user_of(&subject).await.unwrap();
        let (slug, name) = (WorkspaceSlug::new("team").unwrap(), WorkspaceName::new("Team").unwrap());
        self.engine.provision_workspace_for(&slug, &name, user).await.unwrap();
        let token = self.engine.sign_in(&subject).await.unwrap();
        let cookie = self.engine.seal_session(&token).await.unwrap();
        (token, cookie)
    }

    pub(crate) async fn csrf(&self, token: &OpaqueToken) -> String {
        self.engine.session(token).await.unwrap().unwrap().csrf_token().reveal()
    }
}

/// A request as a page of this application makes it. An empty cookie is none.
pub(crate) fn from_here(method: Method, path: &str, cookie: &str) -> request::Builder {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost:8420")
        .header("sec-fetch-site", "same-origin");
    if cookie.is_empty() { request } else { request.header(header::COOKIE, format!("{NAME}={cookie}")) }
}
