//! An engine in memory over repositories on this machine, for the person who runs the command.

use std::path::{Path, PathBuf};

use prodops::connectors::git::GitConnector;
use prodops::core::environment::Environment;
use prodops::core::id::{ConnectionId, UserId};
use prodops::core::input::{ConnectionTarget, ConnectorId, WorkspaceName, WorkspaceSlug};
use prodops::engine::{Engine, EngineError, Workspace};
use prodops::metrics::Audience;

use super::CliError;

/// An engine with one workspace whose connections are the given repositories.
pub(super) struct Local {
    pub(super) engine: Engine,
    pub(super) owner: UserId,
    pub(super) workspace: Workspace,
    pub(super) connections: Vec<(PathBuf, ConnectionId)>,
}

impl Local {
    /// Connects every path; nothing is read yet.
    pub(super) async fn over(paths: &[PathBuf]) -> Result<Self, CliError> {
        let engine = Engine::builder(Environment::Development)
            .audience(Audience::LocalOperator)
            // The person at the terminal reads what they can read: work trees and alternates may lie anywhere.
            .connector(GitConnector::within([PathBuf::from("/")])?)
            .build()
            .await?;
        let slug = WorkspaceSlug::new("local")?;
        let made = engine.provision_workspace(&slug, &WorkspaceName::new("This machine")?).await?;
        let link = engine.sign_in_link(made.owner, 60).await?;
        let token = engine.redeem_sign_in_link(&link).await?.ok_or(EngineError::NotFound)?;
        let session = engine.session(&token).await?.ok_or(EngineError::NotFound)?;
        let workspace = engine.enter(&session, &slug).await?;
        engine.sign_out(&session).await?;
        let mut connections = Vec::with_capacity(paths.len());
        for path in paths {
            let row = workspace.connect(&ConnectorId::new("git")?, &target(path)?).await?;
            connections.push((path.clone(), row.id));
        }
        Ok(Self { engine, owner: made.owner, workspace, connections })
    }
}

/// A path as a connection target: absolute, so that it means the same wherever the next process is started.
pub(super) fn target(path: &Path) -> Result<ConnectionTarget, CliError> {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let text = real.to_str().ok_or_else(|| CliError::Path(real.clone()))?;
    Ok(ConnectionTarget::new(text)?)
}
