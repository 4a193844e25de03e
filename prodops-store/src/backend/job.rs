//! The job queue of a backend.

use async_trait::async_trait;
use prodops_core::audit::AuditEvent;
use prodops_core::id::{JobId, WorkerId, WorkspaceId};
use prodops_core::time::Timestamp;

use crate::contract::{Heartbeat, JobClaim, JobFailure, JobHold, JobRecord, JobTask, NewJob};
use crate::error::StoreError;

/// Background work that waits, runs or failed, and the workers that do it. Wherever a workspace is asked for, `None` is
/// the deployment itself, which takes its turn like a workspace.
///
/// Nothing here assumes one writer: workers of many processes claim at the same time, and each row is claimed by one of
/// them. In SQL a claim is one statement: the row of the workspace whose turn it is, `FOR UPDATE SKIP LOCKED`, and that
/// workspace's first due job. A backend claims only tasks that this version of it can read, so that workers of two versions
/// can share a queue.
///
/// The methods of [`JobRecord`] say what becomes of a job; a backend that reads a row, applies them and writes it under the
/// row's lock does the same as one that says it in SQL.
#[async_trait]
pub trait JobBackend: Send + Sync {
    /// Puts a job into the queue unless one with the same workspace, kind and subject is there, and gives back the one that
    /// is there then: [`JobRecord::ask_again`] says what becomes of it.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the job's id is in use for something else.
    async fn enqueue_job(&self, job: &NewJob) -> Result<JobRecord, StoreError>;

    /// First puts back the jobs whose holds ended by the claim's present: as due now, or, when their attempts are spent, as
    /// dead letters that were abandoned. Then takes the next job, with an epoch larger than every earlier one of that job.
    ///
    /// The turn is with the workspace that waited longest since its last one, among those that have a job that is due and
    /// fewer than `per_workspace` that run; one that comes to the queue takes its place at the end of the line. Of its jobs
    /// that are due, the first by priority, then by the time they were due, then by id.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn claim_job(&self, claim: &JobClaim) -> Result<Option<JobRecord>, StoreError>;

    /// Extends a hold, also one that ran out while nobody else took the job.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody else took it, or it is gone.
    async fn renew_job(&self, hold: JobHold, expires: Timestamp) -> Result<(), StoreError>;

    /// Notes that a job is done: [`JobRecord::done`] says whether it is queued anew or removed.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody else took it, or it is gone.
    async fn complete_job(&self, hold: JobHold, now: Timestamp) -> Result<(), StoreError>;

    /// Notes that an attempt failed: [`JobRecord::fail`]. The job is queued for `retry`, or becomes a dead letter when its
    /// attempts are spent or there is no `retry`.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody else took it, or it is gone.
    async fn fail_job(
        &self,
        hold: JobHold,
        failure: JobFailure,
        now: Timestamp,
        retry: Option<Timestamp>,
    ) -> Result<(), StoreError>;

    /// Hands a job back that was not finished, without counting the attempt. It is due at `run_after`.
    ///
    /// # Errors
    /// [`StoreError::Fenced`] when somebody else took it, or it is gone.
    async fn release_job(&self, hold: JobHold, run_after: Timestamp) -> Result<(), StoreError>;

    /// The job of a workspace with this kind and subject.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn job(
        &self,
        workspace: Option<WorkspaceId>,
        task: JobTask,
    ) -> Result<Option<JobRecord>, StoreError>;

    /// The first `limit` jobs of a workspace beyond `after`, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn jobs(
        &self,
        workspace: Option<WorkspaceId>,
        after: Option<JobId>,
        limit: usize,
    ) -> Result<Vec<JobRecord>, StoreError>;

    /// The first `limit` dead letters of the whole deployment beyond `after`, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn dead_jobs(&self, after: Option<JobId>, limit: usize) -> Result<Vec<JobRecord>, StoreError>;

    /// Puts a dead letter of a workspace back into the queue, due at `now` and with no attempts, together with the audit
    /// event in the workspace's log. `false`, and no event, when it has no dead letter with this id.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn requeue_job(
        &self,
        workspace: Option<WorkspaceId>,
        job: JobId,
        now: Timestamp,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError>;

    /// Takes a job out of the queue, wherever it is: whoever runs it is fenced. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn cancel_job(&self, workspace: Option<WorkspaceId>, task: JobTask) -> Result<bool, StoreError>;

    /// Takes every job of a workspace out of the queue, and tells how many there were.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn cancel_jobs(&self, workspace: WorkspaceId) -> Result<u64, StoreError>;

    /// Notes that a worker is there, and forgets those that were last seen before `forget`.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn beat(&self, heartbeat: &Heartbeat, forget: Timestamp) -> Result<(), StoreError>;

    /// Notes that a worker ended.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn forget_worker(&self, worker: WorkerId) -> Result<(), StoreError>;

    /// Every worker that is noted, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn heartbeats(&self) -> Result<Vec<Heartbeat>, StoreError>;
}
