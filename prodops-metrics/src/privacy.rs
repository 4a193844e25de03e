//! Who may see what about few people.
//!
//! Nothing in this crate names or ranks people: results hold counts of people and nothing that tells them apart.

use serde::Serialize;

/// The fewest people that a team sees results about, where a result could be read as one person's.
pub const K_PEOPLE: u64 = 5;

/// Who reads a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Members of a workspace: results about fewer than [`K_PEOPLE`] people are held back where a definition says so.
    Team,
    /// Somebody at the machine that holds the repositories: nothing is held back that the history itself shows.
    LocalOperator,
}

impl Audience {
    /// Whether a result about so many people is held back.
    pub(crate) const fn holds_back(self, people: u64) -> bool {
        matches!(self, Self::Team) && people > 0 && people < K_PEOPLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_are_too_few_and_five_are_not() {
        assert!(Audience::Team.holds_back(1) && Audience::Team.holds_back(4));
        assert!(!Audience::Team.holds_back(5) && !Audience::Team.holds_back(0));
        assert!(!Audience::LocalOperator.holds_back(1));
    }
}
