//! One job from the moment that it is held to the report of how it went.

use std::collections::HashMap;

use prodops_core::keyring::{KeyOwner, Keyring};
use prodops_store::StoreError;
use prodops_store::contract::{JobFailure, JobHold, JobRecord, JobTask};
use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;

use super::super::error::EngineError;
use super::super::keys::Sweep;
use super::failure;
use super::{HOLD, RENEWAL, Shift};

/// How a job went that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Done, until the next time.
    Done,
    /// What it is about is gone: there is no next time.
    Over,
    /// Not now, through nobody's fault: again after so many seconds.
    Later(i64),
}

impl Shift {
    /// The work itself. Here every task of the queue meets what it stands for.
    async fn work(&self, job: &JobRecord, cancel: &CancellationToken) -> Result<Outcome, EngineError> {
        match job.task {
            JobTask::SyncConnection(connection) => self.sync(job, connection, cancel).await,
            JobTask::SequenceAudit => self.engine().sequence_audit().await.map(|_| Outcome::Done),
            JobTask::RenewKeys => self.renew_keys(self.engine().keyring()?, cancel).await,
            JobTask::PurgeDue => self.purge().await,
            JobTask::BackUp => self.back_up().await,
            JobTask::ClassifyCommits => self.classify(job, cancel).await,
            JobTask::SweepProviders => self.sweep_providers().await,
        }
    }

    /// Does a job and reports how it went. Whoever loses the hold stops at once and reports nothing.
    pub(super) async fn perform(&self, job: JobRecord, cancel: CancellationToken) {
        let kind = job.task.kind();
        tracing::debug!(job = %job.id, kind, epoch = job.epoch, attempts = job.attempts, "begun");
        let outcome = tokio::select! {
            outcome = self.work(&job, &cancel) => outcome,
            lost = self.keep_hold(job.hold()) => {
                tracing::warn!(job = %job.id, kind, error = %lost, "stopped: the hold is lost");
                return;
            }
        };
        match self.report(&job, outcome, &cancel).await {
            Err(EngineError::Store(StoreError::Fenced)) => {
                tracing::debug!(job = %job.id, kind, "somebody else has the job by now, or it is gone");
            }
            Err(error) => tracing::warn!(job = %job.id, kind, %error, "how a job went could not be noted"),
            Ok(()) => {}
        }
    }

    async fn report(
        &self,
        job: &JobRecord,
        outcome: Result<Outcome, EngineError>,
        cancel: &CancellationToken,
    ) -> Result<(), EngineError> {
        let parts = self.engine().parts();
        let capability = parts.authority.control();
        let (jobs, now) = (parts.store.jobs(&capability)?, parts.clock.now());
        match outcome {
            Ok(Outcome::Done) => jobs.complete(job.hold(), now).await?,
            // INVARIANT: whoever was overtaken takes nothing out of the queue.
            Ok(Outcome::Over) => {
                jobs.renew(job.hold(), now.plus_seconds(HOLD)).await?;
                jobs.cancel(job.workspace, job.task).await?;
            }
            Ok(Outcome::Later(seconds)) => jobs.release(job.hold(), now.plus_seconds(seconds)).await?,
            Err(_) if cancel.is_cancelled() => jobs.release(job.hold(), now).await?,
            Err(error) => {
                tracing::warn!(job = %job.id, kind = job.task.kind(), attempts = job.attempts, %error, "failed");
                self.fail(job, failure::code(&error)).await?;
            }
        }
        Ok(())
    }

    async fn fail(&self, job: &JobRecord, code: JobFailure) -> Result<(), EngineError> {
        let parts = self.engine().parts();
        let now = parts.clock.now();
        let retry = failure::backoff(job.task).after(now, job.attempts, parts.entropy.as_ref())?;
        let capability = parts.authority.control();
        Ok(parts.store.jobs(&capability)?.fail(job.hold(), code, now, Some(retry)).await?)
    }

    /// Renews the hold for as long as it is polled; returns only when it is lost. A store that cannot be reached may be back
    /// before the hold ends.
    async fn keep_hold(&self, hold: JobHold) -> StoreError {
        let parts = self.engine().parts();
        loop {
            tokio::time::sleep(RENEWAL).await;
            let capability = parts.authority.control();
            let expires = parts.clock.now().plus_seconds(HOLD);
            let renewed = match parts.store.jobs(&capability) {
                Ok(jobs) => jobs.renew(hold, expires).await,
                Err(error) => Err(error),
            };
            match renewed {
                Err(error) if !error.is_retryable() => return error,
                _ => {}
            }
        }
    }

    async fn renew_keys(
        &self,
        keyring: &Keyring,
        cancel: &CancellationToken,
    ) -> Result<Outcome, EngineError> {
        let mut renewed = Ok(Outcome::Done);
        for owner in keyring.owners().await? {
            if cancel.is_cancelled() {
                return Ok(Outcome::Later(0));
            }
            // An owner whose rows cannot be brought under the newest key does not hold the others up.
            match self.renew_keys_of(owner, keyring).await {
                Ok(done) if done.rows > 0 || done.retired > 0 => {
                    tracing::info!(%owner, rows = done.rows, retired = done.retired, "rows are under the newest key");
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%owner, %error, "rows under older keys");
                    renewed = renewed.and(Err(error));
                }
            }
        }
        renewed
    }

    /// Only owners with older keys have rows to bring under the active one.
    async fn renew_keys_of(&self, owner: KeyOwner, keyring: &Keyring) -> Result<Sweep, EngineError> {
        if keyring.older_keys(owner).await?.is_empty() {
            return Ok(Sweep::default());
        }
        let rows = self.engine().sweep(owner).await?.rows;
        Ok(Sweep { rows, ..self.engine().retire_data_keys(owner).await? })
    }

    async fn purge(&self) -> Result<Outcome, EngineError> {
        let purged = self.engine().purge_due().await?;
        for workspace in purged.workspaces {
            tracing::info!(%workspace, "nothing is left of a workspace that was to be deleted");
        }
        Ok(Outcome::Done)
    }

    async fn back_up(&self) -> Result<Outcome, EngineError> {
        if let Some(backup) = self.engine().backup_due().await? {
            tracing::info!(%backup, "a backup was made");
        }
        Ok(Outcome::Done)
    }

    /// Reports what ended in a way that could not report itself.
    pub(super) async fn settle(&self, ended: Option<JobRecord>) -> Result<(), EngineError> {
        let Some(job) = ended else { return Ok(()) };
        tracing::error!(job = %job.id, kind = job.task.kind(), "a job ended by a defect");
        match self.fail(&job, JobFailure::Defect).await {
            Err(EngineError::Store(StoreError::Fenced)) => Ok(()),
            noted => noted,
        }
    }
}

/// The jobs that a worker has in hand. Dropping it stops them where they are.
#[derive(Default)]
pub(super) struct Running {
    tasks: JoinSet<()>,
    jobs: HashMap<Id, JobRecord>,
}

impl Running {
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    /// How many of them work, instead of waiting for somebody else.
    pub(super) fn busy(&self) -> usize {
        let waits = |job: &&JobRecord| matches!(job.task, JobTask::ClassifyCommits | JobTask::SweepProviders);
        self.jobs.len() - self.jobs.values().filter(waits).count()
    }

    pub(super) fn begin(&mut self, job: JobRecord, work: impl Future<Output = ()> + Send + 'static) {
        let id = self.tasks.spawn(work).id();
        self.jobs.insert(id, job);
    }

    /// Waits until one ends; for ever while there is none. The job is given back when it panicked.
    pub(super) async fn next(&mut self) -> Option<JobRecord> {
        match self.tasks.join_next_with_id().await {
            None => std::future::pending().await,
            Some(Ok((id, ()))) => {
                self.jobs.remove(&id);
                None
            }
            Some(Err(panicked)) => self.jobs.remove(&panicked.id()),
        }
    }
}
