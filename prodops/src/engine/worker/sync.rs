//! Syncs that are due.

use async_trait::async_trait;
use prodops_connectors::contract::Silent;
use prodops_core::id::ConnectionId;
use prodops_store::contract::JobRecord;
use tokio_util::sync::CancellationToken;

use super::super::error::EngineError;
use super::super::sync::{DueSync, SyncReport, SyncRun};
use super::Shift;
use super::perform::Outcome;

/// How long a sync waits for another one of the same connection, in seconds.
const BUSY: i64 = 15;

/// Runs the syncs that a worker takes. An application that shows how far they are brings its own.
#[async_trait]
pub trait RunSyncs: Send + Sync {
    /// Runs a sync to its end, by [`SyncRun::run`].
    ///
    /// # Errors
    /// As the sync itself.
    async fn run(&self, sync: SyncRun, cancel: &CancellationToken) -> Result<SyncReport, EngineError>;
}

/// Nobody looks.
pub(super) struct Unwatched;

#[async_trait]
impl RunSyncs for Unwatched {
    async fn run(&self, sync: SyncRun, cancel: &CancellationToken) -> Result<SyncReport, EngineError> {
        sync.run(&Silent, cancel).await
    }
}

impl Shift {
    pub(super) async fn sync(
        &self,
        job: &JobRecord,
        connection: ConnectionId,
        cancel: &CancellationToken,
    ) -> Result<Outcome, EngineError> {
        let Some(workspace) = job.workspace else { return Ok(Outcome::Over) };
        self.engine().replan(job).await?;
        match self.engine().begin_due_sync(workspace, connection).await {
            Ok(DueSync::Ready(sync)) => self.worker.syncs.run(*sync, cancel).await.map(|_| Outcome::Done),
            Ok(DueSync::Gone) => Ok(Outcome::Over),
            Ok(DueSync::Closed) => Ok(Outcome::Done),
            Err(EngineError::Busy) => Ok(Outcome::Later(BUSY)),
            Err(error) => Err(error),
        }
    }
}
