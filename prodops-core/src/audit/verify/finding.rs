//! What can be wrong with a log or with the tree.

use crate::id::WorkspaceId;

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// Its content is not what the tree, or the log itself, committed to.
    #[error("was altered")]
    Altered,
    /// It is there and cannot be read back: its bytes were changed, or moved from another place.
    #[error("cannot be read back: its bytes were changed or moved")]
    Unreadable,
    /// It stands at a place, or in a log, that it does not belong to.
    #[error("is out of place")]
    OutOfPlace,
    /// It follows another entry than the one that stands before it.
    #[error("does not follow the entry before it")]
    Unchained,
    /// The log ends before it.
    #[error("stands behind the end of the log")]
    BeyondHead,
}

/// Something that an honest store never has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Finding {
    /// The first bad entry of a log.
    #[error("in the log of {}, entry {seq} {problem}", Log(*workspace))]
    Entry {
        /// Whose log; `None` is the deployment's own.
        workspace: Option<WorkspaceId>,
        /// The first bad sequence number.
        seq: u64,
        /// What is wrong with it.
        problem: Problem,
    },
    /// Leaves were cut off the tree: a checkpoint was signed over more than there are.
    #[error(
        "the tree has {size} leaves, and a checkpoint was signed over {signed}: leaf {size} and what follows is missing"
    )]
    TreeTruncated {
        /// How many leaves there are.
        size: u64,
        /// How many the checkpoint is about.
        signed: u64,
    },
    /// Leaves do not add up to what was signed: the history was rewritten, and every hash with it.
    #[error(
        "the tree's leaves {from} to {to} are not those that were signed: look at the log of {} from entry {seq} on",
        Log(*workspace)
    )]
    TreeRewritten {
        /// The first leaf that may be another one: all before add up to an older checkpoint.
        from: u64,
        /// The first leaf behind those that were signed over.
        to: u64,
        /// The log of the leaf at `from`.
        workspace: Option<WorkspaceId>,
        /// Its sequence number.
        seq: u64,
    },
}

struct Log(Option<WorkspaceId>);

impl std::fmt::Display for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(workspace) => write!(f, "workspace {workspace}"),
            None => f.write_str("the deployment"),
        }
    }
}
