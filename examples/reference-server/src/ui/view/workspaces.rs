//! The workspaces that somebody belongs to.

use super::When;
use crate::ui::Label;

/// A workspace in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceRow {
    /// The address where the reader begins.
    pub start: String,
    /// Its name for people.
    pub name: Label,
    /// The reader's role in it.
    pub role: String,
    /// How many repositories it reads; `None` while unknown.
    pub repositories: Option<u64>,
    /// When its sources were last read.
    pub read: Option<When>,
}

/// The workspaces that somebody belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Workspaces {
    /// The list.
    pub workspaces: Vec<WorkspaceRow>,
}

impl WorkspaceRow {
    pub(in crate::ui) fn repositories_text(&self) -> String {
        match self.repositories {
            None => "repositories unknown".to_owned(),
            Some(1) => "1 repository".to_owned(),
            Some(n) => format!("{} repositories", crate::ui::number::thousands(n)),
        }
    }
}
