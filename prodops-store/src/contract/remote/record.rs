//! What lies at an AI provider, or may, and has to be deleted there.

use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{BatchTag, RemoteObjectId};

/// What an object at a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteObjectKind {
    /// The file of requests.
    Input,
    /// The batch.
    Batch,
    /// The file of answers.
    Output,
    /// The file of requests that failed.
    Errors,
}

impl RemoteObjectKind {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Batch => "batch",
            Self::Output => "output",
            Self::Errors => "errors",
        }
    }
}

/// How far an object is known to have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteObjectState {
    /// It is about to be made: it may be there or not.
    Intended,
    /// It is there.
    Stored,
    /// Its deletion was asked for and not yet seen.
    DeletionAsked,
}

impl RemoteObjectState {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Stored => "stored",
            Self::DeletionAsked => "deletion_asked",
        }
    }
}

/// One object at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteObjectRecord {
    /// The batch that it belongs to.
    pub tag: BatchTag,
    /// What it is. A batch has at most one object of a kind.
    pub kind: RemoteObjectKind,
    /// The provider, by the name of its register entry.
    pub provider: String,
    /// The provider's id of it, once known.
    pub id: Option<RemoteObjectId>,
    /// How far it has come.
    pub state: RemoteObjectState,
    /// Since when it is there, or may be.
    pub since: Timestamp,
    /// When whoever runs the batch last gave a sign of life; `None` when nobody does any more.
    pub alive: Option<Timestamp>,
}

impl RemoteObjectRecord {
    /// What a row of this tag and kind is kept under: tags are of one length.
    #[must_use]
    pub fn key(tag: &BatchTag, kind: RemoteObjectKind) -> Vec<u8> {
        let place = match kind {
            RemoteObjectKind::Input => 1,
            RemoteObjectKind::Batch => 2,
            RemoteObjectKind::Output => 3,
            RemoteObjectKind::Errors => 4,
        };
        [tag.as_str().as_bytes(), &[place]].concat()
    }
}
