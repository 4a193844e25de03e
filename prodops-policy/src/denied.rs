//! A refusal that tells its reader nothing and the audit log enough.

use crate::action::Action;
use crate::decide::Outcome;
use crate::resource::ResourceKey;

/// The policies do not allow it.
///
/// Its text is always the same: whoever is refused learns neither what exists nor which policy spoke. The accessors are
/// for the audit log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not allowed")]
pub struct Denied {
    pub(crate) action: &'static str,
    pub(crate) resource: ResourceKey,
    pub(crate) policies: Vec<String>,
    pub(crate) errored: bool,
}

impl Denied {
    pub(crate) fn of<A: Action>(resource: ResourceKey, outcome: Outcome) -> Self {
        let (policies, errored) = match outcome {
            Outcome::Denied { policies, errored } => (policies, errored),
            // INVARIANT: nobody makes a refusal of an allowance; it would be one without a reason.
            Outcome::Allowed => (Vec::new(), true),
        };
        Self { action: A::NAME, resource, policies, errored }
    }

    /// The action that was refused, as the schema names it.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        self.action
    }

    /// What it was to be done to; of a list, a row that stands for all of them.
    #[must_use]
    pub const fn resource(&self) -> ResourceKey {
        self.resource
    }

    /// The ids of the policies that forbade it or failed, in alphabetical order. Empty when no policy permitted it.
    #[must_use]
    pub fn policies(&self) -> &[String] {
        &self.policies
    }

    /// Whether it was refused because a policy could not be evaluated: somebody should look at that policy.
    #[must_use]
    pub const fn errored(&self) -> bool {
        self.errored
    }
}
