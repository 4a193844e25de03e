//! The names of a schema, as requests use them.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{EntityTypeName, EntityUid, Schema, schema_str_to_json_with_resolved_types};
use serde_json::{Map, Value};

/// Types and actions by name, and what of a request's context each action's policies can read.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    types: BTreeMap<String, EntityTypeName>,
    actions: BTreeMap<String, EntityUid>,
    contexts: BTreeMap<EntityUid, BTreeSet<String>>,
}

impl Vocabulary {
    /// The names of a schema and of the text that it was read from.
    pub(crate) fn of(schema: &Schema, text: &str) -> Self {
        let types = schema.entity_types().cloned().map(|ty| (ty.basename().to_owned(), ty.to_string(), ty));
        let actions = schema.actions().cloned();
        let actions = actions.map(|uid| (AsRef::<str>::as_ref(uid.id()).to_owned(), uid.to_string(), uid));
        let json = schema_str_to_json_with_resolved_types(text).map(|(json, _)| json).unwrap_or_default();
        let contexts = schema.actions().map(|uid| (uid.clone(), context(&json, uid).unwrap_or_default()));
        Self { types: by_name(types), actions: by_name(actions), contexts: contexts.collect() }
    }

    /// The type with a name: its full one, or its last part where that is enough.
    pub(crate) fn kind(&self, name: &str) -> Option<&EntityTypeName> {
        self.types.get(name)
    }

    /// The action with a name: its id, or the whole of it where two namespaces use the id.
    pub(crate) fn action(&self, name: &str) -> Option<&EntityUid> {
        self.actions.get(name)
    }

    /// Every action under the shortest name that means it.
    pub(crate) fn actions(&self) -> impl Iterator<Item = (&str, &EntityUid)> {
        let short = |(name, uid): &(&String, &EntityUid)| {
            let id: &str = uid.id().as_ref();
            *name == id || self.actions.get(id).is_none_or(|own| own != *uid)
        };
        self.actions.iter().filter(short).map(|(name, uid)| (name.as_str(), uid))
    }

    /// What policies can read of a context. The rest says something to others and is ignored.
    pub(crate) fn read(&self, action: &EntityUid, mut context: Map<String, Value>) -> Map<String, Value> {
        let known = self.contexts.get(action);
        context.retain(|name, _| known.is_some_and(|known| known.contains(name)));
        context
    }
}

/// Short names of things with a short and a full one; a short name that two have means neither.
fn by_name<T>(named: impl Iterator<Item = (String, String, T)>) -> BTreeMap<String, T>
where
    T: Clone,
{
    let named: Vec<_> = named.collect();
    let mut names: BTreeMap<String, T> = BTreeMap::new();
    for (short, _, thing) in &named {
        if named.iter().filter(|(other, ..)| other == short).count() == 1 {
            names.insert(short.clone(), thing.clone());
        }
    }
    names.extend(named.into_iter().map(|(_, full, thing)| (full, thing)));
    names
}

/// The attributes that an action's context declares, in the schema's JSON form.
fn context(schema: &Value, action: &EntityUid) -> Option<BTreeSet<String>> {
    let namespace = action.type_name().namespace();
    let space = schema.get(&namespace)?;
    let id: &str = action.id().as_ref();
    let declared = space.get("actions")?.get(id)?.get("appliesTo")?.get("context")?;
    let attributes = attributes(schema, space, declared)?;
    Some(attributes.keys().cloned().collect())
}

/// The attributes of a record, or of the type that a name stands for.
fn attributes<'a>(
    schema: &'a Value,
    space: &'a Value,
    declared: &'a Value,
) -> Option<&'a Map<String, Value>> {
    if let Some(attributes) = declared.get("attributes") {
        return attributes.as_object();
    }
    let name = declared.get("name").or_else(|| declared.get("type"))?.as_str()?;
    let (space, name) = match name.rsplit_once("::") {
        Some((namespace, name)) => (schema.get(namespace)?, name),
        None => (space, name),
    };
    attributes(schema, space, space.get("commonTypes")?.get(name)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vocabulary(text: &str) -> Vocabulary {
        Vocabulary::of(&text.parse().unwrap(), text)
    }

    #[test]
    fn names_are_as_short_as_they_are_clear() {
        let text = "namespace A { entity X; entity Y; action go appliesTo { principal: X, resource: X }; }
                    namespace B { entity X; action go, stay appliesTo { principal: X, resource: X }; }";
        let names = vocabulary(text);
        assert!(names.kind("X").is_none() && names.kind("Y").is_some() && names.kind("A::X").is_some());
        assert!(names.action("go").is_none() && names.action("A::Action::\"go\"").is_some());
        let shown: Vec<&str> = names.actions().map(|(name, _)| name).collect();
        assert_eq!(shown, ["A::Action::\"go\"", "B::Action::\"go\"", "stay"]);
    }

    #[test]
    fn of_a_context_remains_what_the_schema_declares() {
        let text = "namespace N { entity X; type Moment = { archived: Bool };
            action named appliesTo { principal: X, resource: X, context: Moment };
            action plain appliesTo { principal: X, resource: X, context: { n: Long } };
            action none appliesTo { principal: X, resource: X }; }
            type Outer = { o: Bool }; entity E; action bare appliesTo { principal: E, resource: E, context: Outer };";
        let names = vocabulary(text);
        let given = serde_json::json!({ "archived": true, "n": 1, "o": false, "time": "now" });
        let kept = |action: &str| {
            let Value::Object(given) = given.clone() else { unreachable!() };
            let kept = names.read(names.action(action).unwrap(), given);
            kept.into_iter().map(|(name, _)| name).collect::<Vec<_>>().join(" ")
        };
        assert_eq!([kept("named"), kept("plain"), kept("none"), kept("bare")], ["archived", "n", "", "o"]);
    }
}
