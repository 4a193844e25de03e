//! This server with a workspace, the provider that others wrote, and visitors with a browser on both sides.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, Method, Request, header};
use prodops::connectors::http::egress::{
    Destination, Egress, EgressClient, LocalEndpoint, Roots as Authorities,
};
use prodops::core::audit::{Actor, AuditEvent, Decision};
use prodops::core::clock::{Clock as _, SystemClock};
use prodops::core::entropy::SystemEntropy;
use prodops::core::environment::Environment;
use prodops::core::id::UserId;
use prodops::core::input::{WorkspaceName, WorkspaceSlug};
use prodops::core::session::{OpaqueToken, VerifiedSubject};
use prodops::core::tenancy::Role;
use prodops::engine::{Engine, Workspace};
use prodops::web::Site as Place;
use reference_server::config::LoginConfig;
use reference_server::login::Login;
use reference_server::server::{callback_url, router};
use reference_server::syncing::SyncBoard;
use reference_server::web::App;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::browser::{Browser, Page};
use super::node::Provider;
use crate::site::Answer;

pub(super) const ORIGIN: &str = "https://prodops.test";
const SESSION: &str = "__Host-prodops";
pub(super) const ATTEMPT: &str = "__Host-prodops-login";

pub(super) struct Scene {
    pub(super) app: Arc<App>,
    pub(super) owner: UserId,
    router: Router,
}

impl Scene {
    /// This server with a provider at this issuer, as a public client.
    pub(super) async fn at(issuer: &str) -> Self {
        Self::with(&public_client(issuer)).await
    }

    /// This server with this registration.
    pub(super) async fn with(config: &LoginConfig) -> Self {
        let engine = Engine::builder(Environment::Test).build().await.unwrap();
        let name = WorkspaceName::new("One").unwrap();
        let owner = engine.provision_workspace(&slug(), &name).await.unwrap().owner;
        let place = Place::https(ORIGIN.parse().unwrap()).unwrap();
        let place = place.client_address_in(HeaderName::from_static("x-forwarded-for"));
        let login = login(config, &place);
        let app = Arc::new(App {
            engine,
            site: place,
            login: Some(login),
            board: SyncBoard::default(),
            stopping: CancellationToken::new(),
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
        });
        Self { router: router(Arc::clone(&app)), app, owner }
    }

    pub(super) fn login(&self) -> &Login {
        self.app.login.as_ref().unwrap()
    }

    /// The workspace as its owner sees it.
    pub(super) async fn owned(&self) -> Workspace {
        let session = self.app.engine.session(&self.session_of(self.owner).await).await.unwrap().unwrap();
        self.app.engine.enter(&session, &slug()).await.unwrap()
    }

    pub(super) async fn session_of(&self, user: UserId) -> OpaqueToken {
        let link = self.app.engine.sign_in_link(user, 60).await.unwrap();
        self.app.engine.redeem_sign_in_link(&link).await.unwrap().unwrap()
    }

    /// Somebody whom the operator has named.
    pub(super) async fn member(&self, provider: &Provider, name: &str, role: Role) -> UserId {
        let subject = VerifiedSubject::new(&provider.issuer(), name, SystemClock.now()).unwrap();
        let user = self.app.engine.user_of(&subject).await.unwrap();
        self.owned().await.add_member(user, role).await.unwrap();
        user
    }

    pub(super) fn visitor(&self) -> Visitor {
        Visitor { router: self.router.clone(), cookies: BTreeMap::new(), from: None }
    }

    /// What the deployment's log says of people.
    pub(super) async fn entries(&self) -> Vec<AuditEvent> {
        let source = self.app.engine.audit_source("ExportAudit").await.unwrap();
        let rows = source.entries(None, 0).await.unwrap().unwrap();
        let events = rows.into_iter().map(|(_, kept)| kept.unwrap().body.unwrap().event);
        events.filter(|event| event.actor != Actor::Operator).collect()
    }

    /// How many refused sign-ins it has.
    pub(super) async fn refusals(&self) -> usize {
        let refused = |event: &&AuditEvent| event.action == "SignIn" && event.decision == Decision::Denied;
        self.entries().await.iter().filter(refused).count()
    }
}

fn slug() -> WorkspaceSlug {
    WorkspaceSlug::new("one").unwrap()
}

pub(super) fn public_client(issuer: &str) -> LoginConfig {
    LoginConfig {
        issuer: issuer.to_owned(),
        client_id: "prodops-ES256".to_owned(),
        client_secret: None,
        max_age: None,
        hosts: Vec::new(),
        own_network: false,
    }
}

fn login(config: &LoginConfig, place: &Place) -> Login {
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(SystemEntropy));
    Login::new(config, &callback_url(place, 0), authorities(), clock, entropy).unwrap()
}

/// Nothing here speaks TLS; a client wants an authority all the same.
fn authorities() -> Authorities {
    let made = rcgen::generate_simple_self_signed(["authority.test".to_owned()]).unwrap();
    Authorities::pem(made.cert.pem().as_bytes()).unwrap()
}

/// A browser at the provider.
pub(super) fn browser(provider: &Provider) -> Browser {
    let local = LocalEndpoint::http("localhost", provider.port).unwrap();
    let egress = Egress::builder(authorities(), Arc::new(SystemClock));
    let egress = egress.allow(Destination::local(local, "login")).build();
    let client: EgressClient = egress.client("login").unwrap();
    Browser::new(client)
}

/// Lets somebody sign in at the provider; the path and query with which they come back.
pub(super) async fn at_provider(browser: &mut Browser, url: &str, name: &str) -> String {
    let mut page = browser.open(url).await;
    // A login form, then a question of consent, unless a session answers for them.
    for _ in 0..3 {
        page = match page {
            Page::Left(url) => return url.strip_prefix(ORIGIN).expect(&url).to_owned(),
            form if form.asks_for("login") => {
                browser.submit(&form, &[("login", name), ("password", "x")]).await
            }
            form => browser.submit(&form, &[]).await,
        };
    }
    panic!("the provider asks on and on: {page:?}");
}

/// A browser at this server, behind its proxy.
#[derive(Clone)]
pub(super) struct Visitor {
    router: Router,
    pub(super) cookies: BTreeMap<String, String>,
    /// Where its requests come from, as browsers say it.
    pub(super) from: Option<&'static str>,
}

impl Visitor {
    pub(super) async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, Body::empty()).await
    }

    pub(super) async fn send(&mut self, method: Method, path: &str, body: Body) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request =
            self.from.map_or_else(Request::builder, |from| Request::builder().header("sec-fetch-site", from));
        let request = request
            .method(method)
            .uri(path)
            .header(header::HOST, "prodops.test")
            .header(header::ORIGIN, ORIGIN)
            .header("x-forwarded-proto", "https")
            .header("x-forwarded-for", "10.0.0.1, 203.0.113.9")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookies.join("; "));
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            match rest.split(';').next().unwrap_or_default() {
                "" => self.cookies.remove(name),
                value => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sets out to the provider: its address.
    pub(super) async fn set_out(&mut self, path: &str) -> String {
        location(&self.get(path).await)
    }

    /// A whole sign-in; the answer to the callback.
    pub(super) async fn sign_in(&mut self, browser: &mut Browser, path: &str, name: &str) -> Answer {
        let away = self.set_out(path).await;
        let back = at_provider(browser, &away, name).await;
        self.get(&back).await
    }

    pub(super) fn session(&self) -> Option<String> {
        self.cookies.get(SESSION).cloned()
    }

    /// Gives this browser a session by other means.
    pub(super) async fn given(mut self, scene: &Scene, token: &OpaqueToken) -> Self {
        let value = scene.app.engine.seal_session(token).await.unwrap();
        self.cookies.insert(SESSION.to_owned(), value);
        self
    }
}

pub(super) fn location(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.headers[header::LOCATION].to_str().unwrap().to_owned()
}
