//! Policy sets in which the lock between workspaces is broken. A proof that also goes through for these proves nothing.

use cedar_policy::{Policy, PolicyId, PolicySet, RequestEnv};

use crate::error::{ProofError, Result};

/// The policy that keeps workspaces apart.
pub(crate) const TENANT: &str = "tenant-mismatch";

/// A way to break it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sabotage {
    /// It is missing.
    Dropped,
    /// It forbids what is of the own workspace.
    Flipped,
    /// It covers one action only.
    Narrowed,
}

impl Sabotage {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Dropped, Self::Flipped, Self::Narrowed];

    /// In words.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Dropped => "without the policy that keeps workspaces apart",
            Self::Flipped => "with that policy turned around",
            Self::Narrowed => "with that policy for one action only",
        }
    }

    /// Whether the lock still holds in an environment, so that there is nothing to refute.
    pub(crate) fn leaves(self, environment: &RequestEnv, kept: &RequestEnv) -> bool {
        self == Self::Narrowed && environment.action() == kept.action()
    }

    /// The set with the lock broken; the narrowed one keeps it for the action of `kept`.
    pub(crate) fn of(self, policies: &PolicySet, kept: &RequestEnv) -> Result<PolicySet> {
        let mut broken = policies.clone();
        let absent = |_| ProofError::NoTenantPolicy { id: TENANT };
        broken.remove_static(PolicyId::new(TENANT)).map_err(absent)?;
        let text = match self {
            Self::Dropped => return Ok(broken),
            Self::Flipped => {
                "forbid (principal, action, resource) when { principal.workspace == resource.workspace };"
                    .to_owned()
            }
            Self::Narrowed => format!(
                "forbid (principal, action == {}, resource) when {{ principal.workspace != resource.workspace }};",
                kept.action()
            ),
        };
        // INVARIANT: the text is a policy, and its id has just become free.
        if let Ok(policy) = Policy::parse(Some(PolicyId::new(TENANT)), text) {
            let _ = broken.add(policy);
        }
        Ok(broken)
    }
}
