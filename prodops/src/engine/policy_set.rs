//! The policies in force, for members to see: who may do what, and which policy says so.

use std::sync::Arc;

use prodops_policy::matrix::{CellExplanation, Matrix, UnknownCell};
use prodops_policy::{Permit, Policy, PolicySetFacts, PolicySummary, ReadPolicySet};

use super::error::EngineError;
use super::workspace::Workspace;

/// The policies in force, without the means to ask them anything.
///
/// It stays as it is while others take their place.
#[derive(Debug, Clone)]
pub struct PolicyView(Arc<Policy>);

impl PolicyView {
    const fn new(_: &Permit<ReadPolicySet>, policy: Arc<Policy>) -> Self {
        Self(policy)
    }

    /// The policies, ordered by id.
    #[must_use]
    pub fn summaries(&self) -> Vec<PolicySummary<'_>> {
        self.0.summaries()
    }

    /// Every kind of principal against every action.
    #[must_use]
    pub fn matrix(&self) -> Matrix {
        self.0.matrix()
    }

    /// One field of the matrix with its policies.
    ///
    /// # Errors
    /// [`UnknownCell`], when there is no such field.
    pub fn explain_cell(
        &self,
        principal: &str,
        action: &str,
        resource_type: &str,
    ) -> Result<CellExplanation, UnknownCell> {
        self.0.explain_cell(principal, action, resource_type)
    }
}

impl Workspace {
    /// The policies in force.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not see them.
    pub async fn policy_set(&self) -> Result<PolicyView, EngineError> {
        let permit = self.permit(&PolicySetFacts::of(&self.scope)).await?;
        Ok(PolicyView::new(&permit, self.engine.policy()))
    }

    /// Whether the policies let the caller see them. For showing the way there: it leaves no trace and opens nothing.
    #[must_use]
    pub fn may_read_policies(&self) -> bool {
        let facts = PolicySetFacts::of(&self.scope);
        self.engine.policy().authorize::<ReadPolicySet>(&self.scope, &facts, &self.moment()).is_ok()
    }
}
