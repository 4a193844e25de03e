//! What is put into the queue, and how often it is done.

use std::num::NonZeroU32;

use prodops_core::id::{ConnectionId, JobId, WorkspaceId};
use prodops_core::time::Timestamp;
use prodops_store::contract::{JobPlan, JobPriority, JobRecord, JobTask, NewJob};
use tokio::sync::Notify;

use super::super::entry::Engine;
use super::super::error::EngineError;

/// Seconds between two rounds of the audit log's sequencer, which also comes when 1,000 entries wait.
const SEQUENCE: NonZeroU32 = seconds(30);
/// Seconds between two looks at keys that were rotated.
const RENEW: NonZeroU32 = seconds(300);
/// Seconds between two looks at what is to be purged or backed up.
const LOOK: NonZeroU32 = seconds(60);
/// Seconds between two looks at what lies at AI providers.
const SWEEP: NonZeroU32 = seconds(900);
/// Seconds between two runs over commits that came in since.
const CLASSIFY: NonZeroU32 = seconds(6 * 3_600);
/// What a deployment does for itself.
const UPKEEP: [JobTask; 4] = [JobTask::SequenceAudit, JobTask::RenewKeys, JobTask::PurgeDue, JobTask::BackUp];
/// How often a sync is tried in a row before somebody is to look at it: by its backoff, about five hours.
const SYNC_ATTEMPTS: NonZeroU32 = seconds(12);

const fn seconds(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

/// Wakes this process's worker when something came into the queue that is due.
#[derive(Debug, Default)]
pub(in super::super) struct Wake(Notify);

impl Engine {
    /// Comes back when this process put something into the queue.
    pub(super) async fn jobs_due(&self) {
        self.parts().wake.0.notified().await;
    }

    pub(in super::super) fn wake_worker(&self) {
        self.parts().wake.0.notify_one();
    }

    /// How often a task is done.
    fn plan(&self, task: JobTask) -> JobPlan {
        match task {
            JobTask::SyncConnection(_) => {
                JobPlan { attempts: Some(SYNC_ATTEMPTS), ..JobPlan::every(self.parts().sync_interval) }
            }
            JobTask::SequenceAudit => JobPlan::every(SEQUENCE),
            JobTask::ClassifyCommits => JobPlan { priority: JobPriority::Low, ..JobPlan::every(CLASSIFY) },
            JobTask::SweepProviders => JobPlan::every(SWEEP),
            JobTask::RenewKeys => JobPlan::every(RENEW),
            // They have dates to keep.
            JobTask::PurgeDue | JobTask::BackUp => {
                JobPlan { priority: JobPriority::High, ..JobPlan::every(LOOK) }
            }
        }
    }

    pub(in super::super) fn new_job(
        &self,
        workspace: Option<WorkspaceId>,
        task: JobTask,
        run_after: Timestamp,
    ) -> Result<NewJob, EngineError> {
        let parts = self.parts();
        let id = JobId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?;
        Ok(NewJob { id, workspace, task, plan: self.plan(task), run_after, hasten: false })
    }

    async fn enqueue(&self, job: &NewJob) -> Result<(), EngineError> {
        let parts = self.parts();
        let capability = parts.authority.control();
        parts.store.jobs(&capability)?.enqueue(job).await?;
        self.wake_worker();
        Ok(())
    }

    /// Has a task done as soon as somebody has time for it.
    pub(in super::super) async fn hasten(
        &self,
        workspace: Option<WorkspaceId>,
        task: JobTask,
    ) -> Result<(), EngineError> {
        let job = self.new_job(workspace, task, self.parts().clock.now())?;
        self.enqueue(&NewJob { hasten: true, ..job }).await
    }

    /// Makes sure that the deployment's own work is in the queue, and not further away than its interval: a clock that was
    /// set back leaves it in a future that may never come.
    pub(super) async fn plan_upkeep(&self) -> Result<(), EngineError> {
        let parts = self.parts();
        let (capability, now) = (parts.authority.control(), parts.clock.now());
        let sweep = self.has_ai_providers().then_some(JobTask::SweepProviders);
        for task in UPKEEP.into_iter().chain(sweep) {
            let job = self.new_job(None, task, now)?;
            if !is_planned(parts.store.jobs(&capability)?.find(None, task).await?, &job) {
                self.enqueue(&job).await?;
            }
        }
        Ok(())
    }

    /// Makes sure that a sync of a connection is in the queue and planned as this engine plans it. One that is new is due at
    /// `run_after`.
    pub(in super::super) async fn plan_sync(
        &self,
        workspace: WorkspaceId,
        connection: ConnectionId,
        run_after: Timestamp,
    ) -> Result<(), EngineError> {
        self.plan_job(Some(workspace), JobTask::SyncConnection(connection), run_after).await
    }

    /// Makes sure that a job is in the queue and planned as this engine plans it.
    pub(in super::super) async fn plan_job(
        &self,
        workspace: Option<WorkspaceId>,
        task: JobTask,
        run_after: Timestamp,
    ) -> Result<(), EngineError> {
        self.enqueue(&self.new_job(workspace, task, run_after)?).await
    }

    /// Gives a job that is held the plan that this engine has for it: another interval may have been configured.
    pub(super) async fn replan(&self, job: &JobRecord) -> Result<(), EngineError> {
        if job.plan == self.plan(job.task) {
            return Ok(());
        }
        self.enqueue(&self.new_job(job.workspace, job.task, self.parts().clock.now())?).await
    }
}

/// Whether asking for the job would change nothing.
fn is_planned(stored: Option<JobRecord>, job: &NewJob) -> bool {
    stored.is_some_and(|stored| {
        let mut asked = stored.clone();
        asked.ask_again(job);
        asked == stored
    })
}
