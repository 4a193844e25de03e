//! What rows of commits say alike.

use prodops::core::fact::{CommitFact, RepositoryFact};

use crate::ui::Label;

/// The repository of a commit, where the reader sees it.
pub(super) fn repository_of<'r>(
    commit: &CommitFact,
    repositories: &'r [RepositoryFact],
) -> Option<&'r RepositoryFact> {
    repositories.iter().find(|repository| repository.id == commit.repository)
}

/// Its name; nothing where it is not seen.
pub(super) fn name_of(repository: Option<&RepositoryFact>) -> Label {
    Label::new(repository.map_or("", |repository| repository.name.as_str()))
}
