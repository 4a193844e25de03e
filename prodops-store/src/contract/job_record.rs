//! A job in the queue, and what becomes of it.

use prodops_core::id::{JobId, WorkerId, WorkspaceId};
use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::job::{JobClaim, JobFailure, JobHold, JobPlan, JobTask, NewJob};

/// Where a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobState {
    /// It waits for its time or for a worker.
    Queued,
    /// A worker has it.
    Running {
        /// Which one.
        worker: WorkerId,
        /// When it is up for others unless the worker renews its hold.
        expires: Timestamp,
    },
    /// It failed too often: an operator looks at it and puts it back.
    Dead,
}

/// A job as the queue keeps it. What is done and not to be done again is not kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRecord {
    /// The job's id.
    pub id: JobId,
    /// Whose work it is; `None` for the deployment's own.
    pub workspace: Option<WorkspaceId>,
    /// What is to be done.
    pub task: JobTask,
    /// How often.
    pub plan: JobPlan,
    /// Where it is.
    pub state: JobState,
    /// Not before. Of a job that runs: when it was due.
    pub run_after: Timestamp,
    /// Grows with every time that a worker takes it: a report with an older epoch is refused.
    pub epoch: u64,
    /// Attempts since it last succeeded, the present one included.
    pub attempts: u32,
    /// Asked for once more while it ran: when, at the earliest.
    pub again: Option<Timestamp>,
    /// When it last succeeded; `None` before the first time.
    pub succeeded: Option<Timestamp>,
    /// When and why an attempt last failed, since it last succeeded.
    pub failed: Option<(Timestamp, JobFailure)>,
}

impl JobRecord {
    /// A job that just came into the queue.
    #[must_use]
    pub const fn new(job: &NewJob) -> Self {
        Self {
            id: job.id,
            workspace: job.workspace,
            task: job.task,
            plan: job.plan,
            state: JobState::Queued,
            run_after: job.run_after,
            epoch: 0,
            attempts: 0,
            again: None,
            succeeded: None,
            failed: None,
        }
    }

    /// What becomes of it when somebody asks for it again.
    pub fn ask_again(&mut self, job: &NewJob) {
        self.plan = job.plan;
        match self.state {
            JobState::Queued => {
                if job.hasten {
                    self.run_after = self.run_after.min(job.run_after);
                }
                // A time that no plan can have led to is what is left of a clock that was set back, or of an older plan.
                if let Some(every) = self.plan.every {
                    let latest = job.run_after.plus_seconds(i64::from(every.get()));
                    self.run_after = self.run_after.min(latest);
                }
            }
            JobState::Running { .. } if job.hasten => {
                self.again = Some(self.again.map_or(job.run_after, |earlier| earlier.min(job.run_after)));
            }
            JobState::Running { .. } | JobState::Dead => {}
        }
    }

    /// What becomes of it when a worker takes it.
    pub const fn take(&mut self, claim: &JobClaim) {
        self.epoch = self.epoch.saturating_add(1);
        self.attempts = self.attempts.saturating_add(1);
        self.state = JobState::Running { worker: claim.worker, expires: claim.expires };
    }

    /// What becomes of it when it is done: `None` when that was all.
    #[must_use]
    pub fn done(mut self, now: Timestamp) -> Option<Self> {
        let interval = self.plan.every.map(|every| now.plus_seconds(i64::from(every.get())));
        self.run_after = match (self.again.take(), interval) {
            (Some(again), Some(interval)) => again.min(interval),
            (again, interval) => again.or(interval)?,
        };
        self.state = JobState::Queued;
        (self.attempts, self.succeeded, self.failed) = (0, Some(now), None);
        Some(self)
    }

    /// What becomes of it when an attempt failed.
    pub fn fail(&mut self, failure: JobFailure, now: Timestamp, retry: Option<Timestamp>) {
        self.failed = Some((now, failure));
        match retry {
            Some(retry) if !self.is_spent() => {
                self.state = JobState::Queued;
                self.run_after = self.again.take().map_or(retry, |again| again.min(retry));
            }
            _ => (self.state, self.again) = (JobState::Dead, None),
        }
    }

    /// What becomes of it when it is handed back.
    pub fn release(&mut self, run_after: Timestamp) {
        self.attempts = self.attempts.saturating_sub(1);
        self.state = JobState::Queued;
        self.run_after = self.again.take().map_or(run_after, |again| again.min(run_after));
    }

    /// What becomes of it when its worker was not heard of again.
    pub fn abandon(&mut self, now: Timestamp) {
        self.fail(JobFailure::Abandoned, now, Some(now));
    }

    /// What becomes of a dead letter that is put back.
    pub const fn revive(&mut self, now: Timestamp) {
        self.state = JobState::Queued;
        self.run_after = now;
        self.attempts = 0;
    }

    /// The hold that its present epoch is.
    #[must_use]
    pub const fn hold(&self) -> JobHold {
        JobHold { job: self.id, epoch: self.epoch }
    }

    /// Whether it may not be tried once more.
    #[must_use]
    pub const fn is_spent(&self) -> bool {
        match self.plan.attempts {
            Some(most) => self.attempts >= most.get(),
            None => false,
        }
    }
}
