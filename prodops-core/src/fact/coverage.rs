//! What was completely read: the difference between "none" and "unknown".

use serde::{Deserialize, Serialize};

use crate::id::{ConnectionId, RepositoryId};
use crate::time::Timestamp;

/// A kind of record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Entity {
    /// Commits.
    Commit,
    /// Requests to merge a change.
    ChangeRequest,
    /// Reviews of such requests.
    Review,
    /// Runs of CI pipelines.
    PipelineRun,
    /// Deployments.
    Deployment,
    /// Incidents.
    Incident,
    /// Items of a tracker.
    WorkItem,
    /// Files at the head.
    TipFile,
}

impl Entity {
    /// What to connect so that records of this kind become known.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::Commit | Self::TipFile => "a git repository",
            Self::ChangeRequest | Self::Review => "a code host",
            Self::PipelineRun => "a CI system",
            Self::Deployment => "a code host or CI system that records deployments",
            Self::Incident => "an incident tool",
            Self::WorkItem => "a tracker",
        }
    }
}

/// Why some of what was read is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Gap {
    /// History is cut off before this point.
    Shallow,
    /// An object was missing or damaged.
    UnreadableObject,
    /// A file was over the size limit.
    TooLargeFile,
    /// A submodule was passed over.
    Submodule,
    /// A name or message was not UTF-8 and was read leniently.
    LossyText,
    /// A time was outside the calendar.
    ImpossibleTime,
}

/// Which window of which kind of record was completely read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageFact {
    /// Through which connection.
    pub connection: ConnectionId,
    /// Of which repository.
    pub repository: RepositoryId,
    /// Records of this kind.
    pub entity: Entity,
    /// From here; `None` means from the beginning.
    pub from: Option<Timestamp>,
    /// Up to here: the instant at which the read began.
    pub to: Timestamp,
    /// What was passed over, with how many.
    pub gaps: Vec<(Gap, u64)>,
}
