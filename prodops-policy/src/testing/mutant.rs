//! Policy sets with one forbid changed: checks that let one pass do not guard that forbid.

use cedar_policy::pst::{Effect as Structure, Policy as Parsed, StaticPolicy};
use cedar_policy::{Effect, Policy as CedarPolicy, PolicySet};

use crate::error::PolicyError;
use crate::policy::{Policy, schema};

/// How a forbid was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mutation {
    /// It is gone.
    Dropped,
    /// It permits what it forbade.
    Flipped,
}

/// Changes every forbid in every way and gives each set to the check, which says whether it finds nothing wrong.
///
/// The changed sets are made without the checks of [`Policy::load`], so that what is found is found by the check.
///
/// # Errors
/// When a changed set cannot be made ready.
pub fn survivors(
    policy: &Policy,
    check: impl Fn(&Policy) -> bool,
) -> Result<Vec<(String, Mutation)>, PolicyError> {
    let (set, schema) = (policy.decider().set(), schema()?);
    let mut survivors = Vec::new();
    for forbid in set.policies().filter(|policy| policy.effect() == Effect::Forbid) {
        for mutation in [Mutation::Dropped, Mutation::Flipped] {
            let changed = changed(set, forbid, mutation)?;
            if check(&Policy::over(&changed, policy.places().clone(), &schema)?) {
                survivors.push((forbid.id().to_string(), mutation));
            }
        }
    }
    Ok(survivors)
}

fn changed(set: &PolicySet, forbid: &CedarPolicy, mutation: Mutation) -> Result<PolicySet, PolicyError> {
    let broken = |error: &dyn std::error::Error| PolicyError::Schema { message: error.to_string() };
    let mut changed = set.clone();
    changed.remove_static(forbid.id().clone()).map_err(|error| broken(&error))?;
    if mutation == Mutation::Flipped {
        let permit = flipped(forbid).ok_or_else(|| PolicyError::Schema {
            message: format!("policy `{}` cannot be flipped", forbid.id()),
        })?;
        changed.add(permit).map_err(|error| broken(&error))?;
    }
    Ok(changed)
}

fn flipped(forbid: &CedarPolicy) -> Option<CedarPolicy> {
    let mut body = forbid.to_pst().ok()?.body().clone();
    body.effect = Structure::Permit;
    CedarPolicy::from_pst(Parsed::Static(StaticPolicy::try_from(body).ok()?)).ok()
}
