//! The rows of one type of resource, with a column for each attribute that every one of them has: what a row filter looks at.

use std::collections::BTreeMap;

use cedar_policy::{Entity, EntityUid, EvalResult};
use prodops_core::filter::{Column, Filter, FilterRow, Value};
use prodops_policy::program::{Columns, Operand};

/// Columns have names that the program knows; attributes come with a schema that is read when it starts. What does not fit is
/// no column, and a policy that asks for it is decided row by row.
const NAMES: [&str; 16] = [
    "itself",
    "column-1",
    "column-2",
    "column-3",
    "column-4",
    "column-5",
    "column-6",
    "column-7",
    "column-8",
    "column-9",
    "column-10",
    "column-11",
    "column-12",
    "column-13",
    "column-14",
    "column-15",
];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Long,
    Text,
    Entity,
}

/// The rows, ordered by id.
#[derive(Debug, Default)]
pub(crate) struct Table {
    attributes: Vec<(String, Kind)>,
    terms: Terms,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    uid: EntityUid,
    values: Vec<Value>,
}

/// Numbers for texts and entities: a filter compares numbers.
#[derive(Debug, Default)]
struct Terms(BTreeMap<(Option<String>, String), u64>);

impl Terms {
    /// What no row has.
    const ABSENT: Value = Value::Id([0xff; 16]);

    fn learn(&mut self, ty: Option<String>, text: &str) -> Value {
        let next = self.0.len() as u64;
        id(*self.0.entry((ty, text.to_owned())).or_insert(next))
    }

    fn find(&self, ty: Option<&str>, text: &str) -> Value {
        let known = self.0.get(&(ty.map(str::to_owned), text.to_owned()));
        known.map_or(Self::ABSENT, |number| id(*number))
    }
}

fn id(number: u64) -> Value {
    Value::Id(u128::from(number).to_be_bytes())
}

impl Table {
    /// The table of some entities of one type.
    pub(crate) fn of(mut entities: Vec<&Entity>) -> Self {
        entities.sort_by_cached_key(|entity| AsRef::<str>::as_ref(entity.uid().id()).to_owned());
        let attributes = shared(&entities);
        let mut terms = Terms::default();
        let row =
            |entity: &&Entity| Row { uid: entity.uid(), values: values(entity, &attributes, &mut terms) };
        let rows = entities.iter().map(row).collect();
        Self { attributes, terms, rows }
    }

    /// The ids of the rows.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &EntityUid> {
        self.rows.iter().map(|row| &row.uid)
    }

    /// The ids of the rows that a filter admits.
    pub(crate) fn admitted(&self, filter: &Filter) -> impl Iterator<Item = &EntityUid> {
        self.rows.iter().filter(|row| filter.admits(*row)).map(|row| &row.uid)
    }
}

impl FilterRow for Row {
    fn column(&self, column: Column) -> Option<Value> {
        let place = NAMES.iter().position(|name| *name == column.name())?;
        self.values.get(place).cloned()
    }
}

impl Columns for Table {
    fn column(&self, attribute: Option<&str>) -> Option<Column> {
        let place = match attribute {
            None => 0,
            Some(name) => self.attributes.iter().position(|(own, _)| own == name)? + 1,
        };
        NAMES.get(place).map(|name| Column::new(name))
    }

    fn value(&self, column: Column, operand: Operand<'_>) -> Option<Value> {
        let place = NAMES.iter().position(|name| *name == column.name())?;
        let kind = match place.checked_sub(1) {
            None => Kind::Entity,
            Some(place) => self.attributes.get(place)?.1,
        };
        match (kind, operand) {
            (Kind::Bool, Operand::Bool(truth)) => Some(Value::Bool(truth)),
            (Kind::Long, Operand::Long(number)) => Some(Value::Int(number)),
            (Kind::Text, Operand::Text(text)) => Some(self.terms.find(None, text)),
            (Kind::Entity, Operand::Entity { ty, id }) => Some(self.terms.find(Some(ty), id)),
            _ => None,
        }
    }
}

/// The attributes that every entity has, always of the same kind.
fn shared(entities: &[&Entity]) -> Vec<(String, Kind)> {
    let Some(first) = entities.first() else { return Vec::new() };
    let mut attributes: Vec<(String, Kind)> = first
        .attrs()
        .filter_map(|(name, value)| Some((name.to_owned(), kind(&value.ok()?)?)))
        .filter(|(name, own)| entities.iter().all(|entity| attribute_kind(entity, name) == Some(*own)))
        .collect();
    attributes.sort_by(|(a, _), (b, _)| a.cmp(b));
    attributes.truncate(NAMES.len() - 1);
    attributes
}

fn attribute_kind(entity: &Entity, name: &str) -> Option<Kind> {
    kind(&entity.attr(name)?.ok()?)
}

const fn kind(value: &EvalResult) -> Option<Kind> {
    match value {
        EvalResult::Bool(_) => Some(Kind::Bool),
        EvalResult::Long(_) => Some(Kind::Long),
        EvalResult::String(_) => Some(Kind::Text),
        EvalResult::EntityUid(_) => Some(Kind::Entity),
        _ => None,
    }
}

/// The entity itself, then its attributes. One that is missing ends the row, so that filters hide it.
fn values(entity: &Entity, attributes: &[(String, Kind)], terms: &mut Terms) -> Vec<Value> {
    let mut values = vec![learn(&entity.uid(), terms)];
    for (name, _) in attributes {
        values.push(match entity.attr(name) {
            Some(Ok(EvalResult::Bool(truth))) => Value::Bool(truth),
            Some(Ok(EvalResult::Long(number))) => Value::Int(number),
            Some(Ok(EvalResult::String(text))) => terms.learn(None, &text),
            Some(Ok(EvalResult::EntityUid(uid))) => learn(&uid, terms),
            _ => return values,
        });
    }
    values
}

fn learn(uid: &EntityUid, terms: &mut Terms) -> Value {
    terms.learn(Some(uid.type_name().to_string()), uid.id().as_ref())
}
