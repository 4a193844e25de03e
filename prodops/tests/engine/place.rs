//! A folder for repositories and stores, a clock that is moved by hand, engines, and people in their workspaces.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use prodops::connectors::contract::Silent;
use prodops::connectors::git::GitConnector;
use prodops::core::audit::AuditEvent;
use prodops::core::clock::{Clock, SystemClock};
use prodops::core::entropy::SystemEntropy;
use prodops::core::environment::Environment;
use prodops::core::id::{ConnectionId, RepositoryId, UserId};
use prodops::core::input::{ConnectionTarget, ConnectorId, WorkspaceName, WorkspaceSlug};
use prodops::core::keyring::{
    ExistingData, KeySource, Keyring, KeyringParts, LocalRoot, Roots, RowKeySource,
};
use prodops::core::session::VerifiedSession;
use prodops::core::tenancy::{Grant, Role};
use prodops::core::time::Timestamp;
use prodops::engine::{
    BuildError, Engine, EngineBuilder, EngineError, ReportQuery, StoreLocation, SyncReport, Workspace,
};
use prodops::metrics::{Preset, Report, Window, time_zone};
use prodops::store::StoreError;
use prodops::store::contract::AuditQuery;
use prodops::store::embedded::Embedded;
use prodops::store::keyring::{FileKeyring, KeyringFileError};
use prodops_core::testing::FixedClock;
use tempfile::TempDir;

use crate::repository::{Commit, Repository};

/// The present of every test, until it is moved.
pub(crate) const NOW: &str = "2026-01-05T09:00:00Z";

/// Hands of the same clock.
#[derive(Debug, Clone)]
pub(crate) struct Hands(Arc<FixedClock>);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

pub(crate) struct Place {
    folder: TempDir,
    pub(crate) clock: Hands,
}

impl Place {
    pub(crate) fn new() -> Self {
        let place = Self { folder: TempDir::new().unwrap(), clock: Hands(Arc::new(FixedClock::at(NOW))) };
        std::fs::create_dir(place.roots()).unwrap();
        KeySource::create_file(&root_key(&place.roots()), &SystemEntropy).unwrap();
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the connector may read.
    pub(crate) fn roots(&self) -> PathBuf {
        self.path("repositories")
    }

    pub(crate) fn repository(&self, name: &str, commits: &[Commit]) -> Repository {
        Repository::with(&self.roots().join(name), commits)
    }

    pub(crate) fn advance_days(&self, days: i64) {
        self.clock.0.advance_seconds(days * 86_400);
    }

    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.clock.0.advance_seconds(seconds);
    }

    /// An engine in memory.
    pub(crate) async fn engine(&self) -> Engine {
        self.open(StoreLocation::Memory, Environment::Test).await.unwrap()
    }

    /// An engine on a file.
    pub(crate) async fn engine_on(&self, file: &Path) -> Engine {
        self.open(StoreLocation::File(file.to_owned()), Environment::Test).await.unwrap()
    }

    pub(crate) async fn open(
        &self,
        location: StoreLocation,
        environment: Environment,
    ) -> Result<Engine, BuildError> {
        build(&self.roots(), location, environment, self.clock.clone()).await
    }
}

impl Place {
    /// An engine on a file with more to say about it; it waits until whoever was killed has let go of the file.
    pub(crate) async fn engine_with(
        &self,
        file: &Path,
        more: impl Fn(EngineBuilder) -> EngineBuilder,
    ) -> Result<Engine, BuildError> {
        loop {
            let connector = GitConnector::within([self.roots()]).unwrap();
            let builder = Engine::builder(Environment::Test)
                .store(StoreLocation::File(file.to_owned()))
                .root_keys(Roots::new(load(&root_key(&self.roots()))))
                .clock(self.clock.clone())
                .connector(connector);
            match more(builder).build().await {
                Err(
                    BuildError::Store(StoreError::InUse) | BuildError::Keyring(KeyringFileError::InUse(_)),
                ) => {
                    tokio::task::yield_now().await;
                }
                built => return built,
            }
        }
    }
}

pub(crate) async fn build(
    roots: &Path,
    location: StoreLocation,
    environment: Environment,
    clock: impl Clock + 'static,
) -> Result<Engine, BuildError> {
    let connector = GitConnector::within([roots.to_owned()]).unwrap();
    let keys = Roots::new(load(&root_key(roots)));
    Engine::builder(environment)
        .store(location)
        .root_keys(keys)
        .clock(clock)
        .connector(connector)
        .build()
        .await
}

/// The file of the root key, beside the folder of the repositories.
pub(crate) fn root_key(roots: &Path) -> PathBuf {
    roots.with_file_name("root.key")
}

pub(crate) fn load(key: &Path) -> LocalRoot {
    LocalRoot::load(&KeySource::File(key.to_owned()), Arc::new(SystemEntropy)).unwrap()
}

/// The keyring beside a store that no engine has open.
pub(crate) async fn keyring(file: &Path, roots: &Path) -> Keyring {
    let mut name = file.as_os_str().to_owned();
    name.push(".keyring");
    let parts = KeyringParts {
        environment: Environment::Test,
        store: Arc::new(let_go(Path::new(&name)).await),
        roots: Roots::new(load(&root_key(roots))),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    Keyring::open(parts, ExistingData::Present).await.unwrap()
}

/// The keyring file, once whoever was dropped has let go of it: a write runs to its end also when nobody waits for it.
async fn let_go(path: &Path) -> FileKeyring {
    loop {
        match FileKeyring::open(path, Environment::Test) {
            Err(KeyringFileError::InUse(_)) => tokio::task::yield_now().await,
            opened => return opened.unwrap(),
        }
    }
}

/// A store that no engine has open, without an engine.
pub(crate) async fn store(file: &Path, roots: &Path) -> Embedded {
    let keys = Arc::new(keyring(file, roots).await);
    open_store(file, keys).await
}

/// The same with keys that are open already.
pub(crate) async fn open_store(file: &Path, keys: Arc<Keyring>) -> Embedded {
    loop {
        let keys: Arc<dyn RowKeySource> = Arc::<Keyring>::clone(&keys);
        match Embedded::open(file, Environment::Test, keys).await {
            Err(StoreError::InUse) => tokio::task::yield_now().await,
            opened => return opened.unwrap(),
        }
    }
}

pub(crate) fn slug(text: &str) -> WorkspaceSlug {
    WorkspaceSlug::new(text).unwrap()
}

pub(crate) fn target(path: &Path) -> ConnectionTarget {
    ConnectionTarget::new(path.to_str().unwrap()).unwrap()
}

pub(crate) fn git() -> ConnectorId {
    ConnectorId::new("git").unwrap()
}

/// A session of a user who exists.
pub(crate) async fn session(engine: &Engine, user: UserId) -> VerifiedSession {
    let link = engine.sign_in_link(user, 60).await.unwrap();
    let token = engine.redeem_sign_in_link(&link).await.unwrap().expect("a fresh link");
    engine.session(&token).await.unwrap().expect("a fresh session")
}

pub(crate) async fn enter(engine: &Engine, user: UserId, name: &str) -> Result<Workspace, EngineError> {
    engine.enter(&session(engine, user).await, &slug(name)).await
}

/// A new user who is a member of nothing yet.
pub(crate) async fn stranger(engine: &Engine, subject: &str) -> UserId {
    let now = NOW.parse().unwrap();
    let subject = prodops::core::session::VerifiedSubject::new("https://login.example.org", subject, now);
    engine.user_of(&subject.unwrap()).await.unwrap()
}

/// A workspace as its owner sees it.
pub(crate) struct Tenant {
    pub(crate) owner: UserId,
    pub(crate) workspace: Workspace,
}

pub(crate) async fn tenant(engine: &Engine, name: &str) -> Tenant {
    let readable = WorkspaceName::new(name).unwrap();
    let made = engine.provision_workspace(&slug(name), &readable).await.unwrap();
    Tenant { owner: made.owner, workspace: enter(engine, made.owner, name).await.unwrap() }
}

impl Tenant {
    /// A new user who has this role, and the workspace as they see it.
    pub(crate) async fn joined_by(&self, engine: &Engine, role: Role) -> (UserId, Workspace) {
        let name = self.workspace.record().slug.as_str();
        let user = stranger(engine, &format!("{name}-{role}")).await;
        // Long after every test, whatever it does to the clock.
        let end = NOW.parse::<Timestamp>().unwrap().plus_seconds(400 * 86_400);
        let grant = Grant { role, until: role.needs_end().then_some(end) };
        self.workspace.add_member(user, grant).await.unwrap();
        (user, enter(engine, user, name).await.unwrap())
    }

    /// Connects a repository and reads it.
    pub(crate) async fn read(&self, repository: &Repository) -> ConnectionId {
        let record = self.workspace.connect(&git(), &target(repository.path())).await.unwrap();
        self.sync(record.id).await.unwrap();
        record.id
    }

    pub(crate) async fn sync(&self, connection: ConnectionId) -> Result<SyncReport, EngineError> {
        self.workspace.sync(connection, &Silent, &Default::default()).await
    }

    pub(crate) async fn report(&self) -> Report {
        self.workspace.report(&all_history(None)).await.unwrap()
    }

    /// The audit log. Looking leaves an entry, which is in what comes back.
    pub(crate) async fn log(&self) -> Vec<AuditEvent> {
        let page = self.workspace.audit(&AuditQuery::default(), None, 5_000).await.unwrap();
        assert!(page.next.is_none());
        page.items.into_iter().map(|entry| entry.event).collect()
    }
}

pub(crate) fn all_history(repository: Option<RepositoryId>) -> ReportQuery {
    let (now, zone) = (NOW.parse().unwrap(), time_zone("UTC").unwrap());
    ReportQuery { repository, window: Window::preset(Preset::AllHistory, now, zone).unwrap() }
}
