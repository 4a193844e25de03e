//! One file of a commit, before and after.

use super::transient::Transient;

/// What a side of a change holds.
#[derive(Debug)]
pub enum Content {
    /// The file does not exist on this side.
    Absent,
    /// The file's bytes; of a symbolic link, its target.
    Bytes(Transient),
    /// The file is larger than the reader's limit and was not read.
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
    },
    /// A commit of another repository (a submodule): there is nothing to read.
    Submodule,
    /// The object is missing or damaged.
    Unreadable,
}

/// What happened to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Deleted,
    /// Its content or mode changed.
    Modified,
    /// It became another kind of entry: file, link or submodule.
    TypeChanged,
}

/// One changed path of a commit with both sides of its content.
#[derive(Debug)]
pub struct Change {
    /// The path from the root of the repository, bytes as git has them: not necessarily UTF-8.
    pub path: Vec<u8>,
    /// What happened to it.
    pub kind: ChangeKind,
    /// git's modes before and after, 0 on a side where there is nothing; `None` from a source that knows no modes.
    pub modes: Option<[u32; 2]>,
    /// Before.
    pub old: Content,
    /// After.
    pub new: Content,
}
