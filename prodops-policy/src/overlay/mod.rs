//! Policies of a workspace's own. They only forbid, and deny overrides: whatever they say, nobody may do more than before.

mod error;
mod load;

use std::collections::BTreeMap;
use std::fmt;

use prodops_core::filter::Predicate;
use prodops_core::id::WorkspaceId;

use crate::decide::{Decider, Outcome};
use crate::file::Place;
use crate::hash::ProgramHash;
use crate::policy::PolicySummary;
use crate::program::Forbidden;
use crate::question::Question;
use crate::vocabulary::ActionKind;
pub use error::OverlayError;

/// The policies of one workspace, on top of those of the deployment.
///
/// They are asked only about what happens in that workspace, and never about the actions by which owners stay owners
/// (`Custody` in the schema): the deployment's policies alone decide those.
pub struct Overlay {
    workspace: WorkspaceId,
    decider: Decider,
    places: BTreeMap<String, Place>,
    hash: ProgramHash,
}

impl Overlay {
    /// Reads the policies of a workspace. Every one gets the condition that the resource is this workspace's.
    ///
    /// # Errors
    /// [`OverlayError`], with policy, line and column, when the text is too large, is not Cedar, does not fit the schema,
    /// permits anything, names another workspace, is about what owners need, or cannot be lowered.
    pub fn parse(workspace: WorkspaceId, text: &str) -> Result<Self, OverlayError> {
        load::overlay(workspace, text)
    }

    /// Whose policies they are.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// What they are recognised by.
    #[must_use]
    pub const fn hash(&self) -> ProgramHash {
        self.hash
    }

    /// The policies, ordered by id.
    #[must_use]
    pub fn summaries(&self) -> Vec<PolicySummary<'_>> {
        PolicySummary::all(self.decider.set(), &self.places)
    }

    /// What they say of a question that the deployment's policies allow.
    pub(crate) fn decide(&self, action: ActionKind, question: &Question<'_>) -> Outcome {
        if self.leaves_alone(action) { Outcome::Allowed } else { self.decider.forbid(action, question) }
    }

    /// What they hide of a list; `None` when they leave it alone.
    pub(crate) fn hidden(
        &self,
        action: ActionKind,
        question: &Question<'_>,
    ) -> Result<Vec<Predicate>, Outcome> {
        if self.leaves_alone(action) {
            return Ok(Vec::new());
        }
        match self.decider.hidden(action, question)? {
            Forbidden::Nothing => Ok(Vec::new()),
            Forbidden::Rows(shown) => Ok(shown),
            Forbidden::Everything => Err(self.decider.refusal(action, question)),
        }
    }

    pub(crate) const fn decider(&self) -> &Decider {
        &self.decider
    }

    pub(crate) fn leaves_alone(&self, action: ActionKind) -> bool {
        self.decider.verb(action).is_none_or(|verb| verb.custody)
    }
}

impl fmt::Debug for Overlay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Overlay")
            .field("workspace", &self.workspace)
            .field("policies", &self.places.keys())
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}
