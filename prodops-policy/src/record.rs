//! What is kept of a decision: who, what, which policies. No value of any attribute.

use prodops_core::audit::Actor;
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::WorkspaceScope;
use prodops_core::time::Timestamp;

use crate::action::{Action, ListAction, resource_type};
use crate::decide::Explained;
use crate::hash::ProgramHash;
use crate::moment::Moment;
use crate::policy::Policy;
use crate::question::Question;
use crate::resource::{ResourceFacts, ResourceKey};

/// A decision, as the decision log keeps it.
///
/// # Security
/// Ids and names of policies only: nothing that a policy looked at is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecisionRecord {
    /// When it was made.
    pub time: Timestamp,
    /// The policies of the deployment that made it.
    pub program: ProgramHash,
    /// Those of the workspace, where it has some.
    pub overlay: Option<ProgramHash>,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// For whom.
    pub actor: Actor,
    /// To do what.
    pub action: &'static str,
    /// The type of what it is done to, as the schema names it.
    pub resource_type: &'static str,
    /// To what; `None` for a list.
    pub resource: Option<ResourceKey>,
    /// Whether it was allowed; of a list, whether some row could be seen.
    pub allowed: bool,
    /// The policies that determined it: of an allowance the permits, of a refusal the forbids.
    pub policies: Vec<String>,
    /// The policies that failed.
    pub errors: Vec<String>,
}

impl Policy {
    /// The decision of [`Policy::authorize`] on the same arguments, with every policy that determined it.
    #[must_use]
    pub fn record<A: Action>(
        &self,
        scope: &WorkspaceScope,
        facts: &A::Resource,
        moment: &Moment,
    ) -> DecisionRecord {
        let explained = self.explained(A::KIND, &Question::of(scope, facts, moment));
        self.recorded::<A>(scope, moment, Some(facts.key()), explained)
    }

    /// The decision of [`Policy::visible`] on the same arguments. Of an allowance no policies are named: which permit a row is
    /// shown by differs from row to row.
    #[must_use]
    pub fn record_list<A: ListAction>(&self, scope: &WorkspaceScope, moment: &Moment) -> DecisionRecord {
        let explained = match self.visible::<A>(scope, moment) {
            Ok(_) => Explained { allowed: true, policies: Vec::new(), errors: Vec::new() },
            Err(denied) if denied.errored => {
                Explained { allowed: false, policies: Vec::new(), errors: denied.policies }
            }
            Err(denied) => Explained { allowed: false, policies: denied.policies, errors: Vec::new() },
        };
        self.recorded::<A>(scope, moment, None, explained)
    }

    fn recorded<A: Action>(
        &self,
        scope: &WorkspaceScope,
        moment: &Moment,
        resource: Option<ResourceKey>,
        explained: Explained,
    ) -> DecisionRecord {
        DecisionRecord {
            time: moment.now(),
            program: self.hash(),
            overlay: self.overlay(scope.workspace()).map(crate::overlay::Overlay::hash),
            workspace: scope.workspace(),
            actor: scope.principal().into(),
            action: A::NAME,
            resource_type: resource_type::<A>(),
            resource,
            allowed: explained.allowed,
            policies: explained.policies,
            errors: explained.errors,
        }
    }
}
