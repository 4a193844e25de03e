//! The policy set in force, and the two questions that can be put to it.

use std::fmt;

use cedar_policy::{Effect, PolicySet, Schema};
use prodops_core::filter::Filter;
use prodops_core::tenancy::WorkspaceScope;

use crate::action::{Action, ListAction};
use crate::decide::{Decider, Outcome};
use crate::denied::Denied;
use crate::entity::Question;
use crate::error::PolicyError;
use crate::file::{PolicyFile, SCHEMA, SHIPPED};
use crate::permit::Permit;
use crate::resource::{ResourceFacts, ResourceKey};
use crate::visible::Visible;
use crate::{invariant, load};

/// A validated policy set.
pub struct Policy {
    decider: Decider,
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
    /// anything to say, warnings included, a policy names a single row of a list, or no policy keeps workspaces apart.
    pub fn load(files: &[PolicyFile<'_>]) -> Result<Self, PolicyError> {
        let schema = schema()?;
        let set = load::policy_set(files, &schema)?;
        invariant::keeps_workspaces_apart(&set)?;
        invariant::names_no_row(&set)?;
        Self::over(&set, &schema)
    }

    pub(crate) fn over(set: &PolicySet, schema: &Schema) -> Result<Self, PolicyError> {
        Ok(Self { decider: Decider::new(set, schema)? })
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
        resource: &A::Resource,
    ) -> Result<Permit<A>, Denied> {
        self.decide::<A>(&Question::of(scope, resource.key(), resource.workspace()))?;
        Ok(Permit::new(scope, resource.key()))
    }

    /// Asks which rows of its own workspace the principal of the scope may see with `A`.
    ///
    /// The answer is all of them or a refusal: rows have no attribute but their workspace, and a set in which a policy
    /// names a single row is not loaded, so the decision on one row of the workspace is the decision on each. The filter
    /// is therefore [`Filter::all`]; a store must obey it nevertheless, because it becomes narrower as soon as rows have
    /// attributes that policies look at.
    ///
    /// # Errors
    /// [`Denied`], as for [`Policy::authorize`].
    #[allow(clippy::disallowed_methods, reason = "this decision is where \"all rows\" comes from")]
    pub fn visible<A: ListAction>(&self, scope: &WorkspaceScope) -> Result<Visible<A>, Denied> {
        let row = ResourceKey::representative(A::KIND.resource_type()).ok_or_else(|| Denied {
            action: A::NAME,
            resource: ResourceKey::Workspace,
            policies: Vec::new(),
            errored: true,
        })?;
        self.decide::<A>(&Question::of(scope, row, scope.workspace()))?;
        Ok(Visible::new(scope, Filter::all()))
    }

    fn decide<A: Action>(&self, question: &Question) -> Result<(), Denied> {
        match self.decider.decide(A::KIND, question) {
            Outcome::Allowed => Ok(()),
            Outcome::Denied { policies, errored } => {
                Err(Denied { action: A::NAME, resource: question.resource, policies, errored })
            }
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
