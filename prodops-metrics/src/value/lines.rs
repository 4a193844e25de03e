//! Changed lines, by kind of file.

use std::collections::BTreeMap;

use prodops_core::fact::{Artefact, FileChange};
use serde::Serialize;

/// Changed lines, and in how many changes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Lines {
    /// Changes of a file; the same file in two commits counts twice.
    pub files: u64,
    /// Lines added.
    pub added: u64,
    /// Lines deleted.
    pub deleted: u64,
}

impl Lines {
    /// Added and deleted together.
    #[must_use]
    pub const fn changed(&self) -> u64 {
        self.added.saturating_add(self.deleted)
    }

    pub(crate) fn take(&mut self, change: &FileChange) {
        self.files += 1;
        self.added += u64::from(change.added);
        self.deleted += u64::from(change.deleted);
    }

    fn plus(mut self, other: &Self) -> Self {
        self.files += other.files;
        self.added += other.added;
        self.deleted += other.deleted;
        self
    }
}

/// Changed lines by kind of file: what people wrote, and apart from it what programs wrote or others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct WorkLines {
    /// Files that people wrote in this repository; the headline.
    pub handwritten: BTreeMap<Artefact, Lines>,
    /// Generated, vendored, lock, minified and binary files; not in the headline.
    pub separated: BTreeMap<Artefact, Lines>,
}

impl WorkLines {
    /// The headline: all handwritten kinds together.
    #[must_use]
    pub fn total(&self) -> Lines {
        self.handwritten.values().fold(Lines::default(), Lines::plus)
    }
}
