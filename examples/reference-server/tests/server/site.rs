//! A running application with two workspaces, each with an owner and a repository of its own.

use std::num::NonZeroU32;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header, request};
use figment::Figment;
use figment::providers::{Format, Toml};
use prodops::ai::ClassificationProvider;
use prodops::connectors::contract::Silent;
use prodops::connectors::git::GitConnector;
use prodops::connectors::http::egress::Roots;
use prodops::core::clock::Clock;
use prodops::core::environment::Environment;
use prodops::core::fact::CommitId;
use prodops::core::id::{ApiTokenId, ConnectionId, RepositoryId, RequestId, UserId};
use prodops::core::input::{ApiTokenName, ConnectionTarget, ConnectorId, WorkspaceName, WorkspaceSlug};
use prodops::core::session::cookie::NAME;
use prodops::core::session::{OpaqueToken, VerifiedSubject};
use prodops::core::tenancy::{Grant, Role};
use prodops::core::time::Timestamp;
use prodops::engine::{ApiTokenRequest, DecisionSink, Engine, Workspace};
use prodops::policy::DecisionRecord;
use prodops::web::Site as Place;
use prodops_core::testing::{FixedClock, SeededEntropy};
use reference_server::config::AiConfig;
use reference_server::server::router;
use reference_server::syncing::SyncBoard;
use reference_server::web::App;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// The present in all tests: a little after the last generated commit.
pub(crate) const NOW: &str = "2026-03-01T12:00:00Z";

/// Hands of the one clock of a site.
#[derive(Debug, Clone)]
pub(crate) struct Hands(Arc<FixedClock>);

impl Hands {
    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.0.advance_seconds(seconds);
    }
}

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// Keeps the decisions of the policies.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<DecisionRecord>>>);

impl Heard {
    pub(crate) fn take(&self) -> Vec<DecisionRecord> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl DecisionSink for Heard {
    fn record(&self, decision: &DecisionRecord, _: Option<RequestId>) {
        self.0.lock().unwrap().push(decision.clone());
    }
}

/// One tenant.
pub(crate) struct Tenant {
    pub(crate) slug: &'static str,
    pub(crate) owner: UserId,
    pub(crate) session: OpaqueToken,
    pub(crate) connection: ConnectionId,
    pub(crate) repository: RepositoryId,
    pub(crate) commit: CommitId,
    pub(crate) token: ApiTokenId,
}

/// An AI provider at which nobody answers.
fn ai_provider(clock: &Hands) -> Arc<dyn ClassificationProvider> {
    let text = "api = \"compatible\"\nname = \"local\"\nmodel = \"m\"\nurl = \"http://localhost:9\"\n\
                input-price = 1.0\noutput-price = 2.0\n";
    let config: AiConfig = Figment::new().merge(Toml::string(text)).extract().unwrap();
    let authority = rcgen::generate_simple_self_signed(["authority.test".to_owned()]).unwrap().cert.pem();
    config.provider(Roots::pem(authority.as_bytes()).unwrap(), Arc::new(clock.clone())).unwrap()
}

/// The application and its two tenants.
pub(crate) struct Site {
    pub(crate) app: Arc<App>,
    pub(crate) one: Tenant,
    pub(crate) two: Tenant,
    pub(crate) folder: TempDir,
    /// Every decision of the policies since it was last emptied.
    pub(crate) heard: Heard,
    pub(crate) clock: Hands,
    router: Router,
}

/// An answer that has been read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    pub(crate) fn content_type(&self) -> &str {
        self.headers[header::CONTENT_TYPE].to_str().unwrap()
    }
}

/// A repository with so many commits, a merge included.
pub(crate) fn repository(path: &Path, commits: u32) {
    std::fs::create_dir_all(path).unwrap();
    git(path, 0, &["init", "-q", "-b", "trunk"]);
    for n in 0..commits {
        std::fs::write(
            path.join(format!("file{}.rs", n % 3)),
            format!("fn f{n}() {{}}\n").repeat(1 + n as usize),
        )
        .unwrap();
        git(path, n, &["add", "-A"]);
        git(path, n, &["commit", "-q", "-m", &format!("feat: step {n}")]);
    }
    git(path, commits, &["checkout", "-q", "-b", "side", "HEAD~1"]);
    std::fs::write(path.join("side.md"), "words\n").unwrap();
    git(path, commits, &["add", "-A"]);
    git(path, commits, &["commit", "-q", "-m", "docs: words"]);
    git(path, commits, &["checkout", "-q", "trunk"]);
    git(path, commits + 1, &["merge", "-q", "--no-ff", "-m", "merge side", "side"]);
}

fn git(path: &Path, hour: u32, arguments: &[&str]) {
    let date = format!("2026-02-{:02}T{:02}:00:00+0100", 1 + hour / 20 % 28, hour % 20);
    let done = Command::new("git")
        .args([
            "-c",
            "user.name=Some Body",
            "-c",
            "user.email=some@body.example",
            "-c",
            "commit.gpgsign=false",
        ])
        .args(arguments)
        .current_dir(path)
        .envs([("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_CONFIG_SYSTEM", "/dev/null")])
        .envs([("GIT_AUTHOR_DATE", &date), ("GIT_COMMITTER_DATE", &date)])
        .status()
        .expect("git runs");
    assert!(done.success(), "git {arguments:?}");
}

impl Site {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, commits) in [("alpha", 5), ("beta", 7)] {
            repository(&folder.path().join(name), commits);
        }
        let (heard, clock) = (Heard::default(), Hands(Arc::new(FixedClock::at(NOW))));
        let engine = Engine::builder(Environment::Test)
            .clock(clock.clone())
            .entropy(SeededEntropy::new(7))
            .decision_log(heard.clone(), NonZeroU32::MIN)
            .connector(GitConnector::within([folder.path().to_owned()]).unwrap())
            .ai_provider(ai_provider(&clock))
            .targets(|slug, target| {
                let own = if slug.as_str() == "one" { "/alpha" } else { "/beta" };
                target.as_str().ends_with(own)
            })
            .build()
            .await
            .unwrap();
        let one = tenant(&engine, "one", &folder.path().join("alpha")).await;
        let two = tenant(&engine, "two", &folder.path().join("beta")).await;
        let app = Arc::new(App {
            engine,
            site: Place::loopback(),
            login: None,
            board: SyncBoard::default(),
            stopping: CancellationToken::new(),
            clock: Arc::new(clock.clone()),
            entropy: Arc::new(SeededEntropy::new(8)),
        });
        Self { router: router(Arc::clone(&app)), app, one, two, folder, heard, clock }
    }

    /// Sends a request as the bearer of a session, from this very site.
    pub(crate) async fn send(
        &self,
        session: Option<&OpaqueToken>,
        method: Method,
        path: &str,
        body: Option<&str>,
    ) -> Answer {
        let mut request = from_here(method, path);
        if let Some(session) = session {
            request = request.header(header::COOKIE, self.cookie(session).await);
            if let Some(token) = self.csrf(session).await {
                request = request.header("x-csrf-token", token);
            }
        }
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, body_type(body));
        }
        self.raw(request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_owned()))).unwrap())
            .await
    }

    /// A new session of the first workspace's owner.
    pub(crate) async fn sign_in(&self) -> OpaqueToken {
        let link = self.app.engine.sign_in_link(self.one.owner, 60).await.unwrap();
        self.app.engine.redeem_sign_in_link(&link).await.unwrap().unwrap()
    }

    /// The `Cookie` header of a session.
    pub(crate) async fn cookie(&self, session: &OpaqueToken) -> String {
        format!("{NAME}={}", self.app.engine.seal_session(session).await.unwrap())
    }

    /// What unsafe requests of a session bring along; `None` when it is not live.
    pub(crate) async fn csrf(&self, session: &OpaqueToken) -> Option<String> {
        let session = self.app.engine.session(session).await.unwrap()?;
        Some(session.csrf_token().reveal())
    }

    /// Sends a form of one of the session's own pages.
    pub(crate) async fn post(&self, session: &OpaqueToken, path: &str, fields: &str) -> Answer {
        let form = format!("csrf={}&{fields}", self.csrf(session).await.unwrap_or_default());
        let request = from_here(Method::POST, path)
            .header(header::COOKIE, self.cookie(session).await)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.raw(request.body(Body::from(form)).unwrap()).await
    }

    /// Sends a request as the bearer of an API token.
    pub(crate) async fn bear(&self, token: &str, method: Method, path: &str) -> Answer {
        let request = Request::builder().method(method).uri(path).header(header::HOST, "localhost");
        let request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        self.raw(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn get(&self, session: &OpaqueToken, path: &str) -> Answer {
        self.send(Some(session), Method::GET, path, None).await
    }

    /// A session of a new member of the first workspace.
    pub(crate) async fn member(&self, role: Role) -> OpaqueToken {
        let end = NOW.parse::<Timestamp>().unwrap().plus_seconds(86_400);
        let until = role.needs_end().then_some(end);
        self.joined(role.as_str(), Grant { role, until }).await;
        self.session_of(role.as_str()).await
    }

    /// Makes somebody a member of the first workspace.
    pub(crate) async fn joined(&self, name: &str, grant: Grant) -> UserId {
        let user = self.app.engine.user_of(&subject(name)).await.unwrap();
        self.first_workspace().await.add_member(user, grant).await.unwrap();
        user
    }

    /// A new session of somebody who became a member.
    pub(crate) async fn session_of(&self, name: &str) -> OpaqueToken {
        self.app.engine.sign_in(&subject(name)).await.unwrap()
    }

    /// The first workspace as its owner sees it.
    pub(crate) async fn first_workspace(&self) -> Workspace {
        let owner = self.app.engine.session(&self.sign_in().await).await.unwrap().unwrap();
        self.app.engine.enter(&owner, &WorkspaceSlug::new("one").unwrap()).await.unwrap()
    }

    pub(crate) async fn raw(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, 16 << 20).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

fn subject(name: &str) -> VerifiedSubject {
    VerifiedSubject::new("tests", name, NOW.parse().unwrap()).unwrap()
}

/// A request as a page of this very site makes it.
pub(crate) fn from_here(method: Method, path: &str) -> request::Builder {
    Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost")
        .header("sec-fetch-site", "same-origin")
}

async fn tenant(engine: &Engine, slug: &'static str, path: &Path) -> Tenant {
    let name = WorkspaceSlug::new(slug).unwrap();
    let made = engine.provision_workspace(&name, &WorkspaceName::new(slug).unwrap()).await.unwrap();
    let link = engine.sign_in_link(made.owner, 60).await.unwrap();
    let session = engine.redeem_sign_in_link(&link).await.unwrap().unwrap();
    let verified = engine.session(&session).await.unwrap().unwrap();
    let workspace = engine.enter(&verified, &name).await.unwrap();
    let target = ConnectionTarget::new(path.to_str().unwrap()).unwrap();
    let connection = workspace.connect(&ConnectorId::new("git").unwrap(), &target).await.unwrap().id;
    workspace.sync(connection, &Silent, &CancellationToken::new()).await.unwrap();
    let repository = workspace.repositories().await.unwrap()[0].id;
    let wanted = ApiTokenRequest {
        name: ApiTokenName::new("a script").unwrap(),
        cap: Role::Owner,
        lifetime_seconds: 3600,
    };
    let token = workspace.create_api_token(&wanted).await.unwrap().1.id;
    let commits = workspace.commits(repository, None, 10).await.unwrap().items;
    let commit = commits.iter().find(|commit| commit.label.is_some()).unwrap().id;
    Tenant { slug, owner: made.owner, session, connection, repository, commit, token }
}

/// The path of a route, filled with one tenant's slug and another's ids.
pub(crate) fn filled(path: &str, slug: &str, ids: &Tenant) -> String {
    let id = match path {
        _ if path.contains("/connections/") => ids.connection.to_string(),
        _ if path.contains("/api-tokens/") => ids.token.to_string(),
        _ => ids.repository.to_string(),
    };
    path.replace("{slug}", slug)
        .replace("{id}", &id)
        .replace("{kind}", "feature")
        .replace("{commit}", &ids.commit.to_string())
        .replace("{work}", "new")
}

/// A body that the route can read: JSON, or the fields of a form.
pub(crate) fn body(path: &str, method: &Method) -> Option<&'static str> {
    match path {
        _ if path.ends_with("/label") && *method == Method::PUT => Some(r#"{"label":"chore"}"#),
        _ if path.ends_with("/ai") && *method == Method::PUT => {
            Some(r#"{"provider":null,"monthly":{"commits":1,"cost":1}}"#)
        }
        _ if *method != Method::POST => None,
        _ if path.ends_with("/label") => Some("label=chore&kind=feature&window=90"),
        _ if path.ends_with("/ai/estimate") => {
            Some(r#"{"provider":"local","monthly":{"commits":1,"cost":1}}"#)
        }
        _ if path.ends_with("/integrations/ai") => Some("task=choose&provider=&percent=60&commits=1&cost=1"),
        _ if path.ends_with("/connections") => Some(r#"{"connector":"git","target":"x"}"#),
        _ if path.ends_with("/api-tokens") => Some(r#"{"name":"x","cap":"viewer","days":1}"#),
        "/api-tokens/create" => Some("workspace=one&name=x&cap=viewer&days=1"),
        "/api-tokens/revoke" => Some("workspace=one&id=00000000-0000-0000-0000-000000000000"),
        "/sessions/end" => Some("id=00000000-0000-0000-0000-000000000000"),
        _ if path.starts_with("/w/") && path.ends_with("/deletion") => Some("confirm=one"),
        "/sessions/end-members" => Some("workspace=one"),
        _ => None,
    }
}

/// The type of such a body.
pub(crate) fn body_type(body: &str) -> &'static str {
    if body.starts_with('{') { "application/json" } else { "application/x-www-form-urlencoded" }
}
