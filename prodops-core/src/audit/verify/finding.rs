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
    /// Nothing commits to it: whoever put it there, or took its leaf away, could have changed it as well.
    #[error("is neither in the tree nor on its way into it")]
    Uncommitted,
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
    /// The row that says where a log ends was changed.
    #[error("in the log of {}, the row that says where it ends cannot be read back", Log(*workspace))]
    Head {
        /// Whose log; `None` is the deployment's own.
        workspace: Option<WorkspaceId>,
    },
    /// The first leaf that the tree lacks: nothing behind it can be compared with what was signed.
    #[error("leaf {index} of the tree {problem}")]
    Leaf {
        /// Its index.
        index: u64,
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
    /// Two checkpoints of one size disagree: one of them was shown to others, and the history is another one now.
    #[error(
        "two different trees of {to} leaves were signed, alike up to leaf {from}: look at the log of {} from entry {seq} on",
        Log(*workspace)
    )]
    TreeForked {
        /// The first leaf that may be another one: all before add up to an older checkpoint that nobody disputes.
        from: u64,
        /// How many leaves both are about.
        to: u64,
        /// The log of the leaf at `from`.
        workspace: Option<WorkspaceId>,
        /// Its sequence number.
        seq: u64,
    },
    /// The store's own checkpoints end before the tree does. Leaves and the checkpoint over them are stored together, so
    /// that this was done to it: checkpoints were removed, or leaves added.
    #[error(
        "the tree has {size} leaves, and the newest checkpoint of this store is over {signed}: checkpoints were removed"
    )]
    Unsigned {
        /// How many leaves there are.
        size: u64,
        /// How many the newest own checkpoint that fits is about.
        signed: u64,
    },
    /// What the sequencer would go on from is not the tree that its leaves make.
    #[error(
        "the stored right edge of the tree is not that of its {size} leaves{}: it was replaced or removed",
        Stored(*stored)
    )]
    RightEdge {
        /// How many leaves there are.
        size: u64,
        /// How many the stored right edge is about; `None` when it cannot be read back.
        stored: Option<u64>,
    },
}

struct Stored(Option<u64>);

impl std::fmt::Display for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            Some(size) => write!(f, ", but of a tree of {size}"),
            None => f.write_str(" and cannot be read back"),
        }
    }
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
