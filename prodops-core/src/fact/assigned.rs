//! Labels that commits were given by something else than what their facts are derived from.

use serde::{Deserialize, Serialize};

use super::activity::{Activity, LabelSource, Probability};
use super::commit::CommitId;
use crate::id::RepositoryId;
use crate::time::Timestamp;

/// Who may give a commit a label that its facts do not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assigner {
    /// An AI provider.
    Ai,
    /// Somebody who may correct labels. Who it was is told by the audit log only.
    Person,
}

impl Assigner {
    /// What a label of theirs says of its source.
    #[must_use]
    pub const fn source(self) -> LabelSource {
        match self {
            Self::Ai => LabelSource::Ai,
            Self::Person => LabelSource::Person,
        }
    }
}

/// A label that was given to a commit. It is kept beside the commit, so that reading the history again does not lose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AssignedLabel {
    /// Where.
    pub repository: RepositoryId,
    /// Which commit.
    pub commit: CommitId,
    /// By whom; a commit has at most one of each.
    pub by: Assigner,
    /// The kind of work.
    pub activity: Activity,
    /// How likely it is right, by the assigner's own account.
    pub probability: Probability,
    /// When.
    pub at: Timestamp,
}
