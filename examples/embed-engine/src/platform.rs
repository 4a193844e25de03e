//! What is set up once, when the program starts: the engine, the users, and a workspace for every team.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prodops::connectors::git::GitConnector;
use prodops::core::clock::{Clock, SystemClock};
use prodops::core::entropy::{Entropy, SystemEntropy};
use prodops::core::environment::Environment;
use prodops::core::input::{ConnectionTarget, ConnectorId, WorkspaceName, WorkspaceSlug};
use prodops::core::session::OpaqueToken;
use prodops::engine::{Engine, EngineError};
use tokio_util::sync::CancellationToken;

use crate::login::{Users, subject};

/// The users and the workspaces that they own.
const TEAMS: [(&str, &str); 2] = [("user-a", "team-a"), ("user-b", "team-b")];

/// Users with the codes that they sign in with, to be handed out once.
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
    /// Puts the engine together and gives each team a workspace that is connected to its repository.
    ///
    /// # Errors
    /// When a repository cannot be read, with one line that names it.
    pub async fn start(repositories: [PathBuf; 2]) -> Result<(Self, Codes), Box<dyn Error>> {
        // In memory: a service that lasts adds `.store(StoreLocation::File(path))` and provisions only what is missing.
        let engine = Engine::builder(Environment::Development)
            .connector(GitConnector::within(repositories.clone())?)
            .build()
            .await?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let mut platform =
            Self { engine, users: Users::default(), clock, stopping: CancellationToken::new() };
        let mut codes = Codes::new();
        for ((user, team), repository) in TEAMS.into_iter().zip(&repositories) {
            codes.push((user, platform.enrol(user, &SystemEntropy)?));
            platform.provision(user, team, repository).await?;
        }
        Ok((platform, codes))
    }

    fn enrol(&mut self, user: &str, entropy: &dyn Entropy) -> Result<OpaqueToken, Box<dyn Error>> {
        Ok(self.users.enrol(user, entropy)?)
    }

    /// Makes a workspace that the user owns, and connects it as that user: set-up has no rights of its own inside.
    async fn provision(&self, user: &str, team: &str, repository: &Path) -> Result<(), Box<dyn Error>> {
        let engine = &self.engine;
        let subject = subject(user, self.clock.as_ref())?;
        let slug = WorkspaceSlug::new(team)?;
        let owner = engine.user_of(&subject).await?;
        engine.provision_workspace_for(&slug, &WorkspaceName::new(team)?, owner).await?;
        let session = engine.session(&engine.sign_in(&subject).await?).await?.ok_or(EngineError::NotFound)?;
        let target = repository.to_str().ok_or("a repository's path must be UTF-8")?;
        let workspace = engine.enter(&session, &slug).await?;
        workspace.connect(&ConnectorId::new("git")?, &ConnectionTarget::new(target)?).await?;
        Ok(engine.sign_out(&session).await?)
    }
}
