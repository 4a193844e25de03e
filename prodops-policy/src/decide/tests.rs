use prodops_core::filter::{Column, Filter, FilterRow, Value};

use super::*;
use crate::moment::Moment;
use crate::policy::{Policy, schema};
use crate::resource::ResourceKey;
use crate::sample::{self, OWN, Row, Variant};
use crate::vocabulary::{Attributes, Fact};

/// Decisions skip Cedar's own check of requests and entities for speed; this is where it is made instead.
#[test]
fn everything_that_is_asked_conforms_to_the_schema() {
    let schema = schema().unwrap();
    let decider = Decider::new(&PolicySet::new(), &schema).unwrap();
    for verb in &decider.verbs {
        let mut asked = 0;
        sample::each_question(verb.kind, |question| {
            if !verb.applies_to(&question.asker) {
                return;
            }
            let principal = decider.vocabulary.principal(question).unwrap();
            let resource = decider.vocabulary.resource(question).unwrap();
            let context = decider.vocabulary.context(question).unwrap();
            Request::new(principal.uid(), verb.uid.clone(), resource.uid(), context, Some(&schema)).unwrap();
            Entities::from_entities([principal, resource], Some(&schema)).unwrap();
            asked += 1;
        });
        assert!(asked > 0, "{:?}", verb.kind);
    }
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
    permit (principal, action, resource) when { resource.owner == principal };
    permit (principal, action, resource) when { principal.until < context.now };
    permit (principal, action, resource) when { context.managed_teams.contains(resource) || context.managed_teams.contains(resource.team) };
    permit (principal, action, resource) when { context.person == resource || context.person == resource.person };
    permit (principal, action, resource) when { context.managed_teams.isEmpty() && context.clearance >= resource.sensitivity };
    forbid (principal, action, resource) when { resource == ProdOps::Person::\"05050505-0505-0505-0505-050505050505\" };
    forbid (principal, action, resource) when { resource.integration == ProdOps::Integration::\"09090909-0909-0909-0909-090909090909\" };";

fn sets() -> Vec<PolicySet> {
    let shipped = Policy::shipped().unwrap().decider().set().clone();
    let odd: PolicySet = ODD.parse().unwrap();
    let singles = odd.policies().map(|policy| PolicySet::from_policies([policy.clone()]).unwrap());
    singles.chain([shipped, odd.clone()]).collect()
}

#[test]
fn typed_answers_are_those_of_cedar_on_entities() {
    let schema = schema().unwrap();
    for (number, set) in sets().into_iter().enumerate() {
        let program = Program::unvalidated(Some(&schema), &set).unwrap();
        let decider = Decider::over(program, &schema).unwrap();
        for verb in &decider.verbs {
            let mut count = 0;
            sample::each_question(verb.kind, |question| {
                count += 1;
                // A question for every residue over the sets and actions: all of them would take minutes.
                if (count + number + verb.kind as usize).is_multiple_of(17) {
                    holds_against_cedar(&decider, verb, question);
                }
            });
        }
    }
}

fn holds_against_cedar(decider: &Decider, verb: &Verb, question: &Question<'_>) {
    let outcome = decider.decide(verb.kind, question);
    if !verb.applies_to(&question.asker) {
        assert_eq!(outcome, Outcome::Denied { policies: Vec::new(), errored: false });
        return;
    }
    let (request, entities) = decider.as_cedar(verb, question).unwrap();
    let response = Authorizer::new().is_authorized(&request, decider.set(), &entities);
    let errored = response.diagnostics().errors().next().is_some();
    let allowed = response.decision() == Decision::Allow && !errored;
    let asked = || format!("{:?} {:?} {:?}", verb.kind, question.asker, question.resource);
    assert_eq!(outcome == Outcome::Allowed, allowed, "{}", asked());
    if let Outcome::Denied { policies, errored: failed } = outcome {
        assert_eq!(failed, errored, "{}", asked());
        let forbade = response.decision() == Decision::Deny;
        let reasons = response.diagnostics().reason().filter(|_| forbade).map(ToString::to_string);
        assert!(reasons.into_iter().all(|each| policies.contains(&each)), "{}", asked());
    }
}

struct Stored(Row);

impl FilterRow for Stored {
    fn column(&self, column: Column) -> Option<Value> {
        if self.0.ty.column() == Some(column) {
            return self.0.key()?.id().map(Value::Id);
        }
        let shape = self.0.ty.shape().iter().find(|shape| shape.column == Some(column))?;
        match self.0.attribute(shape.attribute) {
            Fact::Absent => None,
            Fact::Entity(_, id) => Some(Value::Id(id)),
            Fact::Role(role) => Some(Value::Name(role.as_str())),
            Fact::Level(step) => Some(Value::Int(step.level())),
        }
    }
}

/// Both ways to ask, held against each other.
#[test]
fn a_list_shows_exactly_the_rows_that_would_be_allowed() {
    let policy = Policy::shipped().unwrap();
    let decider = policy.decider();
    let (mut shown, mut narrowed) = (0, 0);
    for verb in decider.verbs.iter().filter(|verb| verb.kind.is_list()) {
        for (asker, moment) in asked() {
            let rows = Variant::ALL.map(|variant| Row { ty: verb.kind.resource(), variant });
            let question = |row: ResourceKey, facts| Question {
                asker,
                workspace: OWN,
                archived: false,
                resource: row,
                owner: OWN,
                facts,
                moment: &moment,
            };
            let representative = ResourceKey::representative(verb.kind.resource()).unwrap();
            let filter = decider.rows(verb.kind, &question(representative, &crate::vocabulary::Bare));
            for row in &rows {
                let one = decider.decide(verb.kind, &question(row.key().unwrap(), row)) == Outcome::Allowed;
                let listed = filter.as_ref().is_ok_and(|filter| filter.admits(&Stored(*row)));
                assert_eq!(one, listed, "{:?} {asker:?} {moment:?} {row:?} {filter:?}", verb.kind);
                shown += usize::from(listed);
            }
            narrowed += usize::from(matches!(filter, Ok(Filter::Pred(_))));
        }
    }
    assert!(shown > 100 && narrowed > 10, "{shown} {narrowed}");
}

fn asked() -> impl Iterator<Item = (Asker, Moment)> {
    sample::askers().into_iter().flat_map(|asker| sample::moments().map(|moment| (asker, moment)))
}

#[test]
fn ids_of_a_question_have_room() {
    let most = EntityType::ALL.iter().map(|ty| ty.shape().len()).max().unwrap();
    // The principal, both workspaces, the resource and the person, and the attributes of the resource.
    assert!(most + 5 <= crate::ids::KNOWN, "{most}");
}

/// Typed questions are filled into slots of the stack; only managed teams, where a policy asks for them, need room.
#[test]
fn an_allowed_question_allocates_nothing() {
    let policy = Policy::shipped().unwrap();
    let decider = policy.decider();
    let mut allowed = 0;
    for verb in &decider.verbs {
        sample::each_question(verb.kind, |question| {
            let plain = question.moment.managed_teams.is_empty();
            if plain && decider.decide(verb.kind, question) == Outcome::Allowed {
                let counted = allocation_counter::measure(|| {
                    std::hint::black_box(decider.decide(verb.kind, question));
                });
                assert_eq!(counted.count_total, 0, "{:?} {:?}", verb.kind, question.asker);
                allowed += 1;
            }
        });
    }
    assert!(allowed > 500, "{allowed}");
}
