//! The job queue behind permits, for what members of a workspace see of it and may do to it.

use prodops_core::audit::AuditEvent;
use prodops_core::id::{ConnectionId, JobId};
use prodops_core::tenancy::{ControlCapability, WorkspaceScope};
use prodops_core::time::Timestamp;
use prodops_policy::{IntegrationFacts, ListConnections, Permit, RunSync, Visible};
use prodops_store::StoreError;
use prodops_store::contract::{JobRecord, JobTask};
use prodops_store::plane::JobStore;

use super::error::EngineError;
use super::workspace::Workspace;

/// How many jobs are read at once.
const STEP: usize = 1_000;

/// The queue as one workspace may see it: its own jobs, and those under a permit.
pub(super) struct GuardedJobs<'s> {
    store: JobStore<'s>,
    scope: &'s WorkspaceScope,
}

impl Workspace {
    pub(super) fn guarded_jobs<'s>(
        &'s self,
        capability: &'s ControlCapability,
    ) -> Result<GuardedJobs<'s>, EngineError> {
        Ok(GuardedJobs { store: self.engine.parts().store.jobs(capability)?, scope: &self.scope })
    }
}

impl GuardedJobs<'_> {
    // INVARIANT: what is done to the job of a connection is done under a permit for that connection.
    fn check(&self, permit: &Permit<RunSync>, id: ConnectionId) -> Result<(), StoreError> {
        let facts = IntegrationFacts { workspace: self.scope.workspace(), id };
        if permit.covers(self.scope) && permit.is_for(&facts) {
            Ok(())
        } else {
            Err(StoreError::ScopeViolation)
        }
    }

    /// Every job of the workspace.
    pub(super) async fn of_workspace(
        &self,
        visible: &Visible<ListConnections>,
    ) -> Result<Vec<JobRecord>, StoreError> {
        if !visible.covers(self.scope) {
            return Err(StoreError::ScopeViolation);
        }
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = self.store.list(Some(self.scope.workspace()), after, STEP).await?;
            let Some(last) = page.last() else { return Ok(found) };
            after = Some(last.id);
            found.extend(page);
        }
    }

    /// The job that reads through a connection.
    pub(super) async fn of_connection(
        &self,
        permit: &Permit<RunSync>,
        id: ConnectionId,
    ) -> Result<Option<JobRecord>, StoreError> {
        self.check(permit, id)?;
        self.store.find(Some(self.scope.workspace()), JobTask::SyncConnection(id)).await
    }

    /// Puts the dead letter of a connection back, together with the audit event.
    pub(super) async fn requeue(
        &self,
        permit: &Permit<RunSync>,
        id: ConnectionId,
        job: JobId,
        now: Timestamp,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        self.check(permit, id)?;
        self.store.requeue(Some(self.scope.workspace()), job, now, audit).await
    }
}
