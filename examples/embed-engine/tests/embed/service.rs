//! A running service over two generated repositories.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use embed_engine::platform::{Codes, Platform, Storage};
use embed_engine::schema::set_up;
use prodops::core::entropy::SystemEntropy;
use prodops::core::environment::Environment;
use prodops::core::keyring::{KeySource, LocalRoot, Roots};
use prodops_store::testing::postgres::{LOGIN, TestDatabase, skipped};
use serde_json::Value;
use sqlx::PgPool;
use tempfile::TempDir;
use tower::ServiceExt;

/// The service and the codes of its two users.
pub(crate) struct Service {
    router: Router,
    pub(crate) codes: [String; 2],
    _place: Place,
}

/// A database, keys and repositories, in which the service can be started more than once.
pub(crate) struct Place {
    pub(crate) database: TestDatabase,
    folder: TempDir,
    repositories: [PathBuf; 2],
}

impl Place {
    pub(crate) async fn new() -> Self {
        let (database, folder) = (TestDatabase::empty().await, tempfile::tempdir().unwrap());
        let owner = PgPool::connect(&database.url_as(&database.superuser())).await.unwrap();
        set_up(&owner, Environment::Development, LOGIN).await.unwrap();
        owner.close().await;
        KeySource::create_file(&folder.path().join("root.key"), &SystemEntropy).unwrap();
        let repositories = [("<a>", 3), ("b", 5)].map(|(name, commits)| {
            let path = folder.path().join(name);
            repository(&path, commits);
            path
        });
        Self { database, folder, repositories }
    }

    pub(crate) async fn platform(&self) -> (Platform, Codes) {
        let root = KeySource::File(self.folder.path().join("root.key"));
        let storage = Storage {
            pool: PgPool::connect(&self.database.url()).await.unwrap(),
            keyring: self.folder.path().join("keyring"),
            roots: Roots::new(LocalRoot::load(&root, Arc::new(SystemEntropy)).unwrap()),
        };
        Platform::start(storage, self.repositories.clone()).await.unwrap()
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) cookie: Option<String>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }
}

impl Service {
    /// `team-a` has a repository of 3 commits, `team-b` one of 5. `None` when tests against PostgreSQL are switched off.
    pub(crate) async fn start() -> Option<Self> {
        if skipped() {
            return None;
        }
        let place = Place::new().await;
        let (platform, codes) = place.platform().await;
        let codes: Vec<String> = codes.into_iter().map(|(_, code)| code.reveal()).collect();
        Some(Self {
            router: embed_engine::router(Arc::new(platform)),
            codes: codes.try_into().unwrap(),
            _place: place,
        })
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let cookie =
            response.headers().get(header::SET_COOKIE).map(|value| value.to_str().unwrap().to_owned());
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        Answer { status, cookie, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub(crate) async fn headers(&self, request: Request<Body>) -> HeaderMap {
        self.router.clone().oneshot(request).await.unwrap().headers().clone()
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(request(Method::GET, path, cookie, "")).await
    }

    /// Sends a form of the service's own page, with what the page of this session has in it.
    pub(crate) async fn post(&self, path: &str, cookie: &str, form: &str) -> Answer {
        let csrf = self.csrf(cookie).await;
        let mut request = request(Method::POST, path, cookie, &format!("csrf={csrf}&{form}"));
        request.headers_mut().insert("sec-fetch-site", "same-origin".parse().unwrap());
        self.send(request).await
    }

    /// The hidden field of the session's page; empty where there is none.
    pub(crate) async fn csrf(&self, cookie: &str) -> String {
        let page = self.get("/", cookie).await.text;
        let field = page.split("name=\"csrf\" value=\"").nth(1);
        field.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
    }

    /// Signs a user in and gives the `Cookie` value.
    pub(crate) async fn signed_in(&self, user: usize) -> String {
        let form = format!("user={}&code={}", ["user-a", "user-b"][user], self.codes[user]);
        let answer = self.post("/login", "", &form).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        let cookie = answer.cookie.unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}

/// A request as a form of the page would send it, without what the browser adds about its origin.
pub(crate) fn request(method: Method, path: &str, cookie: &str, form: &str) -> Request<Body> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "localhost:8080")
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    request.body(Body::from(form.to_owned())).unwrap()
}

fn repository(path: &Path, commits: usize) {
    let history: String = (1..=commits)
        .map(|n| {
            let (subject, line) = (format!("feat: step {n}\n"), format!("line {n}\n").repeat(n));
            format!(
                "commit refs/heads/main\ncommitter Dev <dev@example.org> {} +0000\n\
                 data {}\n{subject}M 644 inline src/a.rs\ndata {}\n{line}\n",
                1_700_000_000 + n * 3600,
                subject.len(),
                line.len(),
            )
        })
        .collect();
    std::fs::create_dir(path).unwrap();
    git(path, &["init", "--quiet", "--bare", "--initial-branch=main", "."], "");
    git(path, &["fast-import", "--quiet"], &history);
}

fn git(folder: &Path, arguments: &[&str], input: &str) {
    let mut child = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env_remove("GIT_DIR")
        .stdin(Stdio::piped())
        .spawn()
        .expect("git is installed");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "git {arguments:?}");
}
