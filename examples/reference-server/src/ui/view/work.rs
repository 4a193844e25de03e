//! What the work on lines was, and the commits that have lines of one kind.

use super::{Panel, ReportHeader, When};
use crate::ui::Label;
use crate::ui::number::{percent, thousands};
use crate::ui::palette::WorkKind;

/// One kind of lines.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkRow {
    /// Which, with its colour.
    pub kind: WorkKind,
    /// Its name in addresses.
    pub name: String,
    /// Lines.
    pub lines: u64,
    /// Their share, between 0 and 1.
    pub share: f64,
    /// What it means.
    pub meaning: String,
}

/// What the work on lines was.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// The head of the report.
    pub header: ReportHeader,
    /// The breakdown first, then what belongs to it.
    pub panels: Vec<Panel>,
    /// One row per kind; empty where nothing is known.
    pub rows: Vec<WorkRow>,
}

/// One commit.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkCommit {
    /// The first digits of its id.
    pub id: String,
    /// The repository it is in.
    pub repository: Label,
    /// When it was brought in.
    pub when: When,
    /// Its lines of the kind.
    pub lines: u64,
    /// Its label, where it has one that is sure enough.
    pub activity: Option<WorkKind>,
}

/// The commits that have lines of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkCommits {
    /// The head of the report.
    pub header: ReportHeader,
    /// Which kind.
    pub kind: WorkKind,
    /// Its name in addresses.
    pub name: String,
    /// How many there are in all.
    pub total: usize,
    /// Those of this page, newest first.
    pub rows: Vec<WorkCommit>,
    /// The address of the next page; `None` on the last.
    pub older: Option<String>,
}

impl WorkRow {
    pub(in crate::ui) fn share_text(&self) -> String {
        percent(self.share)
    }

    pub(in crate::ui) fn lines_text(&self) -> String {
        thousands(self.lines)
    }
}

impl WorkCommit {
    pub(in crate::ui) fn lines_text(&self) -> String {
        thousands(self.lines)
    }
}
