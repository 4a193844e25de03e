//! Whose lines are left in the folders of a repository.

use super::When;
use crate::ui::Label;
use crate::ui::number::thousands;

/// A folder or file.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnedPlace {
    /// Its name.
    pub name: Label,
    /// The folder's path for the next question; `None` for a file.
    pub folder: Option<String>,
    /// How many files are in it.
    pub files: u64,
    /// Handwritten lines of people.
    pub lines: u64,
    /// How many people wrote them, or why that is not said.
    pub people: String,
    /// How few of them wrote more than half, or why that is not said.
    pub bus_factor: String,
    /// The share of whoever wrote most, or why that is not said.
    pub largest: String,
}

/// A step of the way down to the folder.
#[derive(Debug, Clone, PartialEq)]
pub struct FolderStep {
    /// Its name.
    pub name: Label,
    /// Its path.
    pub folder: String,
}

/// Whose lines are left in a folder.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnershipPage {
    /// The repository's id in addresses.
    pub id: String,
    /// Its name.
    pub name: Label,
    /// The folders above this one, and this one; empty at the top.
    pub steps: Vec<FolderStep>,
    /// When the repository was read; `None` before the first read has ended.
    pub read: Option<When>,
    /// What lies in the folder.
    pub places: Vec<OwnedPlace>,
    /// Why there is no table, if there is none.
    pub missing: Option<String>,
    /// What was left out, in words.
    pub left_out: Vec<String>,
}

impl OwnedPlace {
    pub(in crate::ui) fn files_text(&self) -> String {
        thousands(self.files)
    }

    pub(in crate::ui) fn lines_text(&self) -> String {
        thousands(self.lines)
    }
}
