//! The overview of a workspace.

use super::{ReportHeader, ReportState, Section, SyncProgress, When};
use crate::ui::Label;

/// A line of the table of repositories. No line ranks people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepositoryRow {
    /// Its id in addresses.
    pub id: String,
    /// Its name.
    pub name: Label,
    /// Commits in the window; `None` while unknown.
    pub commits: Option<u64>,
    /// People who wrote them; `None` while unknown, or when there are too few to say.
    pub people: Option<u64>,
    /// The newest commit.
    pub last_commit: Option<When>,
    /// What limits its numbers, in a word, such as "shallow"; may be empty.
    pub remark: String,
}

/// The overview of a workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// Its head.
    pub header: ReportHeader,
    /// Whether there is a report.
    pub state: ReportState,
    /// A read under way, or the failure of the last one.
    pub sync: Option<SyncProgress>,
    /// The panels.
    pub sections: Vec<Section>,
    /// The repositories.
    pub repositories: Vec<RepositoryRow>,
}

impl RepositoryRow {
    pub(in crate::ui) fn commits_text(&self) -> String {
        count(self.commits)
    }

    pub(in crate::ui) fn people_text(&self) -> String {
        count(self.people)
    }
}

fn count(value: Option<u64>) -> String {
    value.map_or_else(|| crate::ui::number::UNKNOWN.to_owned(), crate::ui::number::thousands)
}
