//! A commit as numbers: who, when, how much of what, which kind of work. Nothing of what it says.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::activity::{ActivityLabel, ActivityShares};
use super::artefact::{Artefact, Language};
use super::complexity::ComplexityDelta;
use super::line::LineTurnover;
use super::work::CommitWork;
use crate::id::{PersonId, RepositoryId};
use crate::time::OffsetTimestamp;

/// A git object id of a commit: 20 bytes (SHA-1) or 32 bytes (SHA-256).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CommitId {
    /// Of a SHA-1 repository.
    Sha1([u8; 20]),
    /// Of a SHA-256 repository.
    Sha256([u8; 32]),
}

/// A text or byte string is no commit id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a commit id: expected 40 or 64 hexadecimal digits")]
pub struct ParseCommitIdError;

impl CommitId {
    /// The id with these 20 or 32 bytes.
    ///
    /// # Errors
    /// For any other length.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ParseCommitIdError> {
        if let Ok(sha1) = bytes.try_into() {
            return Ok(Self::Sha1(sha1));
        }
        bytes.try_into().map(Self::Sha256).map_err(|_| ParseCommitIdError)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sha1(bytes) => bytes,
            Self::Sha256(bytes) => bytes,
        }
    }

    /// The first eight bytes as a number: enough to tell the commits of one repository apart where space counts.
    #[must_use]
    pub const fn prefix(&self) -> u64 {
        match self {
            Self::Sha1([a, b, c, d, e, f, g, h, ..]) | Self::Sha256([a, b, c, d, e, f, g, h, ..]) => {
                u64::from_be_bytes([*a, *b, *c, *d, *e, *f, *g, *h])
            }
        }
    }
}

impl fmt::Display for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for CommitId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommitId({self})")
    }
}

impl FromStr for CommitId {
    type Err = ParseCommitIdError;
    fn from_str(text: &str) -> Result<Self, ParseCommitIdError> {
        let mut bytes = Vec::with_capacity(32);
        for pair in text.as_bytes().chunks(2) {
            let digits = std::str::from_utf8(pair).ok().filter(|two| two.len() == 2 && !two.starts_with('+'));
            let byte = digits.and_then(|two| u8::from_str_radix(two, 16).ok());
            bytes.push(byte.ok_or(ParseCommitIdError)?);
        }
        Self::from_bytes(&bytes)
    }
}

impl Serialize for CommitId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_bytes(self.as_bytes())
        }
    }
}

impl<'de> Deserialize<'de> for CommitId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
        } else {
            Self::from_bytes(<&[u8]>::deserialize(deserializer)?).map_err(de::Error::custom)
        }
    }
}

/// A path under the workspace's path key: equality without the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PathKey(pub u64);

/// What happened to a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileStatus {
    /// It is new.
    Added,
    /// It is gone.
    Deleted,
    /// Its content or mode changed.
    Modified,
    /// It became another kind of entry.
    TypeChanged,
}

/// Whether the lines of a file could be counted, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountState {
    /// Counted.
    Counted,
    /// Not text: there are no lines.
    Binary,
    /// Larger than the reader's limit.
    TooLarge,
    /// A commit of another repository: there are no lines.
    Submodule,
    /// Missing or damaged.
    Unreadable,
}

/// One changed file of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FileChange {
    /// Which file, without its name.
    pub path: PathKey,
    /// What happened to it.
    pub status: FileStatus,
    /// What sort of file it is.
    pub artefact: Artefact,
    /// Its language, where its name tells.
    pub language: Option<Language>,
    /// Lines that are new, as git counts them; 0 unless `counted` says [`CountState::Counted`].
    pub added: u32,
    /// Lines that are gone, as git counts them; 0 unless `counted` says [`CountState::Counted`].
    pub deleted: u32,
    /// Whether the two counts are real.
    pub counted: CountState,
    /// How old the lines were that it takes away, and how many are new; `None` where that is not known.
    pub turnover: Option<LineTurnover>,
    /// How complex its text was and is; `None` where that is not known, as for languages without rules.
    pub complexity: Option<ComplexityDelta>,
}

/// A commit on the line of history that is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitFact {
    /// Where.
    pub repository: RepositoryId,
    /// Which.
    pub id: CommitId,
    /// Its parents, first parent first; more than one makes a merge.
    pub parents: Vec<CommitId>,
    /// Who wrote it; `None` when the commit names nobody.
    pub author: Option<PersonId>,
    /// When it was written, by the author's clock.
    pub authored: OffsetTimestamp,
    /// Who brought it in; `None` when the commit names nobody.
    pub committer: Option<PersonId>,
    /// When it was brought in, by the committer's clock.
    pub committed: OffsetTimestamp,
    /// Whether its author is a program.
    pub bot: bool,
    /// What kind of work it is; merges have none.
    pub label: Option<ActivityLabel>,
    /// What the offline model makes of it, whatever its author declared: by the difference the habits of a repository are
    /// learned. `None` where a rule decides, and for merges.
    pub model: Option<ActivityShares>,
    /// The changed files against the first parent; empty for merges.
    pub changes: Vec<FileChange>,
    /// What became of the lines it touches, and its patch.
    pub work: CommitWork,
}

impl CommitFact {
    /// Whether it has more than one parent.
    #[must_use]
    pub const fn is_merge(&self) -> bool {
        self.parents.len() > 1
    }

    /// Lines added in all counted files.
    #[must_use]
    pub fn added(&self) -> u64 {
        self.changes.iter().map(|change| u64::from(change.added)).sum()
    }

    /// Lines deleted in all counted files.
    #[must_use]
    pub fn deleted(&self) -> u64 {
        self.changes.iter().map(|change| u64::from(change.deleted)).sum()
    }

    /// By how many points its files became more complex together, and for how many of them that is known; `None` for none.
    #[must_use]
    pub fn complexity(&self) -> Option<(i64, usize)> {
        let known = || self.changes.iter().filter_map(|change| change.complexity);
        let files = known().count();
        (files > 0).then(|| (known().map(|one| one.change()).sum(), files))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_both_formats_survive_text_and_bytes() {
        for text in ["00ff".repeat(10), "a1".repeat(32)] {
            let id: CommitId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
            assert_eq!(postcard::from_bytes::<CommitId>(&postcard::to_stdvec(&id).unwrap()).unwrap(), id);
            assert_eq!(serde_json::from_str::<CommitId>(&format!("\"{text}\"")).unwrap(), id);
        }
        for bad in ["", "ab", "+f00", &"g".repeat(40), &"a".repeat(39), "äöü"] {
            assert!(bad.parse::<CommitId>().is_err(), "{bad}");
        }
    }
}
