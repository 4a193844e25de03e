//! What holds at the moment of asking, beside the scope and the resource.

use prodops_core::id::{PersonId, TeamId};
use prodops_core::time::Timestamp;

use crate::sensitivity::Sensitivity;

/// What the caller's side knows at the moment of asking. Whatever is not said has the value that refuses.
///
/// Whether the workspace is archived, who asks, by session or API token and until when, is not here: the scope knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub(crate) now: Timestamp,
    pub(crate) second_factor: bool,
    pub(crate) audited_grant: bool,
    pub(crate) clearance: Sensitivity,
    pub(crate) person: Option<PersonId>,
    pub(crate) managed_teams: Vec<TeamId>,
}

impl Moment {
    /// A moment of which only the time is known.
    #[must_use]
    pub const fn at(now: Timestamp) -> Self {
        Self {
            now,
            second_factor: false,
            audited_grant: false,
            clearance: Sensitivity::Public,
            person: None,
            managed_teams: Vec::new(),
        }
    }

    /// Whether the caller proved themselves by a second factor in this session.
    #[must_use]
    pub const fn second_factor(mut self, proven: bool) -> Self {
        self.second_factor = proven;
        self
    }

    /// Whether a grant that is written in the audit log lets the caller see what is one person's, now and for the resource
    /// that is asked about.
    #[must_use]
    pub const fn audited_grant(mut self, given: bool) -> Self {
        self.audited_grant = given;
        self
    }

    /// How sensitive what the caller sees may be.
    #[must_use]
    pub const fn clearance(mut self, clearance: Sensitivity) -> Self {
        self.clearance = clearance;
        self
    }

    /// Which of the people whose work is seen the caller is.
    #[must_use]
    pub const fn person(mut self, person: PersonId) -> Self {
        self.person = Some(person);
        self
    }

    /// The teams that the caller manages.
    #[must_use]
    pub fn managed_teams(mut self, teams: impl IntoIterator<Item = TeamId>) -> Self {
        self.managed_teams = teams.into_iter().collect();
        self
    }

    /// The time of asking.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }
}
