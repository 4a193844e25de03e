//! What a report is made from.

use prodops_core::fact::{CommitFact, CoverageFact, LineLogFact, PersonFact, RepositoryFact};
use prodops_core::id::RepositoryId;
use serde::Serialize;

/// Facts of one workspace, in any order.
///
/// Only what belongs to a listed repository enters a report: the list that a caller may see is the list to pass here.
#[derive(Debug, Clone, Copy, Default)]
pub struct FactSet<'a> {
    /// The repositories that the report may speak about.
    pub repositories: &'a [RepositoryFact],
    /// Their commits.
    pub commits: &'a [CommitFact],
    /// The people that commits name; whom it calls a program is one in every commit.
    pub people: &'a [PersonFact],
    /// What was completely read.
    pub coverage: &'a [CoverageFact],
    /// The snapshots of their lines, the parts of each in order.
    pub lines: &'a [LineLogFact],
}

/// Which of the listed repositories a report speaks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of them together.
    All,
    /// One of them.
    Repository(RepositoryId),
}

impl<'a> FactSet<'a> {
    /// The repositories in scope, each once, by rising id.
    pub(crate) fn in_scope(&self, scope: Scope) -> Vec<&'a RepositoryFact> {
        let mut found: Vec<_> = match scope {
            Scope::All => self.repositories.iter().collect(),
            Scope::Repository(id) => self.repositories.iter().filter(|one| one.id == id).collect(),
        };
        found.sort_by_key(|repository| repository.id);
        found.dedup_by_key(|repository| repository.id);
        found
    }
}
