//! What of a repository is written more than once.

use super::{When, WindowChoice};
use crate::ui::Label;
use crate::ui::number::{percent, thousands};

/// A part of a file that stands elsewhere, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicatedPlace {
    /// The name and id of the repository where it is another one.
    pub elsewhere: Option<(Label, String)>,
    /// The id of the repository that it is in.
    pub repository: String,
    /// The file's path; `None` where names cannot be had.
    pub path: Option<Label>,
    /// The folder that it lies in, for the way to whose lines those are.
    pub folder: String,
    /// Its first line.
    pub from: u32,
    /// Its last line.
    pub to: u32,
}

/// A block that stands in more than one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicatedRow {
    /// The first of its places.
    pub places: Vec<DuplicatedPlace>,
    /// How many more there are.
    pub more: u64,
    /// Its lines in all places together.
    pub lines: u64,
    /// The commits in the window that touched one of its files.
    pub commits: u64,
}

/// How much is written more than once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DuplicatedShare {
    /// Between 0 and 1.
    pub share: f64,
    /// Lines in blocks.
    pub duplicated: u64,
    /// Lines that were looked at.
    pub lines: u64,
    /// Blocks, shown or not.
    pub blocks: u64,
}

/// What of a repository is written more than once.
#[derive(Debug, Clone, PartialEq)]
pub struct DuplicatesPage {
    /// The repository's id in addresses.
    pub id: String,
    /// Its name.
    pub name: Label,
    /// When it was read; `None` before the first read has ended.
    pub read: Option<When>,
    /// The window of the commits.
    pub choice: WindowChoice,
    /// How much; `None` where that is not known.
    pub share: Option<DuplicatedShare>,
    /// The blocks, those first that cost most work.
    pub rows: Vec<DuplicatedRow>,
    /// Why there are none: a heading and a sentence.
    pub missing: Option<(String, String)>,
    /// What was left out, in words.
    pub left_out: Vec<String>,
    /// Whether the names of files can be had.
    pub named: bool,
}

impl DuplicatedPlace {
    pub(in crate::ui) fn lines_text(&self) -> String {
        format!("{}–{}", thousands(u64::from(self.from)), thousands(u64::from(self.to)))
    }
}

impl DuplicatedRow {
    pub(in crate::ui) fn lines_text(&self) -> String {
        thousands(self.lines)
    }

    pub(in crate::ui) fn commits_text(&self) -> String {
        thousands(self.commits)
    }

    pub(in crate::ui) fn more_text(&self) -> String {
        thousands(self.more)
    }
}

impl DuplicatedShare {
    pub(in crate::ui) fn share_text(&self) -> String {
        percent(self.share)
    }

    pub(in crate::ui) fn duplicated_text(&self) -> String {
        thousands(self.duplicated)
    }

    pub(in crate::ui) fn all_text(&self) -> String {
        thousands(self.lines)
    }

    pub(in crate::ui) fn blocks_text(&self) -> String {
        thousands(self.blocks)
    }
}
