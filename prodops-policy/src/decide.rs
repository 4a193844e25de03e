//! Typed decisions, by the program, stricter than Cedar's.

use std::collections::HashSet;

use cedar_policy::{Entities, Entity, EntityUid, PolicySet, Request, Schema};

use crate::action::ActionKind;
use crate::entity::{Asker, Question, Unanswerable, Vocabulary};
use crate::error::PolicyError;
use crate::program::Program;
use crate::program::cell::Cell;
use crate::program::gather::Slot;
use crate::program::inquiry::Inquiry;
use crate::program::machine::{Frame, Outcome as Evaluated};
use crate::program::policy::evaluate;
use crate::reading::{Reading, SLOTS};

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
    cell: Cell,
}

/// Answers questions from one validated policy set.
pub(crate) struct Decider {
    program: Program,
    reading: Reading,
    vocabulary: Vocabulary,
    verbs: Vec<Verb>,
}

impl Decider {
    pub(crate) fn new(set: &PolicySet, schema: &Schema) -> Result<Self, PolicyError> {
        let vocabulary = Vocabulary::new()?;
        let program = Program::unvalidated(Some(schema), set).map_err(|error| mismatch(&error))?;
        let groups = schema.action_entities().map_err(|error| mismatch(&error))?;
        let verbs = ActionKind::ALL.iter().map(|&kind| verb(kind, schema, &groups, &vocabulary, &program));
        let verbs = verbs.collect::<Result<_, _>>()?;
        Ok(Self { reading: Reading::of(&program, &vocabulary), program, vocabulary, verbs })
    }

    pub(crate) const fn set(&self) -> &PolicySet {
        self.program.policies()
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
        let mut slots = [Slot::Opaque; SLOTS];
        self.reading.fill(question, &mut slots);
        let frame = Frame {
            slots: &slots,
            constants: self.program.constants(),
            terms: self.program.terms(),
            ancestors: &[],
        };
        let cedar = |policy: &PolicySet| self.ask_cedar(verb, question, policy).unwrap_or(Evaluated::Errored);
        let inquiry = Inquiry { program: &self.program, cell: &verb.cell, frame, cedar: &cedar };
        if inquiry.allows_without_failure() { Outcome::Allowed } else { self.denied(&inquiry) }
    }

    /// Stricter than Cedar, which skips a policy that fails: here a failed policy refuses, since it may have been a forbid.
    fn denied(&self, inquiry: &Inquiry<'_>) -> Outcome {
        let mut explanation = self.program.explanation();
        inquiry.explain(&mut explanation);
        // Permits are reasons of an allowance that a failure overrode, not of the refusal.
        let spoke = explanation.forbids.iter().chain(explanation.errors());
        let mut policies: Vec<String> =
            spoke.filter_map(|number| self.program.policy_id(number)).map(ToString::to_string).collect();
        policies.sort();
        Outcome::Denied { policies, errored: explanation.has_errors() }
    }

    /// What Cedar says of a set, on the same question as entities.
    fn ask_cedar(
        &self,
        verb: &Verb,
        question: &Question,
        set: &PolicySet,
    ) -> Result<Evaluated, Unanswerable> {
        let principal = self.vocabulary.principal(question)?;
        let resource = self.vocabulary.resource(question)?;
        let context = self.vocabulary.moment(question.archived);
        let request = Request::new(principal.uid(), verb.uid.clone(), resource.uid(), context, None)
            .map_err(|_| Unanswerable)?;
        let entities = Entities::from_entities([principal, resource, verb.entity.clone()], None)
            .map_err(|_| Unanswerable)?;
        Ok(evaluate(set, &request, &entities))
    }
}

fn verb(
    kind: ActionKind,
    schema: &Schema,
    groups: &Entities,
    vocabulary: &Vocabulary,
    program: &Program,
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
    let ty = schema.resources_for_action(&uid).and_then(|mut types| types.next()).ok_or_else(absent)?;
    let cell = program.prepared(&uid, ty).cloned().ok_or_else(absent)?;
    Ok(Verb { kind, uid, entity, members, systems, cell })
}

fn mismatch(error: &dyn std::error::Error) -> PolicyError {
    PolicyError::Schema { message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use prodops_core::id::{MembershipId, WorkspaceId};
    use prodops_core::tenancy::{Role, SystemPrincipal};

    use super::*;
    use crate::policy::Policy;
    use crate::resource::ResourceKey;

    /// Decisions skip Cedar's own check of requests and entities for speed; this is where it is made instead.
    #[test]
    fn everything_that_is_asked_conforms_to_the_schema() {
        let schema = crate::policy::schema().unwrap();
        let decider = Decider::new(&PolicySet::new(), &schema).unwrap();
        let membership = MembershipId::from_bytes([3; 16]);
        let mut askers: Vec<Asker> = SystemPrincipal::ALL.map(Asker::System).to_vec();
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
        assert_eq!(asked, 16 * Role::ALL.len() + SystemPrincipal::ALL.len());
    }

    /// Reads everything that there is to read, names ids, and asks what only Cedar answers.
    const ODD: &str = "
        forbid (principal, action, resource) when { principal.workspace == ProdOps::Workspace::\"02020202-0202-0202-0202-020202020202\" };
        permit (principal is ProdOps::Member, action, resource) when { principal has role && principal.role in [ProdOps::Role::\"admin\"] };
        permit (principal, action, resource) when { action in ProdOps::Action::\"Read\" && !context.archived };
        permit (principal, action, resource) when { principal == ProdOps::Member::\"03030303-0303-0303-0303-030303030303\" };
        forbid (principal, action, resource) when { principal.suspended };
        forbid (principal, action, resource is ProdOps::Workspace) when { resource != principal.workspace };
        permit (principal, action, resource) when { principal.workspace.workspace == resource.workspace };
        permit (principal is ProdOps::System, action, resource) when { principal.name == ProdOps::SystemName::\"sync\" };
        forbid (principal, action, resource) when { resource == ProdOps::Repository::\"00000000-0000-0000-0000-000000000000\" };";

    fn sets() -> Vec<PolicySet> {
        let shipped = Policy::shipped().unwrap().decider().set().clone();
        let odd: PolicySet = ODD.parse().unwrap();
        let singles = odd.policies().map(|policy| PolicySet::from_policies([policy.clone()]).unwrap());
        singles.chain([shipped, odd.clone()]).collect()
    }

    fn questions(kind: ActionKind) -> Vec<Question> {
        let member = |role, suspended| Asker::Member {
            membership: MembershipId::from_bytes([3; 16]),
            role,
            suspended,
        };
        let mut askers = vec![member(Role::Owner, true)];
        askers.extend(SystemPrincipal::ALL.map(Asker::System));
        askers.extend(Role::ALL.map(|role| member(role, false)));
        let resource = ResourceKey::representative(kind.resource_type()).unwrap();
        let mut questions = Vec::new();
        for asker in askers {
            for (workspace, owner, archived) in [(1, 1, false), (1, 2, true), (2, 2, true), (2, 1, false)] {
                let id = |byte| WorkspaceId::from_bytes([byte; 16]);
                questions.push(Question {
                    asker,
                    workspace: id(workspace),
                    archived,
                    resource,
                    owner: id(owner),
                });
            }
        }
        questions
    }

    #[test]
    fn typed_answers_are_those_of_cedar_on_entities() {
        let schema = crate::policy::schema().unwrap();
        for set in sets() {
            let decider = Decider::new(&set, &schema).unwrap();
            for verb in &decider.verbs {
                for question in questions(verb.kind) {
                    let asked = match question.asker {
                        Asker::Member { .. } => verb.members,
                        Asker::System(_) => verb.systems,
                    };
                    let outcome = decider.decide(verb.kind, &question);
                    let expected = decider.ask_cedar(verb, &question, &set).unwrap();
                    let allowed = asked && allows(&decider, verb, &question);
                    assert_eq!(outcome == Outcome::Allowed, allowed, "{question:?} {set}");
                    if let (Outcome::Denied { errored, .. }, true) = (&outcome, asked) {
                        assert_eq!(*errored, expected == Evaluated::Errored, "{question:?} {set}");
                    }
                }
            }
        }
    }

    /// Allowed by Cedar over the whole set, and no policy failed.
    fn allows(decider: &Decider, verb: &Verb, question: &Question) -> bool {
        let principal = decider.vocabulary.principal(question).unwrap();
        let resource = decider.vocabulary.resource(question).unwrap();
        let context = decider.vocabulary.moment(question.archived);
        let request = Request::new(principal.uid(), verb.uid.clone(), resource.uid(), context, None).unwrap();
        let entities = Entities::from_entities([principal, resource, verb.entity.clone()], None).unwrap();
        let response = cedar_policy::Authorizer::new().is_authorized(&request, decider.set(), &entities);
        response.decision() == cedar_policy::Decision::Allow && response.diagnostics().errors().count() == 0
    }
}
