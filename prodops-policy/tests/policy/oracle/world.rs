//! Random schemas, and entities that fit them.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;

use cedar_policy::{Context, Entities, Entity, EntityUid, Request, RestrictedExpression, Schema};

use super::chance::Chance;

pub(crate) const TYPES: &[&str] = &["User", "Group", "Doc", "N::Team"];
const NAMES: &[&str] = &["a", "b", "c", "d"];
pub(crate) const IDS: &[&str] = &["x", "y", "ü\\\"z", "\\0"];

/// A type that attributes can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Long,
    Text,
    Entity(usize),
    Set(Box<Kind>),
    Record(Vec<Field>),
    Datetime,
    Duration,
    Decimal,
    Ip,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) optional: bool,
}

/// A random schema with entities.
pub(crate) struct World {
    pub(crate) fields: Vec<Vec<Field>>,
    pub(crate) context: Vec<Field>,
    pub(crate) actions: Vec<Action>,
    pub(crate) schema: Schema,
    pub(crate) entities: Entities,
}

pub(crate) struct Action {
    pub(crate) name: String,
    pub(crate) principals: Vec<usize>,
    pub(crate) resources: Vec<usize>,
}

pub(crate) const GROUPS: &[&str] = &["all", "some"];

impl World {
    /// With `wild`, entities may lack what the schema demands.
    pub(crate) fn random(chance: &mut Chance, wild: bool) -> Self {
        let fields: Vec<_> = TYPES.iter().map(|_| record(chance, 2)).collect();
        let context = record(chance, 2);
        let actions: Vec<_> = (0..4).map(|number| action(chance, number)).collect();
        let text = schema(&fields, &context, &actions, chance);
        let schema: Schema = text.parse().unwrap_or_else(|error| panic!("{error}: {text}"));
        let entities = entities(chance, &fields, &schema, wild);
        Self { fields, context, actions, schema, entities }
    }

    pub(crate) fn request(&self, chance: &mut Chance, wild: bool) -> Request {
        let action = &self.actions[chance.below(self.actions.len())];
        let (principal, resource) = if wild && chance.once_in(4) {
            (chance.below(TYPES.len()), chance.below(TYPES.len()))
        } else {
            (chance.of(&action.principals), chance.of(&action.resources))
        };
        let fields = fields(chance, &self.context, wild);
        let context = Context::from_pairs(fields).unwrap();
        let uid =
            if wild && chance.once_in(12) { action_uid("unheard-of") } else { action_uid(&action.name) };
        let schema = (!wild).then_some(&self.schema);
        Request::new(some_uid(chance, principal), uid, some_uid(chance, resource), context, schema).unwrap()
    }
}

fn action(chance: &mut Chance, number: usize) -> Action {
    let types = |chance: &mut Chance| {
        let mut types = vec![chance.below(TYPES.len()), chance.below(TYPES.len())];
        types.sort_unstable();
        types.dedup();
        types
    };
    Action { name: format!("act{number}"), principals: types(chance), resources: types(chance) }
}

fn kind(chance: &mut Chance, depth: usize) -> Kind {
    match chance.below(if depth == 0 { 8 } else { 12 }) {
        0 => Kind::Bool,
        1 => Kind::Long,
        2 => Kind::Text,
        3 => Kind::Entity(chance.below(TYPES.len())),
        4 => Kind::Datetime,
        5 => Kind::Duration,
        6 => Kind::Decimal,
        7 => Kind::Ip,
        8 | 9 => Kind::Set(Box::new(kind(chance, 0))),
        10 => Kind::Entity(chance.below(TYPES.len())),
        _ => Kind::Record(record(chance, depth - 1)),
    }
}

fn record(chance: &mut Chance, depth: usize) -> Vec<Field> {
    let names = NAMES.iter().take(1 + chance.below(NAMES.len()));
    names.map(|name| Field { name, kind: kind(chance, depth), optional: chance.once_in(3) }).collect()
}

fn schema(fields: &[Vec<Field>], context: &[Field], actions: &[Action], chance: &mut Chance) -> String {
    let mut text = String::new();
    for (ty, fields) in TYPES.iter().zip(fields) {
        let (opening, name, closing) = match ty.split_once("::") {
            Some((namespace, name)) => (format!("namespace {namespace} {{ "), name, " }"),
            None => (String::new(), *ty, ""),
        };
        let tags = if chance.once_in(2) { " tags Long" } else { "" };
        writeln!(
            text,
            "{opening}entity {name} in [{}] = {}{tags};{closing}",
            TYPES.join(", "),
            spelled(fields)
        )
        .unwrap();
    }
    for group in GROUPS {
        writeln!(text, "action {group}{};", if *group == "some" { " in [all]" } else { "" }).unwrap();
    }
    for action in actions {
        let names = |types: &[usize]| types.iter().map(|&ty| TYPES[ty]).collect::<Vec<_>>().join(", ");
        let groups = ["", " in [all]", " in [some]"][chance.below(3)];
        let (principals, resources) = (names(&action.principals), names(&action.resources));
        writeln!(
            text,
            "action {}{groups} appliesTo {{ principal: [{principals}], resource: [{resources}], context: {} }};",
            action.name,
            spelled(context)
        )
        .unwrap();
    }
    text
}

fn spelled(fields: &[Field]) -> String {
    let each = fields.iter().map(|field| {
        format!("{}{}: {}", field.name, if field.optional { "?" } else { "" }, spelled_kind(&field.kind))
    });
    format!("{{ {} }}", each.collect::<Vec<_>>().join(", "))
}

fn spelled_kind(kind: &Kind) -> String {
    match kind {
        Kind::Bool => "Bool".to_owned(),
        Kind::Long => "Long".to_owned(),
        Kind::Text => "String".to_owned(),
        Kind::Entity(ty) => TYPES[*ty].to_owned(),
        Kind::Set(of) => format!("Set<{}>", spelled_kind(of)),
        Kind::Record(fields) => spelled(fields),
        Kind::Datetime => "datetime".to_owned(),
        Kind::Duration => "duration".to_owned(),
        Kind::Decimal => "decimal".to_owned(),
        Kind::Ip => "ipaddr".to_owned(),
    }
}

pub(crate) fn uid(ty: usize, id: &str) -> String {
    format!("{}::\"{id}\"", TYPES[ty])
}

fn some_uid(chance: &mut Chance, ty: usize) -> EntityUid {
    uid(ty, chance.of(IDS)).parse().unwrap()
}

fn action_uid(name: &str) -> EntityUid {
    format!("Action::\"{name}\"").parse().unwrap()
}

fn fields(chance: &mut Chance, fields: &[Field], wild: bool) -> Vec<(String, RestrictedExpression)> {
    let mut given = Vec::new();
    for field in fields {
        if (field.optional && chance.once_in(2)) || (wild && chance.once_in(6)) {
            continue;
        }
        let kind = if wild && chance.once_in(8) { kind(chance, 1) } else { field.kind.clone() };
        given.push((field.name.to_owned(), value(chance, &kind).parse().unwrap()));
    }
    given
}

/// A literal of a kind.
pub(crate) fn value(chance: &mut Chance, kind: &Kind) -> String {
    let of = |chance: &mut Chance, texts: &[&str]| chance.of(texts).to_owned();
    match kind {
        Kind::Bool => of(chance, &["true", "false"]),
        Kind::Long => of(chance, &["0", "1", "2", "-1", "9223372036854775807", "-9223372036854775808"]),
        Kind::Text => of(chance, &["\"\"", "\"x\"", "\"y*\"", "\"ü\\\"z\"", "\"\\0\""]),
        Kind::Entity(ty) => uid(*ty, chance.of(IDS)),
        Kind::Datetime => of(
            chance,
            &[
                "datetime(\"1970-01-01\")",
                "datetime(\"2026-03-01T12:30:00Z\")",
                "datetime(\"1969-12-31T23:59:59.999Z\")",
            ],
        ),
        Kind::Duration => of(chance, &["duration(\"0ms\")", "duration(\"1d2h\")", "duration(\"-90m\")"]),
        Kind::Decimal => of(chance, &["decimal(\"1.0\")", "decimal(\"1.00\")", "decimal(\"-0.5\")"]),
        Kind::Ip => {
            of(chance, &["ip(\"10.0.0.1\")", "ip(\"10.0.0.0/8\")", "ip(\"::1\")", "ip(\"10.0.0.1/32\")"])
        }
        Kind::Set(of) => {
            let count = chance.below(4);
            let members: Vec<_> = (0..count).map(|_| value(chance, of)).collect();
            format!("[{}]", members.join(", "))
        }
        Kind::Record(inner) => {
            let mut parts = Vec::new();
            for field in inner {
                if !(field.optional && chance.once_in(2)) {
                    parts.push(format!("{}: {}", field.name, value(chance, &field.kind)));
                }
            }
            format!("{{{}}}", parts.join(", "))
        }
    }
}

fn entities(chance: &mut Chance, of_types: &[Vec<Field>], schema: &Schema, wild: bool) -> Entities {
    let mut made: Vec<Entity> = Vec::new();
    for (ty, of_type) in of_types.iter().enumerate() {
        for id in IDS {
            if chance.once_in(5) {
                continue;
            }
            let mut parents = HashSet::new();
            for _ in 0..chance.below(3) {
                if let Some(parent) = (!made.is_empty()).then(|| made[chance.below(made.len())].uid()) {
                    parents.insert(parent);
                }
            }
            let attributes: HashMap<_, _> = fields(chance, of_type, wild).into_iter().collect();
            let tags = wild && chance.once_in(2);
            let tags = tags.then(|| ("t".to_owned(), RestrictedExpression::new_long(chance.below(3) as i64)));
            let uid = uid(ty, id).parse().unwrap();
            made.push(Entity::new_with_tags(uid, attributes, parents, tags).unwrap());
        }
    }
    if wild && chance.once_in(3) {
        return Entities::from_entities(made, None).unwrap();
    }
    let with_actions = made.into_iter().chain(schema.action_entities().unwrap());
    let schema = (!wild).then_some(schema);
    if schema.is_some() {
        let own = with_actions.filter(|entity| entity.uid().type_name().basename() != "Action");
        return Entities::from_entities(own, schema).unwrap();
    }
    Entities::from_entities(with_actions, None).unwrap()
}
