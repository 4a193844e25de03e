//! What background work there is, and how it comes into the queue and out of it.

use std::fmt;
use std::num::NonZeroU32;

use prodops_core::id::{ConnectionId, JobId, WorkerId, WorkspaceId};
use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What is to be done, and to what: ids only, so that the queue tells nothing about anybody.
///
/// The one list of background work. Whoever adds to its end adds the work itself to the engine's worker, which does not
/// compile until then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JobTask {
    /// Read what is new behind a connection.
    SyncConnection(ConnectionId),
    /// Give the audit entries that wait their places in the deployment's tree.
    SequenceAudit,
    /// Bring rows under the newest data keys, and destroy the keys that no row names any more.
    RenewKeys,
    /// Purge the workspaces whose grace is over.
    PurgeDue,
    /// Make a backup when one is due, and remove those that were kept long enough.
    BackUp,
    /// Ask an AI provider about the commits of a workspace that the offline model is unsure of.
    ClassifyCommits,
    /// Delete what lies at AI providers after runs that died.
    SweepProviders,
}

impl JobTask {
    /// The stable name of the kind of work.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::SyncConnection(_) => "sync_connection",
            Self::SequenceAudit => "sequence_audit",
            Self::RenewKeys => "renew_keys",
            Self::PurgeDue => "purge_due",
            Self::BackUp => "back_up",
            Self::ClassifyCommits => "classify_commits",
            Self::SweepProviders => "sweep_providers",
        }
    }

    /// What the work is about, zeros for what there is one of. One job at a time has the same workspace, kind and subject.
    #[must_use]
    pub const fn subject(self) -> [u8; 16] {
        match self {
            Self::SyncConnection(id) => *id.as_bytes(),
            Self::SequenceAudit
            | Self::RenewKeys
            | Self::PurgeDue
            | Self::BackUp
            | Self::ClassifyCommits
            | Self::SweepProviders => [0; 16],
        }
    }
}

/// Which of the jobs of one workspace come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobPriority {
    /// Somebody waits for it, or it has a deadline.
    High,
    /// What is done again and again.
    Normal,
    /// Whenever there is nothing else.
    Low,
}

impl JobPriority {
    /// All of them, the first to be served first.
    pub const ALL: [Self; 3] = [Self::High, Self::Normal, Self::Low];

    /// Its place in the order: the smallest is served first.
    #[must_use]
    pub const fn rank(self) -> u8 {
        match self {
            Self::High => 0,
            Self::Normal => 1,
            Self::Low => 2,
        }
    }
}

/// How often a job is tried again, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobPlan {
    /// Which of the workspace's jobs come first.
    pub priority: JobPriority,
    /// Seconds between the end of one run and the beginning of the next; `None` for what is done once.
    pub every: Option<NonZeroU32>,
    /// After how many attempts in a row that failed it becomes a dead letter; `None` for what is tried for ever.
    pub attempts: Option<NonZeroU32>,
}

impl JobPlan {
    /// Done once, tried up to ten times.
    pub const ONCE: Self = Self { priority: JobPriority::Normal, every: None, attempts: NonZeroU32::new(10) };

    /// Done again and again with so many seconds between two runs, and never given up.
    #[must_use]
    pub const fn every(seconds: NonZeroU32) -> Self {
        Self { priority: JobPriority::Normal, every: Some(seconds), attempts: None }
    }
}

/// A job on its way into the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The job's id, never used before.
    pub id: JobId,
    /// Whose work it is; `None` for the deployment's own.
    pub workspace: Option<WorkspaceId>,
    /// What is to be done.
    pub task: JobTask,
    /// How often.
    pub plan: JobPlan,
    /// Not before.
    pub run_after: Timestamp,
    /// Whether a job that is there already comes to be due by then, or runs once more when it runs now. Otherwise asking
    /// again changes its plan only.
    pub hasten: bool,
}

/// Why an attempt failed: a code, since an error's text may hold what must not be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum JobFailure {
    /// What is to be read cannot be reached now.
    Unreachable,
    /// The provider refuses: its permission is gone or narrower than needed.
    Refused,
    /// What was connected is not there, or is not what it was.
    Unusable,
    /// What was read makes no sense.
    Damaged,
    /// Somebody else works on the same thing.
    Busy,
    /// The policies do not allow it.
    Denied,
    /// The store, or the place of the backups, could not be read or written.
    Store,
    /// A key could not be had.
    Keys,
    /// A worker took it and was not heard of again.
    Abandoned,
    /// A defect: the process log says more.
    Defect,
}

impl JobFailure {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
            Self::Unusable => "unusable",
            Self::Damaged => "damaged",
            Self::Busy => "busy",
            Self::Denied => "denied",
            Self::Store => "store",
            Self::Keys => "keys",
            Self::Abandoned => "abandoned",
            Self::Defect => "defect",
        }
    }
}

impl fmt::Display for JobFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a worker has of a job: good until somebody else takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct JobHold {
    /// The job.
    pub job: JobId,
    /// The epoch at which it was taken.
    pub epoch: u64,
}

/// A worker asks for something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobClaim {
    /// Who asks.
    pub worker: WorkerId,
    /// The present: jobs that are due by now, and holds that ended before.
    pub now: Timestamp,
    /// When the hold ends unless it is renewed.
    pub expires: Timestamp,
    /// How many jobs of one workspace run at the same time at most, whoever runs them.
    pub per_workspace: u32,
}
