//! The job queue, for the engine's background work.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use prodops_core::audit::AuditEvent;
use prodops_core::id::{JobId, WorkerId, WorkspaceId};
use prodops_core::tenancy::ControlCapability;
use prodops_core::time::Timestamp;

use crate::backend::Backend;
use crate::contract::{Heartbeat, JobClaim, JobFailure, JobHold, JobRecord, JobTask, NewJob};
use crate::error::StoreError;

/// What waits to be done in the background, for all workspaces and the deployment itself, and who does it. Wherever a
/// workspace is asked for, `None` is the deployment.
///
/// # Security
/// It knows which workspace has how much to do, and nothing else of it: ids, numbers, times and codes.
pub struct JobStore<'s> {
    backend: Arc<dyn Backend>,
    capability: PhantomData<&'s ControlCapability>,
}

impl<'s> JobStore<'s> {
    pub(crate) fn new(backend: Arc<dyn Backend>, _checked: &'s ControlCapability) -> Self {
        Self { backend, capability: PhantomData }
    }

    /// Puts a job into the queue unless one with the same workspace, kind and subject is there, and gives back the one that
    /// is there then. [`JobRecord::ask_again`] says what becomes of one that was there already.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the job's id is in use for something else.
    pub async fn enqueue(&self, job: &NewJob) -> Result<JobRecord, StoreError> {
        self.backend.enqueue_job(job).await
    }

    /// The next job: of the workspace that waited longest for its turn, the first that is due by priority and time. Nobody
    /// else has it until its hold ends. `None` when nothing is due.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the hold would be over at once or nobody could have a turn.
    pub async fn claim(&self, claim: &JobClaim) -> Result<Option<JobRecord>, StoreError> {
        if claim.expires <= claim.now {
            return Err(StoreError::invalid("claim", "must end in the future"));
        }
        if claim.per_workspace == 0 {
            return Err(StoreError::invalid("claim", "must let a workspace have at least one job running"));
        }
        self.backend.claim_job(claim).await
    }

    /// Extends a hold, also one that ran out while nobody else took the job: a machine that slept goes on.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody else took it, or it is gone: stop working.
    pub async fn renew(&self, hold: JobHold, expires: Timestamp) -> Result<(), StoreError> {
        self.backend.renew_job(hold, expires).await
    }

    /// Notes that a job is done. What is done again and again waits for one interval from `now` on, so that runs that take
    /// long do not pile up.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody else took it, or it is gone.
    pub async fn complete(&self, hold: JobHold, now: Timestamp) -> Result<(), StoreError> {
        self.backend.complete_job(hold, now).await
    }

    /// Notes that an attempt failed. The job waits until `retry`, or is a dead letter when its attempts are spent or there
    /// is no `retry`. See [`Backoff`](crate::contract::Backoff) for how long.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody else took it, or it is gone.
    pub async fn fail(
        &self,
        hold: JobHold,
        failure: JobFailure,
        now: Timestamp,
        retry: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.backend.fail_job(hold, failure, now, retry).await
    }

    /// Hands a job back that was not finished. The attempt does not count.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody else took it, or it is gone.
    pub async fn release(&self, hold: JobHold, run_after: Timestamp) -> Result<(), StoreError> {
        self.backend.release_job(hold, run_after).await
    }

    /// The job of a workspace with the kind and subject of this task.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn find(
        &self,
        workspace: Option<WorkspaceId>,
        task: JobTask,
    ) -> Result<Option<JobRecord>, StoreError> {
        self.backend.job(workspace, task).await
    }

    /// The first `limit` jobs of a workspace beyond `after`, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn list(
        &self,
        workspace: Option<WorkspaceId>,
        after: Option<JobId>,
        limit: usize,
    ) -> Result<Vec<JobRecord>, StoreError> {
        self.backend.jobs(workspace, after, limit).await
    }

    /// The first `limit` dead letters of the whole deployment beyond `after`, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn dead(&self, after: Option<JobId>, limit: usize) -> Result<Vec<JobRecord>, StoreError> {
        self.backend.dead_jobs(after, limit).await
    }

    /// Puts a dead letter of a workspace back into the queue, together with the audit event in the workspace's log that says
    /// so. `false`, and no event, when it has no dead letter with this id.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] when the event names another workspace.
    pub async fn requeue(
        &self,
        workspace: Option<WorkspaceId>,
        job: JobId,
        now: Timestamp,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        if audit.workspace != workspace {
            return Err(StoreError::ScopeViolation);
        }
        self.backend.requeue_job(workspace, job, now, audit).await
    }

    /// Takes a job out of the queue, wherever it is: whoever runs it is fenced. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn cancel(&self, workspace: Option<WorkspaceId>, task: JobTask) -> Result<bool, StoreError> {
        self.backend.cancel_job(workspace, task).await
    }

    /// Takes every job of a workspace out of the queue, and tells how many there were.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn cancel_all(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        self.backend.cancel_jobs(workspace).await
    }

    /// Notes that a worker is there, and forgets those that were last seen before `forget`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn beat(&self, heartbeat: &Heartbeat, forget: Timestamp) -> Result<(), StoreError> {
        self.backend.beat(heartbeat, forget).await
    }

    /// Notes that a worker ended.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn forget_worker(&self, worker: WorkerId) -> Result<(), StoreError> {
        self.backend.forget_worker(worker).await
    }

    /// Every worker that is noted, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn heartbeats(&self) -> Result<Vec<Heartbeat>, StoreError> {
        self.backend.heartbeats().await
    }
}

impl fmt::Debug for JobStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobStore").finish_non_exhaustive()
    }
}
