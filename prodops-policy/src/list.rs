//! Lists: what their rows can be filtered by, and the filter of a question.

use prodops_core::filter::{Column, Filter, Value};
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::Role;

use crate::decide::{Decider, Outcome};
use crate::moment::Moment;
use crate::program::{Certainty, Columns, Forbidden, Operand};
use crate::question::{Asker, Question};
use crate::reading::Known;
use crate::resource::ResourceKey;
use crate::sample;
use crate::verb::Verb;
use crate::vocabulary::{ActionKind, Bare, EntityType, Kind, Shape};

/// The list could not be answered.
const ERRORED: Outcome = Outcome::Denied { policies: Vec::new(), errored: true };

/// The columns of a type of resource.
struct Rows(EntityType);

impl Rows {
    fn shapes(&self) -> impl Iterator<Item = &'static Shape> {
        self.0.shape().iter().filter(|shape| !shape.optional)
    }

    fn kind(&self, column: Column) -> Option<Kind> {
        if self.0.column() == Some(column) {
            return Some(Kind::Entity(self.0));
        }
        self.shapes().find(|shape| shape.column == Some(column)).map(|shape| shape.kind)
    }
}

impl Columns for Rows {
    fn column(&self, attribute: Option<&str>) -> Option<Column> {
        let Some(name) = attribute else { return self.0.column() };
        self.shapes().find(|shape| shape.attribute.name() == name)?.column
    }

    /// INVARIANT: a store answers a list out of the workspace of the scope only.
    fn is_shared(&self, attribute: &str) -> bool {
        attribute == "workspace"
    }

    fn value(&self, column: Column, operand: Operand<'_>) -> Option<Value> {
        match (self.kind(column)?, operand) {
            (Kind::Entity(_), Operand::Entity { id, .. }) => {
                // Rows are named by the one spelling of their id; another names none of them.
                let parsed: WorkspaceId = id.parse().ok()?;
                (parsed.to_string() == id).then_some(Value::Id(*parsed.as_bytes()))
            }
            (Kind::Role, Operand::Entity { id, .. }) => {
                id.parse().ok().map(|role: Role| Value::Name(role.as_str()))
            }
            (Kind::Level, Operand::Long(level)) => Some(Value::Int(level)),
            _ => None,
        }
    }
}

impl Decider {
    /// Which rows of a list a question is answered with yes for; `Err` when for none.
    pub(crate) fn rows(&self, action: ActionKind, question: &Question<'_>) -> Result<Filter, Outcome> {
        let verb = self.listed(action, question)?;
        let (request, entities) = self.as_cedar(verb, question).map_err(|_| ERRORED)?;
        let asked = self.program().ask(&request, &entities);
        match asked.filter_without_failure(&Rows(verb.kind.resource())) {
            Ok(Filter::None) => Err(self.refusal(action, question)),
            Ok(filter) => Ok(filter),
            // Loading has tried every kind of principal; what it did not see is refused and never wider than it may be.
            Err(_) => Err(ERRORED),
        }
    }

    /// What a set that only forbids hides of a list.
    pub(crate) fn hidden(&self, action: ActionKind, question: &Question<'_>) -> Result<Forbidden, Outcome> {
        let verb = self.listed(action, question)?;
        let (request, entities) = self.as_cedar(verb, question).map_err(|_| ERRORED)?;
        self.program().ask(&request, &entities).forbidden(&Rows(verb.kind.resource())).map_err(|_| ERRORED)
    }

    fn listed(&self, action: ActionKind, question: &Question<'_>) -> Result<&Verb, Outcome> {
        let verb = self.verb(action).filter(|verb| verb.applies_to(&question.asker));
        verb.ok_or(Outcome::Denied { policies: Vec::new(), errored: false })
    }

    /// Which policies hide every row, and whether one of them failed.
    pub(crate) fn refusal(&self, action: ActionKind, question: &Question<'_>) -> Outcome {
        let Some(verb) = self.verb(action) else { return ERRORED };
        let known = self.suppose(verb, question, Known::AnyRow);
        let forbids = verb.cell.forbids.len();
        let failed = |certainty: &Certainty| *certainty == Certainty::Fails;
        let errored = known.iter().any(|(_, certainty)| failed(certainty));
        let spoke = known.into_iter().enumerate().filter(|(place, (_, certainty))| {
            failed(certainty) || (*place < forbids && *certainty == Certainty::Always)
        });
        let policies = self.names_of(spoke.map(|(_, (number, _))| number));
        Outcome::Denied { policies, errored }
    }

    /// The first policy that no filter of some list can say, with that list.
    pub(crate) fn unlistable(&self) -> Option<(String, ActionKind)> {
        let lists = ActionKind::ALL.iter().filter(|kind| kind.is_list());
        for verb in lists.filter_map(|kind| self.verb(*kind)) {
            let askers = sample::askers().into_iter().filter(|asker| verb.applies_to(asker));
            let unsaid = askers.flat_map(|asker| {
                sample::moments().into_iter().find_map(|moment| self.unsaid(verb, asker, &moment))
            });
            if let Some(policy) = unsaid.into_iter().next() {
                return Some((policy, verb.kind));
            }
        }
        None
    }

    fn unsaid(&self, verb: &Verb, asker: Asker, moment: &Moment) -> Option<String> {
        let resource = ResourceKey::representative(verb.kind.resource())?;
        let workspace = sample::OWN;
        let question =
            Question { asker, workspace, archived: false, resource, owner: workspace, facts: &Bare, moment };
        let (request, entities) = self.as_cedar(verb, &question).ok()?;
        let number = self.program().ask(&request, &entities).unsaid(&Rows(verb.kind.resource()))?;
        self.program().policy_id(number).map(ToString::to_string)
    }
}
