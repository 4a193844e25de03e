//! The job of a workspace that asks an AI provider.

use prodops_core::id::{ConnectionId, WorkspaceId};
use prodops_core::tenancy::{WorkspaceRecord, WorkspaceState};
use prodops_store::contract::{JobFailure, JobTask};
use tokio_util::sync::CancellationToken;

use super::super::entry::Engine;
use super::super::error::EngineError;
use super::turn::{Turn, Turned};
use crate::ai::{AiError, CallError};

/// How many jobs of a workspace are looked at at once.
const STEP: usize = 1_000;

/// What a run of a workspace came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Classified {
    /// There is nothing to ask about now.
    Done,
    /// A batch was sent; there may be more.
    More,
    /// Connections are being synced, or too many runs go on: later.
    Busy,
    /// The workspace lets nobody be asked, or is gone.
    Off,
}

impl Engine {
    /// Asks about one batch of commits of a workspace.
    ///
    /// # Errors
    /// When the provider, the connector or the store fails. What lies at the provider then is in the journal.
    pub(in super::super) async fn classify_due(
        &self,
        workspace: WorkspaceId,
        cancel: &CancellationToken,
    ) -> Result<Classified, EngineError> {
        let Some(_place) = self.parts().ai.place() else { return Ok(Classified::Busy) };
        let capability = self.parts().authority.control();
        let Some(record) = self.parts().store.control(&capability)?.workspace(workspace).await? else {
            return Ok(Classified::Off);
        };
        if record.state != WorkspaceState::Active {
            return Ok(Classified::Done);
        }
        let mut busy = false;
        for connection in self.connections_of(workspace).await? {
            match self.turn(&record, connection, cancel).await {
                Ok(Turned::Off) => return Ok(Classified::Off),
                Ok(Turned::Sent) => return Ok(Classified::More),
                Ok(Turned::Nothing) => {}
                Err(EngineError::Busy) => busy = true,
                Err(error) => return Err(error),
            }
        }
        Ok(if busy { Classified::Busy } else { Classified::Done })
    }

    async fn turn(
        &self,
        workspace: &WorkspaceRecord,
        connection: ConnectionId,
        cancel: &CancellationToken,
    ) -> Result<Turned, EngineError> {
        Turn { engine: self, workspace, connection, cancel }.take().await
    }

    /// The connections of a workspace, by the jobs that read them: every connection has one from before it is stored.
    async fn connections_of(&self, workspace: WorkspaceId) -> Result<Vec<ConnectionId>, EngineError> {
        let parts = self.parts();
        let capability = parts.authority.control();
        let (jobs, mut found, mut after) = (parts.store.jobs(&capability)?, Vec::new(), None);
        loop {
            let page = jobs.list(Some(workspace), after, STEP).await?;
            let Some(last) = page.last() else { return Ok(found) };
            after = Some(last.id);
            found.extend(page.iter().filter_map(|job| match job.task {
                JobTask::SyncConnection(connection) => Some(connection),
                _ => None,
            }));
        }
    }
}

/// What the queue keeps of a run that failed.
pub(in super::super) const fn failure(error: &AiError) -> JobFailure {
    match error {
        AiError::Call { error, .. } => match error {
            CallError::Refused { .. } => JobFailure::Refused,
            CallError::NotFound | CallError::Unexpected { .. } => JobFailure::Damaged,
            CallError::Busy { .. } | CallError::Unclear | CallError::Egress(_) => JobFailure::Unreachable,
        },
        AiError::Late { .. } | AiError::BatchFailed | AiError::Stopped => JobFailure::Unreachable,
        AiError::Consent(_) => JobFailure::Denied,
        AiError::Journal(_) => JobFailure::Store,
        AiError::Entropy(_) => JobFailure::Defect,
    }
}
