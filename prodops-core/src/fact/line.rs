//! Lines as numbers: what a commit does to the lines of files, and which commit every line comes from. No text is in here.

use serde::{Deserialize, Serialize};

use super::commit::{CommitId, PathKey};
use crate::id::{PersonId, RepositoryId};

/// Lines of a changed file by how old they were when they were taken away, and new ones. Lines that moved and lines in which
/// only white space changed are none of these.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LineTurnover {
    /// New lines, those among them that stand in the place of others.
    pub written: u32,
    /// New lines beyond those that they replace.
    pub fresh: u32,
    /// Lines taken away within 21 days after their own author wrote them.
    pub rework_own: u32,
    /// Lines taken away within 21 days after somebody else wrote them.
    pub rework_others: u32,
    /// Older lines taken away.
    pub refactored: u32,
    /// The ages of all lines taken away, in whole days, added up.
    pub age_days: u32,
}

impl LineTurnover {
    /// Lines taken away, of any age.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.rework_own as u64 + self.rework_others as u64 + self.refactored as u64
    }
}

/// Lines in a row of a file after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LineSpan {
    /// The commit wrote them.
    Written(u32),
    /// They come from a file of a parent.
    Kept {
        /// Which of the edit's sources.
        source: u16,
        /// The first of them there, from 0.
        first: u32,
        /// How many.
        lines: u32,
    },
}

impl LineSpan {
    /// How many lines.
    #[must_use]
    pub const fn lines(&self) -> u32 {
        match self {
            Self::Written(lines) | Self::Kept { lines, .. } => *lines,
        }
    }
}

/// A file of a parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LineSource {
    /// The parent's place in the commit's list.
    pub parent: u16,
    /// Its path there, where that is another one.
    pub path: Option<PathKey>,
}

/// What a file is after a commit, in lines of the files before it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LinesAfter {
    /// The very file that this parent has.
    Same(u16),
    /// Gone, or without lines.
    Gone,
    /// These lines, first line first.
    Spans {
        /// The files that spans speak of.
        sources: Vec<LineSource>,
        /// The spans.
        spans: Vec<LineSpan>,
    },
}

/// One file that a commit changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileLines {
    /// Which.
    pub path: PathKey,
    /// What it is afterwards.
    pub after: LinesAfter,
}

/// What a commit does to lines. With those of all commits before it, it tells where every line comes from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CommitLines {
    /// Which.
    pub id: CommitId,
    /// Its parents, first parent first.
    pub parents: Vec<CommitId>,
    /// Who wrote it.
    pub author: Option<PersonId>,
    /// When it was brought in, in seconds since 1970.
    pub committed: i64,
    /// The files in which it differs from one parent or more.
    pub files: Vec<FileLines>,
}

/// Lines that a commit takes away from a file of its first parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileLosses {
    /// The file in the commit.
    pub path: PathKey,
    /// The file in the first parent.
    pub from: PathKey,
    /// First line there, from 0, and how many.
    pub lost: Vec<(u32, u32)>,
    /// New lines.
    pub written: u32,
    /// New lines beyond those that they replace.
    pub fresh: u32,
}

/// What a commit does to lines, and which lines it takes away; of a merge the latter is not asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitEdits {
    /// What it does.
    pub lines: CommitLines,
    /// The files of which both sides were read.
    pub losses: Vec<FileLosses>,
}

/// Lines in a row that come from the same commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LineRun {
    /// How many lines.
    pub lines: u32,
    /// The place of their commit in the snapshot's list, less that of the run before in the same file.
    pub commit: i32,
}

/// A commit of which lines are left.
///
/// Of its id it has as much as tells the commits of one repository apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LineOwner {
    /// The first eight bytes of its id.
    pub commit: u64,
    /// The place of its author in the snapshot's list; `None` when it names nobody.
    pub author: Option<u32>,
    /// When it was brought in, in seconds since 1970, less the same of the commit before it in the list.
    pub committed: i64,
}

/// Where the lines of a file come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileRuns {
    /// Which file.
    pub path: PathKey,
    /// Its lines, first line first.
    pub runs: Vec<LineRun>,
}

/// A part of what is known of all lines at the last commit. The first part holds the lists, each part some files.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LineSnapshot {
    /// Who wrote lines that are left.
    pub authors: Vec<PersonId>,
    /// The commits of which lines are left.
    pub commits: Vec<LineOwner>,
    /// The files.
    pub files: Vec<FileRuns>,
}

/// What the log of a repository's lines holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LineEntry {
    /// What the next commits do, in the order of the walk.
    Edits {
        /// Whether a history begins here: nothing that was logged in an earlier walk belongs to it.
        begins: bool,
        /// The commits.
        commits: Vec<CommitLines>,
    },
    /// What is known when a walk is complete. Its first part replaces the parts of earlier ones.
    Snapshot(LineSnapshot),
}

/// One entry of the log of a repository's lines.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LineLogFact {
    /// Of which repository.
    pub repository: RepositoryId,
    /// In which walk over its history.
    pub walk: u64,
    /// The place in the walk of its first commit; of a snapshot, the number of the part.
    pub place: u64,
    /// What it says.
    pub entry: LineEntry,
}

impl LineLogFact {
    /// Whether it is a part of a snapshot.
    #[must_use]
    pub const fn is_snapshot(&self) -> bool {
        matches!(self.entry, LineEntry::Snapshot(_))
    }
}
