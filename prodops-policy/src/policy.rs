//! The policy set in force, and the two questions that can be put to it.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use cedar_policy::{Effect, PolicySet, Schema};
use prodops_core::filter::{Filter, Predicate};
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::WorkspaceScope;

use crate::action::{Action, ListAction};
use crate::decide::{Decider, Explained, Outcome};
use crate::denied::Denied;
use crate::error::PolicyError;
use crate::file::{Place, PolicyFile, SCHEMA, SHIPPED};
use crate::hash::ProgramHash;
use crate::load;
use crate::moment::Moment;
use crate::overlay::Overlay;
use crate::permit::Permit;
use crate::question::Question;
use crate::reload::ReloadStep;
use crate::resource::{ResourceFacts, ResourceKey};
use crate::visible::Visible;
use crate::vocabulary::ActionKind;

/// The attribute of principals and resources that names their tenant.
const TENANT: &str = "workspace";

/// The policies in force: those of the deployment, and those of workspaces on top.
pub struct Policy {
    base: Arc<Base>,
    overlays: HashMap<WorkspaceId, Arc<Overlay>>,
}

/// A validated policy set of the deployment.
struct Base {
    decider: Decider,
    places: BTreeMap<String, Place>,
    hash: ProgramHash,
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
    /// Where it stands.
    pub place: &'a Place,
}

impl<'a> PolicySummary<'a> {
    /// The policies of a set, ordered by id.
    pub(crate) fn all(set: &'a PolicySet, places: &'a BTreeMap<String, Place>) -> Vec<Self> {
        let summary = |policy: &'a cedar_policy::Policy| {
            let id: &str = policy.id().as_ref();
            Some(Self {
                id,
                description: policy.annotation("description").unwrap_or_default(),
                forbids: policy.effect() == Effect::Forbid,
                place: places.get(id)?,
            })
        };
        let mut all: Vec<Self> = set.policies().filter_map(summary).collect();
        all.sort_by_key(|each| each.id);
        all
    }
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
        Self::built(files).map_err(|(_, error)| error)
    }

    /// As [`Policy::load`], with the step that failed.
    pub(crate) fn built(files: &[PolicyFile<'_>]) -> Result<Self, (ReloadStep, PolicyError)> {
        let at = |step| move |error: PolicyError| (step, error);
        let schema = schema().map_err(at(ReloadStep::Validate))?;
        let ((set, places), homes) = load::parse(files).map_err(at(ReloadStep::Parse))?;
        load::validate(&set, &schema, &homes).map_err(at(ReloadStep::Validate))?;
        let policy = Self::over(&set, places, &schema).map_err(at(ReloadStep::Lower))?;
        policy.holds_invariants().map_err(at(ReloadStep::Invariants))?;
        Ok(policy)
    }

    /// For a set that the strict validator has passed.
    pub(crate) fn over(
        set: &PolicySet,
        places: BTreeMap<String, Place>,
        schema: &Schema,
    ) -> Result<Self, PolicyError> {
        let base = Base { decider: Decider::new(set, schema)?, places, hash: ProgramHash::of(set) };
        Ok(Self { base: Arc::new(base), overlays: HashMap::new() })
    }

    /// What must hold whoever wrote the policies.
    fn holds_invariants(&self) -> Result<(), PolicyError> {
        self.decider().program().keeps_apart(TENANT)?;
        let Some((policy, action)) = self.decider().unlistable() else { return Ok(()) };
        let place = self.place(&policy).cloned().unwrap_or_default();
        Err(PolicyError::Unlistable { policy, place, action: action.name() })
    }

    /// Where a policy stands.
    pub(crate) fn place(&self, id: &str) -> Option<&Place> {
        self.base.places.get(id)
    }

    /// What the policies of the deployment are recognised by.
    #[must_use]
    pub fn hash(&self) -> ProgramHash {
        self.base.hash
    }

    /// The policies of a workspace's own, when it has some.
    #[must_use]
    pub fn overlay(&self, workspace: WorkspaceId) -> Option<&Overlay> {
        self.overlays.get(&workspace).map(AsRef::as_ref)
    }

    /// The same policies, and those of a workspace in place of those that it had.
    #[must_use]
    pub fn with_overlay(&self, overlay: impl Into<Arc<Overlay>>) -> Self {
        let (overlay, mut overlays) = (overlay.into(), self.overlays.clone());
        overlays.insert(overlay.workspace(), overlay);
        Self { base: Arc::clone(&self.base), overlays }
    }

    /// The same policies, without those of a workspace.
    #[must_use]
    pub fn without_overlay(&self, workspace: WorkspaceId) -> Self {
        let mut overlays = self.overlays.clone();
        overlays.remove(&workspace);
        Self { base: Arc::clone(&self.base), overlays }
    }

    pub(crate) fn with_overlays_of(&self, other: &Self) -> Self {
        Self { base: Arc::clone(&self.base), overlays: other.overlays.clone() }
    }

    /// Whether every decision on an action is worth writing down: it cannot be taken back, hands out rights, or shows what is
    /// personal or sensitive.
    #[must_use]
    pub fn is_sensitive<A: Action>(&self) -> bool {
        self.decider().verb(A::KIND).is_none_or(|verb| verb.sensitive)
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
        self.permit(scope, facts, None, moment)
    }

    /// As [`Policy::authorize`], for facts that were read at a version of their row: the permit carries it, so that a change
    /// can be made on condition that the row is still the one that was decided on.
    ///
    /// # Errors
    /// As [`Policy::authorize`].
    pub fn authorize_version<A: Action>(
        &self,
        scope: &WorkspaceScope,
        facts: &A::Resource,
        version: u64,
        moment: &Moment,
    ) -> Result<Permit<A>, Denied> {
        self.permit(scope, facts, Some(version), moment)
    }

    fn permit<A: Action>(
        &self,
        scope: &WorkspaceScope,
        facts: &A::Resource,
        version: Option<u64>,
        moment: &Moment,
    ) -> Result<Permit<A>, Denied> {
        let question = Question::of(scope, facts, moment);
        match self.outcome(A::KIND, &question) {
            Outcome::Allowed => Ok(Permit::new(scope, facts.key(), version, self.hash())),
            denied => Err(Denied::of::<A>(question.resource, denied)),
        }
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
        let row = ResourceKey::representative(A::KIND.resource()).unwrap_or(ResourceKey::Workspace);
        let question = Question::of_rows(scope, row, moment);
        match self.rows(A::KIND, &question) {
            Ok(filter) => Ok(Visible::new(scope, filter)),
            Err(outcome) => Err(Denied::of::<A>(row, outcome)),
        }
    }

    fn rows(&self, action: ActionKind, question: &Question<'_>) -> Result<Filter, Outcome> {
        let filter = self.decider().rows(action, question)?;
        let Some(overlay) = self.overlay(question.workspace) else { return Ok(filter) };
        let hidden = overlay.hidden(action, question)?;
        Ok(match filter {
            filter if hidden.is_empty() => filter,
            Filter::Pred(shown) => {
                Filter::Pred(Predicate::And(std::iter::once(shown).chain(hidden).collect()))
            }
            Filter::None => Filter::None,
            Filter::All { .. } => Filter::Pred(Predicate::And(hidden)),
        })
    }

    /// What the deployment's policies say, and, when they allow it, the workspace's own.
    fn outcome(&self, action: ActionKind, question: &Question<'_>) -> Outcome {
        match (self.decider().decide(action, question), self.overlay(question.workspace)) {
            (Outcome::Allowed, Some(overlay)) => overlay.decide(action, question),
            (outcome, _) => outcome,
        }
    }

    /// The same decision with everything that determined it.
    pub(crate) fn explained(&self, action: ActionKind, question: &Question<'_>) -> Explained {
        let allowed = self.outcome(action, question) == Outcome::Allowed;
        let (mut policies, mut errors) = (Vec::new(), Vec::new());
        let own = self.overlay(question.workspace).filter(|overlay| !overlay.leaves_alone(action));
        for decider in std::iter::once(self.decider()).chain(own.map(Overlay::decider)) {
            let Some(explanation) = decider.explanation(action, question) else { continue };
            let spoke = if allowed { &explanation.permits } else { &explanation.forbids };
            policies.extend(decider.names(spoke));
            errors.extend(decider.names_of(explanation.errors()));
        }
        Explained { allowed, policies, errors }
    }

    /// The policies of the deployment, ordered by id.
    #[must_use]
    pub fn summaries(&self) -> Vec<PolicySummary<'_>> {
        PolicySummary::all(self.decider().set(), &self.base.places)
    }

    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn places(&self) -> &BTreeMap<String, Place> {
        &self.base.places
    }

    pub(crate) fn decider(&self) -> &Decider {
        &self.base.decider
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
