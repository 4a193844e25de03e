//! The policy set in force, and the two questions that can be put to it.

use std::collections::BTreeMap;
use std::fmt;

use cedar_policy::{Effect, PolicySet, Schema};
use prodops_core::tenancy::WorkspaceScope;

use crate::action::{Action, ListAction};
use crate::decide::{Decider, Outcome};
use crate::denied::Denied;
use crate::error::PolicyError;
use crate::file::{Place, PolicyFile, SCHEMA, SHIPPED};
use crate::load;
use crate::moment::Moment;
use crate::permit::Permit;
use crate::question::Question;
use crate::resource::{ResourceFacts, ResourceKey};
use crate::visible::Visible;

/// The attribute of principals and resources that names their tenant.
const TENANT: &str = "workspace";

/// A validated policy set.
pub struct Policy {
    decider: Decider,
    places: BTreeMap<String, Place>,
}

/// What people read about a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PolicySummary<'a> {
    /// Its `@id`, as audit events name it.
    pub id: &'a str,
    /// Its `@description`.
    pub description: &'a str,
    /// Whether it forbids; otherwise it permits.
    pub forbids: bool,
}

impl Policy {
    /// The policies that ProdOps ships.
    ///
    /// # Errors
    /// As [`Policy::load`]; tests hold that it does not happen.
    pub fn shipped() -> Result<Self, PolicyError> {
        Self::load(SHIPPED)
    }

    /// The files that [`Policy::shipped`] loads, as a start for a set of one's own.
    #[must_use]
    pub const fn shipped_files() -> &'static [PolicyFile<'static>] {
        SHIPPED
    }

    /// Loads policies written in Cedar against the schema of ProdOps.
    ///
    /// # Errors
    /// When a file is not Cedar, a policy has no `@id` or `@description` or the id of another, the strict validator has
    /// anything to say, warnings included, or no policy keeps workspaces apart.
    pub fn load(files: &[PolicyFile<'_>]) -> Result<Self, PolicyError> {
        let schema = schema()?;
        let (set, places) = load::policy_set(files, &schema)?;
        let policy = Self::over(&set, places, &schema)?;
        policy.decider.program().keeps_apart(TENANT)?;
        policy.lists_can_be_filtered()?;
        Ok(policy)
    }

    pub(crate) fn over(
        set: &PolicySet,
        places: BTreeMap<String, Place>,
        schema: &Schema,
    ) -> Result<Self, PolicyError> {
        Ok(Self { decider: Decider::new(set, schema)?, places })
    }

    fn lists_can_be_filtered(&self) -> Result<(), PolicyError> {
        let Some((policy, action)) = self.decider.unlistable() else { return Ok(()) };
        let place = self.place(&policy).cloned().unwrap_or_default();
        Err(PolicyError::Unlistable { policy, place, action: action.name() })
    }

    /// Where a policy stands.
    pub(crate) fn place(&self, id: &str) -> Option<&Place> {
        self.places.get(id)
    }

    /// Asks whether the principal of the scope may do `A` to the resource.
    ///
    /// A policy that cannot be evaluated refuses, whatever the others say. (Cedar by itself would skip it, and a forbid
    /// that is skipped forbids nothing.)
    ///
    /// # Errors
    /// [`Denied`], when no policy permits it, some policy forbids it, or some policy could not be evaluated.
    pub fn authorize<A: Action>(
        &self,
        scope: &WorkspaceScope,
        facts: &A::Resource,
        moment: &Moment,
    ) -> Result<Permit<A>, Denied> {
        self.decide::<A>(&Question::of(scope, facts, moment))?;
        Ok(Permit::new(scope, facts.key()))
    }

    /// Asks which rows of its own workspace the principal of the scope may see with `A`.
    ///
    /// The filter admits exactly the rows that [`Policy::authorize`] would allow at this moment. A set whose policies cannot
    /// be said as a filter for some kind of principal is not loaded; were one met all the same, the list is refused.
    ///
    /// # Errors
    /// [`Denied`], when no row of the workspace could be seen, whatever its attributes.
    pub fn visible<A: ListAction>(
        &self,
        scope: &WorkspaceScope,
        moment: &Moment,
    ) -> Result<Visible<A>, Denied> {
        let unknown = || Outcome::Denied { policies: Vec::new(), errored: true };
        let row = ResourceKey::representative(A::KIND.resource()).unwrap_or(ResourceKey::Workspace);
        let question = Question::of_rows(scope, row, moment);
        let rows = self.decider.verb(A::KIND).ok_or_else(unknown);
        match rows.and_then(|verb| self.decider.rows(verb, &question)) {
            Ok(filter) => Ok(Visible::new(scope, filter)),
            Err(outcome) => Err(Denied::of::<A>(row, outcome)),
        }
    }

    fn decide<A: Action>(&self, question: &Question<'_>) -> Result<(), Denied> {
        match self.decider.decide(A::KIND, question) {
            Outcome::Allowed => Ok(()),
            denied => Err(Denied::of::<A>(question.resource, denied)),
        }
    }

    /// The policies in force, ordered by id.
    #[must_use]
    pub fn summaries(&self) -> Vec<PolicySummary<'_>> {
        let mut all: Vec<_> = self.decider.set().policies().map(summary).collect();
        all.sort_by_key(|each| each.id);
        all
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) const fn places(&self) -> &BTreeMap<String, Place> {
        &self.places
    }

    pub(crate) const fn decider(&self) -> &Decider {
        &self.decider
    }
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = self.summaries().iter().map(|each| each.id).collect();
        f.debug_struct("Policy").field("policies", &ids).finish_non_exhaustive()
    }
}

/// The schema of ProdOps.
pub(crate) fn schema() -> Result<Schema, PolicyError> {
    SCHEMA
        .text
        .parse()
        .map_err(|error: cedar_policy::CedarSchemaError| PolicyError::Schema { message: error.to_string() })
}

fn summary(policy: &cedar_policy::Policy) -> PolicySummary<'_> {
    PolicySummary {
        id: policy.id().as_ref(),
        description: policy.annotation("description").unwrap_or_default(),
        forbids: policy.effect() == Effect::Forbid,
    }
}
