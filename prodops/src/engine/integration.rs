//! The connections of a workspace with what the queue says of their syncs.

use std::collections::BTreeMap;

use prodops_core::audit::{AuditObject, Decision};
use prodops_core::id::ConnectionId;
use prodops_policy::{Action, ListConnections, RunSync};
use prodops_store::contract::{ConnectionRecord, ConnectionState, JobRecord, JobState, JobTask};

use super::error::EngineError;
use super::workspace::Workspace;

/// A connection, and the job that reads through it from time to time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Integration {
    /// The connection.
    pub connection: ConnectionRecord,
    /// When it is read next, how often that failed since it last worked, and why; `None` when it is not read by itself.
    pub job: Option<JobRecord>,
}

impl Workspace {
    /// The workspace's connections, by id, each with what the queue says of its syncs.
    ///
    /// # Errors
    /// When the caller may not list them, or the store cannot be read.
    pub async fn integrations(&self) -> Result<Vec<Integration>, EngineError> {
        let visible = self.visible::<ListConnections>().await?;
        let rows = self.guarded()?.connections(&visible).await?;
        let parts = self.engine.parts();
        let capability = parts.authority.control();
        let jobs = self.guarded_jobs(&capability)?.of_workspace(&visible).await?;
        let mut jobs: BTreeMap<_, _> = jobs.into_iter().map(|job| (job.task.subject(), job)).collect();
        let integration = |connection: ConnectionRecord| {
            let job = jobs.remove(connection.id.as_bytes());
            Integration {
                job: job.filter(|job| job.task == JobTask::SyncConnection(connection.id)),
                connection,
            }
        };
        Ok(rows.into_iter().map(|row| row.value).map(integration).collect())
    }

    /// Has a connection read as soon as a worker has time for it, also when it was given up: in the background, by whichever
    /// process takes it.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the workspace has no such connection, [`EngineError::Disconnected`] when it was cut,
    /// [`EngineError::Denied`] when the caller may not have it read.
    pub async fn request_sync(&self, id: ConnectionId) -> Result<(), EngineError> {
        let permit = self.permit::<RunSync>(&self.integration(id)).await?;
        if self.connection_row(id).await?.value.state == ConnectionState::Disconnected {
            return Err(EngineError::Disconnected);
        }
        let event = self.event(RunSync::NAME, AuditObject::Connection(id), Decision::Allowed).await?;
        let parts = self.engine.parts();
        let (capability, now) = (parts.authority.control(), parts.clock.now());
        let (jobs, task) = (self.guarded_jobs(&capability)?, JobTask::SyncConnection(id));
        let job = jobs.of_connection(&permit, id).await?;
        let dead = job.filter(|job| job.state == JobState::Dead);
        let revived = match dead {
            Some(job) => jobs.requeue(&permit, id, job.id, now, &event).await?,
            None => false,
        };
        if !revived {
            self.guarded()?.append_audit(&event).await?;
            self.engine.hasten(Some(self.scope.workspace()), task).await?;
        }
        self.engine.wake_worker();
        Ok(())
    }

    /// Makes sure that every connection in use is read from time to time. Connections are when they are made; this is for
    /// stores that were filled by other means, and after another interval was configured.
    ///
    /// # Errors
    /// When the caller may not list the connections, or the store fails.
    pub async fn plan_syncs(&self) -> Result<(), EngineError> {
        let now = self.engine.parts().clock.now();
        for row in self.connections().await?.into_iter().filter(|row| row.state == ConnectionState::Active) {
            self.engine.plan_sync(self.scope.workspace(), row.id, now).await?;
        }
        #[cfg(feature = "ai")]
        self.plan_ai(now).await?;
        Ok(())
    }
}
