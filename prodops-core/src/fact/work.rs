//! What became of the lines that a commit touches, and which patch it is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A patch under the workspace's patch key: equal for the same patch on another branch, or in another repository of the
/// workspace.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PatchId(pub [u8; 16]);

impl fmt::Display for PatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PatchId({self})")
    }
}

/// Of the lines that a commit adds, how many are not new work; and its patch. Each line counts for one kind at most.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CommitWork {
    /// Lines that were taken away elsewhere in the commit.
    pub moved: u32,
    /// Lines that stand elsewhere in a file that the commit touches, and stay there.
    pub copied: u32,
    /// Lines in which nothing changed but white space without meaning.
    pub format_only: u32,
    /// Lines in which nothing changed but comments.
    pub comment_only: u32,
    /// The patch; none of merges and of commits that change nothing.
    pub patch: Option<PatchId>,
    /// The patch that takes it back.
    pub inverse: Option<PatchId>,
}
