//! The engine's side: one workspace in memory, connected to one repository, nothing read yet.

use std::path::Path;

use prodops::connectors::contract::Silent;
use prodops::connectors::git::GitConnector;
use prodops::core::environment::Environment;
use prodops::core::id::ConnectionId;
use prodops::core::input::{ConnectionTarget, ConnectorId, WorkspaceName, WorkspaceSlug};
use prodops::engine::{Engine, EngineError, Workspace};
use prodops::store::contract::PageToken;

/// What can go wrong before or while reading.
pub type Error = Box<dyn std::error::Error>;

/// A workspace that is about to read a repository.
#[derive(Debug)]
pub struct Reading {
    workspace: Workspace,
    connection: ConnectionId,
}

impl Reading {
    /// Sets up engine, workspace and connection.
    ///
    /// # Errors
    /// When the folder holds no repository.
    pub async fn of(folder: &Path) -> Result<Self, Error> {
        let engine = Engine::builder(Environment::Test)
            .connector(GitConnector::within([folder.to_owned()])?)
            .build()
            .await?;
        let slug = WorkspaceSlug::new("bench")?;
        let made = engine.provision_workspace(&slug, &WorkspaceName::new("Bench")?).await?;
        let link = engine.sign_in_link(made.owner, 60).await?;
        let token = engine.redeem_sign_in_link(&link).await?.ok_or(EngineError::NotFound)?;
        let session = engine.session(&token).await?.ok_or(EngineError::NotFound)?;
        let workspace = engine.enter(&session, &slug).await?;
        let target = ConnectionTarget::new(folder.to_str().ok_or("the path is not UTF-8")?)?;
        let connection = workspace.connect(&ConnectorId::new("git")?, &target).await?.id;
        Ok(Self { workspace, connection })
    }

    /// Reads the whole history: walk, line counts, file kinds, labels, facts in the store.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub async fn run(&self) -> Result<(), Error> {
        self.workspace.sync(self.connection, &Silent, &Default::default()).await?;
        Ok(())
    }

    /// How many commits the store has.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn stored(&self) -> Result<u64, Error> {
        let mut count = 0;
        for repository in self.workspace.repositories().await? {
            let mut after: Option<PageToken> = None;
            loop {
                let page =
                    self.workspace.commits(repository.id, after.as_ref(), PageToken::MAX_LIMIT).await?;
                count += u64::try_from(page.items.len())?;
                match page.next {
                    Some(next) => after = Some(next),
                    None => break,
                }
            }
        }
        Ok(count)
    }
}
