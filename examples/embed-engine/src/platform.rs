//! What is set up once, when the program starts: the engine, the users, and a workspace for every team.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prodops::connectors::git::GitConnector;
use prodops::core::clock::{Clock, SystemClock};
use prodops::core::entropy::SystemEntropy;
use prodops::core::environment::Environment;
use prodops::core::input::{ConnectionTarget, ConnectorId, WorkspaceName, WorkspaceSlug};
use prodops::core::keyring::Roots;
use prodops::core::session::OpaqueToken;
use prodops::engine::{Engine, EngineError, StoreLocation};
use prodops::store::postgres::PostgresConfig;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::login::{Users, subject};

/// The users and the workspaces that they own.
const TEAMS: [(&str, &str); 2] = [("user-a", "team-a"), ("user-b", "team-b")];

/// What lasts: the database of host and engine, and what opens the engine's part of it.
#[derive(Debug)]
pub struct Storage {
    /// The host's pool; the engine shares it.
    pub pool: PgPool,
    /// The file of the engine's wrapped keys, apart from the database.
    pub keyring: PathBuf,
    /// The root key that they are wrapped under.
    pub roots: Roots,
}

/// New users with the codes that they sign in with, to be handed out once.
pub type Codes = Vec<(&'static str, OpaqueToken)>;

/// Everything that a request handler can reach.
#[derive(Debug)]
pub struct Platform {
    /// The engine.
    pub engine: Engine,
    /// The host's users.
    pub users: Users,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Ends running syncs when the service stops.
    pub stopping: CancellationToken,
}

impl Platform {
    /// Puts the engine together and gives each team a workspace that is connected to its repository, unless that was done
    /// at an earlier start.
    ///
    /// # Errors
    /// When the database cannot be used, or a repository cannot be read, with one line that says which.
    pub async fn start(
        storage: Storage,
        repositories: [PathBuf; 2],
    ) -> Result<(Self, Codes), Box<dyn Error>> {
        let engine = Engine::builder(Environment::Development)
            .store(StoreLocation::Postgres(PostgresConfig::of_pool(storage.pool.clone())))
            .keyring_file(storage.keyring)
            .root_keys(storage.roots)
            .connector(GitConnector::within(repositories.clone())?)
            .build()
            .await?;
        let (clock, stopping): (Arc<dyn Clock>, _) = (Arc::new(SystemClock), CancellationToken::new());
        let platform = Self { engine, users: Users::new(storage.pool), clock, stopping };
        let mut codes = Codes::new();
        for ((user, team), repository) in TEAMS.into_iter().zip(&repositories) {
            let code = platform.users.enrol(user, &SystemEntropy).await?;
            codes.extend(code.map(|code| (user, code)));
            platform.provision(user, team, repository).await?;
        }
        Ok((platform, codes))
    }

    /// Makes a workspace that the user owns, and connects it as that user: set-up has no rights of its own inside.
    async fn provision(&self, user: &str, team: &str, repository: &Path) -> Result<(), Box<dyn Error>> {
        let engine = &self.engine;
        let subject = subject(user, self.clock.as_ref())?;
        let slug = WorkspaceSlug::new(team)?;
        let owner = engine.user_of(&subject).await?;
        present(engine.provision_workspace_for(&slug, &WorkspaceName::new(team)?, owner).await)?;
        let session = engine.session(&engine.sign_in(&subject).await?).await?.ok_or(EngineError::NotFound)?;
        let target = repository.to_str().ok_or("a repository's path must be UTF-8")?;
        let workspace = engine.enter(&session, &slug).await?;
        present(workspace.connect(&ConnectorId::new("git")?, &ConnectionTarget::new(target)?).await)?;
        Ok(engine.sign_out(&session).await?)
    }
}

/// What an earlier start made is there: that is no failure.
fn present<T>(made: Result<T, EngineError>) -> Result<(), EngineError> {
    match made {
        Err(error) if !error.is_already_there() => Err(error),
        _ => Ok(()),
    }
}
