//! What must hold for every policy set, whoever wrote it.

use cedar_policy::pst::{
    ActionConstraint, Clause, Effect, PrincipalConstraint, ResourceConstraint, Template,
};
use cedar_policy::{Policy, PolicySet};

use crate::error::PolicyError;
use crate::resource::{IntegrationFacts, RepositoryFacts};

const TENANT_FORBID: &str =
    "forbid (principal, action, resource) when { principal.workspace != resource.workspace };";

/// Some policy forbids, to everybody and for everything, what belongs to another workspace.
///
/// It must say so word for word: a scope that is narrower, one condition more or an `unless` would leave a gap, and
/// the strict validator has already shown that this condition cannot fail (every principal and resource has a
/// `workspace`).
pub(crate) fn keeps_workspaces_apart(set: &PolicySet) -> Result<(), PolicyError> {
    let wanted = reference()?;
    let found = set
        .policies()
        .any(|policy| policy.to_pst().is_ok_and(|policy| is_tenant_forbid(policy.body(), &wanted)));
    if found { Ok(()) } else { Err(PolicyError::NoTenantForbid) }
}

fn reference() -> Result<Vec<Clause>, PolicyError> {
    let policy = Policy::parse(None, TENANT_FORBID).map_err(|_| PolicyError::NoTenantForbid)?;
    let policy = policy.to_pst().map_err(|_| PolicyError::NoTenantForbid)?;
    Ok(policy.body().clauses().to_vec())
}

fn is_tenant_forbid(policy: &Template, clauses: &[Clause]) -> bool {
    policy.effect == Effect::Forbid
        && policy.principal == PrincipalConstraint::Any
        && policy.action == ActionConstraint::Any
        && policy.resource == ResourceConstraint::Any
        && policy.clauses() == clauses
}

/// No policy tells one row of a list from another.
///
/// The rows that can be listed have no attribute but their workspace, so a policy could only single one out by naming
/// it. Without such names, the decision on any row of a workspace is the decision on all of them, which is what
/// [`Policy::visible`](crate::Policy::visible) answers with.
pub(crate) fn names_no_row(set: &PolicySet) -> Result<(), PolicyError> {
    let rows = [IntegrationFacts::TYPE, RepositoryFacts::TYPE];
    for policy in set.policies() {
        let named = policy
            .entity_literals()
            .into_iter()
            .find(|literal| rows.contains(&literal.type_name().basename()));
        if let Some(literal) = named {
            return Err(PolicyError::NamesRow {
                policy: policy.id().to_string(),
                literal: literal.to_string(),
            });
        }
    }
    Ok(())
}
