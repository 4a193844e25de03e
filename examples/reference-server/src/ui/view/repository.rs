//! The page of one repository.

use super::{ReportHeader, ReportState, Section, SyncProgress, When};
use crate::ui::Label;

/// Something to know about how a repository was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// In words: "submodules passed over".
    pub what: String,
    /// How many.
    pub n: u64,
}

/// What is known of a repository besides its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryDetails {
    /// The branch that is read; `None` when the head is detached.
    pub branch: Option<Label>,
    /// The first digits of its newest commit; `None` when there is no commit.
    pub head: Option<String>,
    /// Whether history is cut off at some depth.
    pub shallow: bool,
    /// How object ids are made: "SHA-1" or "SHA-256".
    pub object_format: String,
    /// When it was read; `None` before the first read has ended.
    pub read: Option<When>,
    /// What was passed over.
    pub notes: Vec<Note>,
}

/// The page of one repository.
#[derive(Debug, Clone, PartialEq)]
pub struct RepositoryPage {
    /// Its id in addresses.
    pub id: String,
    /// Its name.
    pub name: Label,
    /// The head of the report.
    pub header: ReportHeader,
    /// What is known besides numbers.
    pub details: RepositoryDetails,
    /// Whether there is a report.
    pub state: ReportState,
    /// A read under way, or the failure of the last one.
    pub sync: Option<SyncProgress>,
    /// The panels.
    pub sections: Vec<Section>,
}

impl Note {
    pub(in crate::ui) fn text(&self) -> String {
        format!("{} {}", crate::ui::number::thousands(self.n), self.what)
    }
}
