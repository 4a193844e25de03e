//! What AI providers may be asked in a workspace, what that came to, and how far it is.

use prodops_policy::{ReadWorkspace, WorkspaceFacts};
use prodops_store::contract::{AiRunRecord, JobRecord, JobTask};

use super::super::error::EngineError;
use super::super::workspace::Workspace;
use super::choice::{settings_of, spent_by};
use super::providers::AiProgress;
use crate::ai::{AiSettings, Budget, ConsentError};

/// What AI providers may be asked in a workspace, and what that came to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AiStatus {
    /// What was chosen; by default nothing.
    pub settings: AiSettings,
    /// Why nothing is sent all the same: providers may change their conditions, and deployments their providers.
    pub refusal: Option<ConsentError>,
    /// What was set aside this month.
    pub spent: Budget,
    /// How the last run went.
    pub last_run: Option<AiRunRecord>,
    /// How far the run is that goes on in this process.
    pub progress: Option<AiProgress>,
    /// What the queue says of the next run.
    pub job: Option<JobRecord>,
}

impl Workspace {
    /// What AI providers may be asked in this workspace, for every member to see: it is their work that is told of.
    ///
    /// # Errors
    /// When the caller may not see the workspace, or the store cannot be read.
    pub async fn ai_status(&self) -> Result<AiStatus, EngineError> {
        let permit = self.permit::<ReadWorkspace>(&WorkspaceFacts::of(&self.scope)).await?;
        let row = self.guarded()?.ai_use(&permit).await?.map(|row| row.value);
        let (parts, workspace) = (self.engine.parts(), self.scope.workspace());
        let settings = row.as_ref().map(settings_of).unwrap_or_default();
        let capability = parts.authority.control();
        Ok(AiStatus {
            refusal: self.refusal(&settings),
            settings,
            spent: row.as_ref().map(|row| spent_by(row, parts.clock.now())).unwrap_or_default(),
            last_run: row.and_then(|row| row.last_run),
            progress: parts.ai.progress_of(workspace),
            job: parts.store.jobs(&capability)?.find(Some(workspace), JobTask::ClassifyCommits).await?,
        })
    }

    fn refusal(&self, settings: &AiSettings) -> Option<ConsentError> {
        let chosen = settings.provider.as_ref()?;
        match self.engine.parts().ai.of(chosen) {
            Ok(provider) => settings.admit(provider.entry(), Budget::default()).err(),
            Err(_) => Some(ConsentError::NotOffered { chosen: chosen.clone() }),
        }
    }
}
