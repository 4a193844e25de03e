//! Decisions: Cedar's, made stricter.

use std::collections::HashSet;

use cedar_policy::{
    AuthorizationError, Authorizer, Decision, Entities, Entity, EntityUid, PolicyId, PolicySet, Request,
    Response, Schema,
};

use crate::action::ActionKind;
use crate::entity::{Asker, Question, Unanswerable, Vocabulary};
use crate::error::PolicyError;

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Allowed,
    /// With the policies that forbade it or failed, and whether any failed.
    Denied {
        policies: Vec<String>,
        errored: bool,
    },
}

/// An action of the schema, ready to be asked about.
#[derive(Debug)]
struct Verb {
    kind: ActionKind,
    uid: EntityUid,
    /// The action with its groups, for policies that speak of a group.
    entity: Entity,
    members: bool,
    systems: bool,
}

/// Answers questions from one validated policy set.
pub(crate) struct Decider {
    authorizer: Authorizer,
    set: PolicySet,
    vocabulary: Vocabulary,
    verbs: Vec<Verb>,
}

impl Decider {
    pub(crate) fn new(set: PolicySet, schema: &Schema) -> Result<Self, PolicyError> {
        let vocabulary = Vocabulary::new()?;
        let groups = schema.action_entities().map_err(|error| mismatch(&error))?;
        let verbs = ActionKind::ALL.iter().map(|&kind| verb(kind, schema, &groups, &vocabulary));
        let verbs = verbs.collect::<Result<_, _>>()?;
        Ok(Self { authorizer: Authorizer::new(), set, vocabulary, verbs })
    }

    pub(crate) const fn set(&self) -> &PolicySet {
        &self.set
    }

    /// Decides. What cannot be asked is refused: an action on behalf of a kind of principal that it does not apply to.
    pub(crate) fn decide(&self, action: ActionKind, question: &Question) -> Outcome {
        let applies = |verb: &&Verb| match question.asker {
            Asker::Member { .. } => verb.members,
            Asker::System(_) => verb.systems,
        };
        let known = self.verbs.iter().find(|verb| verb.kind == action);
        let Some(verb) = known.filter(applies) else {
            return Outcome::Denied { policies: Vec::new(), errored: false };
        };
        match self.ask(verb, question) {
            Ok(response) => combine(&response),
            Err(Unanswerable) => Outcome::Denied { policies: Vec::new(), errored: true },
        }
    }

    fn ask(&self, verb: &Verb, question: &Question) -> Result<Response, Unanswerable> {
        let principal = self.vocabulary.principal(question)?;
        let resource = self.vocabulary.resource(question)?;
        let context = self.vocabulary.moment(question.archived);
        let request = Request::new(principal.uid(), verb.uid.clone(), resource.uid(), context, None)
            .map_err(|_| Unanswerable)?;
        let entities = Entities::from_entities([principal, resource, verb.entity.clone()], None)
            .map_err(|_| Unanswerable)?;
        Ok(self.authorizer.is_authorized(&request, &self.set, &entities))
    }
}

/// Stricter than Cedar, which skips a policy that fails: here a failed policy refuses, since it may have been a forbid.
fn combine(response: &Response) -> Outcome {
    let failed = response.diagnostics().errors().map(|error| match error {
        AuthorizationError::PolicyEvaluationError(error) => error.policy_id(),
    });
    let failed: Vec<&PolicyId> = failed.collect();
    let errored = !failed.is_empty();
    if response.decision() == Decision::Allow && !errored {
        return Outcome::Allowed;
    }
    // Permits are reasons of an allowance that a failure overrode, not of the refusal.
    let forbids = response.diagnostics().reason().filter(|_| response.decision() == Decision::Deny);
    let mut policies: Vec<String> = forbids.chain(failed).map(ToString::to_string).collect();
    policies.sort();
    Outcome::Denied { policies, errored }
}

fn verb(
    kind: ActionKind,
    schema: &Schema,
    groups: &Entities,
    vocabulary: &Vocabulary,
) -> Result<Verb, PolicyError> {
    let name = format!("ProdOps::Action::\"{}\"", kind.name());
    let uid: EntityUid = name.parse().map_err(|error| mismatch(&error))?;
    let absent = || PolicyError::Schema { message: format!("no action `{}`", kind.name()) };
    let entity = groups.get(&uid).cloned().ok_or_else(absent)?;
    let principals: HashSet<_> = schema.principals_for_action(&uid).ok_or_else(absent)?.collect();
    let resources = schema.resources_for_action(&uid).ok_or_else(absent)?;
    let resources: Vec<_> = resources.map(|each| each.basename()).collect();
    if resources != [kind.resource_type()] {
        let message = format!("action `{}` does not apply to `{}`", kind.name(), kind.resource_type());
        return Err(PolicyError::Schema { message });
    }
    let applies = |to| principals.contains(to);
    let (members, systems) = (applies(&vocabulary.member), applies(&vocabulary.system));
    Ok(Verb { kind, uid, entity, members, systems })
}

fn mismatch(error: &dyn std::error::Error) -> PolicyError {
    PolicyError::Schema { message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use prodops_core::id::{MembershipId, WorkspaceId};
    use prodops_core::tenancy::{Role, SystemPrincipal};

    use super::*;
    use crate::resource::ResourceKey;

    /// Decisions skip Cedar's own check of requests and entities for speed; this is where it is made instead.
    #[test]
    fn everything_that_is_asked_conforms_to_the_schema() {
        let schema = crate::policy::schema().unwrap();
        let decider = Decider::new(PolicySet::new(), &schema).unwrap();
        let membership = MembershipId::from_bytes([3; 16]);
        let mut askers = vec![Asker::System(SystemPrincipal::Sync)];
        askers.extend(Role::ALL.map(|role| Asker::Member { membership, role, suspended: true }));
        let mut asked = 0;
        for verb in &decider.verbs {
            for asker in &askers {
                if !matches!((asker, verb.members), (Asker::Member { .. }, true) | (Asker::System(_), false))
                {
                    continue;
                }
                let workspace = WorkspaceId::from_bytes([1; 16]);
                let resource = ResourceKey::representative(verb.kind.resource_type()).unwrap();
                let question =
                    Question { asker: *asker, workspace, archived: true, resource, owner: workspace };
                let principal = decider.vocabulary.principal(&question).unwrap();
                let resource = decider.vocabulary.resource(&question).unwrap();
                let context = decider.vocabulary.moment(true);
                Request::new(principal.uid(), verb.uid.clone(), resource.uid(), context, Some(&schema))
                    .unwrap();
                Entities::from_entities([principal, resource], Some(&schema)).unwrap();
                asked += 1;
            }
        }
        assert_eq!(asked, 16 * Role::ALL.len() + 1);
    }
}
