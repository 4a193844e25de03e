//! Filters over random worlds: a row is admitted exactly when it would be allowed.

use cedar_policy::{Decision, Entity, EvalResult, PolicySet, Request};
use prodops_core::filter::{Column, Filter, FilterRow, Value};
use prodops_policy::program::{Columns, Combiner, Operand, Program, Question};

use super::chance::Chance;
use super::policy::Writer;
use super::world::{Field, IDS, Kind, TYPES, World, uid, value};

const ITSELF: Column = Column::new("id");

/// The columns of a type: what every row has, of kinds that a column holds.
struct Table<'a>(&'a [Field]);

impl Columns for Table<'_> {
    fn column(&self, attribute: Option<&str>) -> Option<Column> {
        let Some(name) = attribute else { return Some(ITSELF) };
        let field = self.0.iter().find(|field| field.name == name && !field.optional)?;
        let plain = matches!(field.kind, Kind::Bool | Kind::Long | Kind::Text | Kind::Entity(_));
        plain.then_some(Column::new(field.name))
    }

    fn value(&self, column: Column, operand: Operand<'_>) -> Option<Value> {
        let kind = self.0.iter().find(|field| field.name == column.name()).map(|field| &field.kind);
        match (kind, operand) {
            (Some(Kind::Bool), Operand::Bool(truth)) => Some(Value::Bool(truth)),
            (Some(Kind::Long), Operand::Long(number)) => Some(Value::Int(number)),
            (Some(Kind::Text), Operand::Text(text)) => Some(bytes(255, text)),
            (Some(Kind::Entity(_)) | None, Operand::Entity { ty, id }) => Some(entity(ty, id)),
            _ => None,
        }
    }
}

struct Row<'a>(&'a Entity);

impl FilterRow for Row<'_> {
    fn column(&self, column: Column) -> Option<Value> {
        if column == ITSELF {
            let uid = self.0.uid();
            return Some(entity(&uid.type_name().to_string(), uid.id().unescaped()));
        }
        match self.0.attr(column.name())?.ok()? {
            EvalResult::Bool(truth) => Some(Value::Bool(truth)),
            EvalResult::Long(number) => Some(Value::Int(number)),
            EvalResult::String(text) => Some(bytes(255, &text)),
            EvalResult::EntityUid(uid) => Some(entity(&uid.type_name().to_string(), uid.id().unescaped())),
            _ => None,
        }
    }
}

fn entity(ty: &str, id: &str) -> Value {
    bytes(TYPES.iter().position(|each| *each == ty).unwrap() as u8, id)
}

fn bytes(first: u8, text: &str) -> Value {
    let mut id = [0; 16];
    id[0] = first;
    id[1] = text.len() as u8;
    id[2..2 + text.len()].copy_from_slice(text.as_bytes());
    Value::Id(id)
}

/// A policy that tells rows apart by their columns.
fn about_rows(chance: &mut Chance, fields: &[Field], action: &str, ty: usize) -> String {
    let effect = if chance.once_in(3) { "forbid" } else { "permit" };
    let mut conditions = vec![format!("principal != {}", uid(ty, chance.of(IDS)))];
    for field in fields.iter().filter(|field| !field.optional) {
        let given = value(chance, &field.kind);
        conditions.push(match field.kind {
            Kind::Bool => format!("!resource.{}", field.name),
            Kind::Long => {
                format!("resource.{} {} {given}", field.name, chance.of(&["<", "<=", ">", ">=", "=="]))
            }
            Kind::Text | Kind::Entity(_) => {
                format!("resource.{} {} {given}", field.name, chance.of(&["==", "!="]))
            }
            _ => format!("[{}].contains(resource)", uid(ty, chance.of(IDS))),
        });
    }
    let joined = conditions.join(chance.of(&[" && ", " || "]));
    format!(
        "{effect}(principal, action == Action::\"{action}\", resource is {}) when {{ {joined} }};",
        TYPES[ty]
    )
}

/// How many filters there were, how many of them were conditions, and rows that were admitted and not.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) filters: usize,
    pub(crate) conditions: usize,
    pub(crate) rows: [usize; 2],
}

pub(crate) fn compare(seed: u64, tally: &mut Tally) {
    let chance = &mut Chance::new(seed);
    let world = World::random(chance, false);
    let count = 1 + chance.below(4);
    let mut writer = Writer::new(&world, chance, false);
    let mut text: Vec<String> = (0..count).map(|_| writer.policy()).collect();
    for action in &world.actions {
        text.extend(
            action.resources.iter().map(|&ty| about_rows(chance, &world.fields[ty], &action.name, ty)),
        );
    }
    let text = text.join("\n");
    let set: PolicySet = text.parse().unwrap();
    let program = Program::unvalidated(Some(&world.schema), &set).unwrap();
    for _ in 0..10 {
        let request = world.request(chance, false);
        let ty = request.resource().unwrap().type_name().to_string();
        let fields = &world.fields[TYPES.iter().position(|each| *each == ty).unwrap()];
        let question = program.ask(&request, &world.entities);
        let Ok(filter) = question.filter(&Table(fields)) else { continue };
        tally.filters += 1;
        tally.conditions += usize::from(matches!(filter, Filter::Pred(_)));
        for row in world.entities.iter().filter(|entity| entity.uid().type_name().to_string() == ty) {
            let allowed = decide(&program, &request, row, &world) == Decision::Allow;
            assert_eq!(
                filter.admits(&Row(row)),
                allowed,
                "seed {seed}: {filter:?} {row:?}\n{question:?}\n{text}"
            );
            tally.rows[usize::from(allowed)] += 1;
        }
    }
}

fn decide(program: &Program, request: &Request, row: &Entity, world: &World) -> Decision {
    let (principal, action) = (request.principal().unwrap().clone(), request.action().unwrap().clone());
    let context = request.context().unwrap().clone();
    let request = Request::new(principal, action, row.uid(), context, None).unwrap();
    let question: Question<'_> = program.ask(&request, &world.entities);
    question.decide(Combiner::Strict)
}
