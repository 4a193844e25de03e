//! Random questions that a schema lets be asked, for property tests over any Cedar schema.

use std::collections::BTreeMap;

use cedar_policy::{Context, Entities, EntityTypeName, Request, RequestEnv, Schema, SchemaFragment};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Ids of which entities are made: few, so that they meet.
const IDS: [&str; 3] = ["a", "b", "ü \"c\""];
/// Levels of records and sets; a type that names itself ends there.
const DEPTH: usize = 4;

/// The schema cannot be used to make questions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no questions from this schema: {message}")]
pub struct SchemaError {
    message: String,
}

fn unusable(error: &dyn std::fmt::Display) -> SchemaError {
    SchemaError { message: error.to_string() }
}

/// A request and the entities that it is about, both of which fit the schema.
#[derive(Debug, Clone)]
pub struct Case {
    /// The request.
    pub request: Request,
    /// The principal and the resource, with every attribute that the schema demands.
    pub entities: Entities,
}

/// What a schema lets be asked.
#[derive(Debug, Clone)]
pub struct Worlds {
    schema: Schema,
    environments: Vec<RequestEnv>,
    /// Of entity types and common types, by full name: what Cedar's JSON form says of them.
    entities: BTreeMap<String, Value>,
    commons: BTreeMap<String, Value>,
    actions: BTreeMap<String, Value>,
}

impl Worlds {
    /// Reads a schema in the Cedar language.
    ///
    /// # Errors
    /// When it is none, or lets nothing be asked.
    pub fn of(schema: &str) -> Result<Self, SchemaError> {
        let (fragment, _) = SchemaFragment::from_cedarschema_str(schema).map_err(|error| unusable(&error))?;
        let json = fragment.to_json_value().map_err(|error| unusable(&error))?;
        let schema: Schema =
            schema.parse().map_err(|error: cedar_policy::CedarSchemaError| unusable(&error))?;
        let environments: Vec<RequestEnv> = schema.request_envs().collect();
        if environments.is_empty() {
            return Err(unusable(&"no action applies to anything"));
        }
        Ok(Self {
            schema,
            environments,
            entities: declared(&json, "entityTypes", qualified),
            commons: declared(&json, "commonTypes", qualified),
            actions: declared(&json, "actions", action_name),
        })
    }

    /// Questions, each of which fits the schema.
    pub fn cases(self) -> impl Strategy<Value = Case> {
        any::<u64>().prop_filter_map("the schema admits no value", move |seed| self.case(seed))
    }

    fn case(&self, seed: u64) -> Option<Case> {
        let mut chance = Chance(seed);
        let environment = self.environments.get(chance.below(self.environments.len()))?;
        let (principal, resource) = (environment.principal(), environment.resource());
        let (asking, asked) = (chance.id(), chance.id());
        let action = environment.action();
        let mut entities = vec![self.entity(principal, asking, &mut chance)?];
        if (principal, asking) != (resource, asked) {
            entities.push(self.entity(resource, asked, &mut chance)?);
        }
        let declared = self.actions.get(&action.to_string());
        let context = match declared.and_then(|about| about.pointer("/appliesTo/context")) {
            Some(context) => self.value(context, &mut chance, 0)?,
            None => json!({}),
        };
        let context = Context::from_json_value(context, Some((&self.schema, action))).ok()?;
        let uid = |ty: &EntityTypeName, id: &str| {
            cedar_policy::EntityUid::from_type_name_and_id(ty.clone(), cedar_policy::EntityId::new(id))
        };
        let (principal, resource) = (uid(principal, asking), uid(resource, asked));
        let request = Request::new(principal, action.clone(), resource, context, Some(&self.schema)).ok()?;
        let entities = Entities::from_json_value(Value::Array(entities), Some(&self.schema)).ok()?;
        Some(Case { request, entities })
    }

    fn entity(&self, ty: &EntityTypeName, id: &str, chance: &mut Chance) -> Option<Value> {
        let ty = ty.to_string();
        let about = self.entities.get(&ty)?;
        let shape = about.get("shape").filter(|shape| !shape.is_null());
        let attributes = shape.map_or_else(|| Some(json!({})), |shape| self.value(shape, chance, 0))?;
        Some(json!({ "uid": { "type": ty, "id": id }, "attrs": attributes, "parents": [] }))
    }

    /// A value of a type, in the JSON form of entities; `None` for a type that has no name here.
    fn value(&self, ty: &Value, chance: &mut Chance, depth: usize) -> Option<Value> {
        let name = ty["name"].as_str().or(ty["type"].as_str())?;
        match ty["type"].as_str()? {
            "Record" => self.record(&ty["attributes"], chance, depth),
            "Set" => {
                let count = if depth < DEPTH { chance.below(3) } else { 0 };
                let members = (0..count).map(|_| self.value(&ty["element"], chance, depth + 1));
                members.collect::<Option<Vec<_>>>().map(Value::Array)
            }
            "EntityOrCommon" | "Entity" | "Extension" => self.named(name, chance, depth),
            other => self.named(other, chance, depth),
        }
    }

    fn record(&self, attributes: &Value, chance: &mut Chance, depth: usize) -> Option<Value> {
        let mut record = Map::new();
        for (name, about) in attributes.as_object()? {
            let optional = about["required"] == Value::Bool(false);
            if !optional || (depth < DEPTH && chance.below(2) == 0) {
                record.insert(name.clone(), self.value(about, chance, depth + 1)?);
            }
        }
        Some(Value::Object(record))
    }

    fn named(&self, name: &str, chance: &mut Chance, depth: usize) -> Option<Value> {
        let extension = |of: &str, arg: &str| json!({ "__extn": { "fn": of, "arg": arg } });
        Some(match name.trim_start_matches("__cedar::") {
            "Bool" | "Boolean" => Value::Bool(chance.below(2) == 0),
            "Long" => json!(chance.pick(&[-1i64, 0, 1, 2, 3, i64::MAX])?),
            "String" => json!(chance.pick(&["", "a", "ü"])?),
            "datetime" => {
                extension("datetime", chance.pick(&["1970-01-01", "2026-03-02T08:00:00Z", "9999-12-31"])?)
            }
            "duration" => extension("duration", chance.pick(&["0ms", "1h", "-2d"])?),
            "decimal" => extension("decimal", chance.pick(&["0.0", "1.5"])?),
            "ipaddr" => extension("ip", chance.pick(&["127.0.0.1", "10.0.0.0/8"])?),
            _ => return self.declared(name, chance, depth),
        })
    }

    /// A type of the schema, by its full name or that within some namespace.
    fn declared(&self, name: &str, chance: &mut Chance, depth: usize) -> Option<Value> {
        let ends = |full: &str| full == name || full.ends_with(&format!("::{name}"));
        if let Some((_, about)) = self.commons.iter().find(|(full, _)| ends(full)) {
            return self.value(about, chance, depth);
        }
        let (full, about) = self.entities.iter().find(|(full, _)| ends(full))?;
        let id = match about["enum"].as_array() {
            Some(choices) => choices.get(chance.below(choices.len()))?.as_str()?,
            None => chance.id(),
        };
        Some(json!({ "__entity": { "type": full, "id": id } }))
    }
}

fn qualified(namespace: &str, name: &str) -> String {
    if namespace.is_empty() { name.to_owned() } else { format!("{namespace}::{name}") }
}

fn action_name(namespace: &str, name: &str) -> String {
    format!("{}::{name:?}", qualified(namespace, "Action"))
}

fn declared(json: &Value, kind: &str, name: fn(&str, &str) -> String) -> BTreeMap<String, Value> {
    let namespaces = json.as_object().into_iter().flatten();
    let declared = namespaces.flat_map(|(namespace, about)| {
        let these = about[kind].as_object().into_iter().flatten();
        these.map(move |(each, about)| (name(namespace, each), about.clone()))
    });
    declared.collect()
}

/// Numbers from a seed (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let mixed = usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap_or(0);
        mixed.checked_rem(count).unwrap_or(0)
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        of.get(self.below(of.len())).copied()
    }

    fn id(&mut self) -> &'static str {
        self.pick(&IDS).unwrap_or("a")
    }
}
