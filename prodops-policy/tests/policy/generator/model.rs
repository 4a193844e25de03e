//! What the schema says, in the order in which it says it.

use cedar_policy::SchemaFragment;
use serde_json::Value;

/// Entity types and actions.
pub(super) struct Model {
    pub(super) entities: Vec<Entity>,
    pub(super) actions: Vec<Action>,
}

pub(super) struct Entity {
    pub(super) name: String,
    pub(super) doc: String,
    /// The type of its id in core; `None` for what a workspace has one of.
    pub(super) id: Option<String>,
    pub(super) column: Option<String>,
    /// Its attributes but `workspace`.
    pub(super) attributes: Vec<Attribute>,
}

pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) doc: String,
    /// The name of its type in the schema.
    pub(super) ty: String,
    pub(super) optional: bool,
    pub(super) column: Option<String>,
}

pub(super) struct Action {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) resource: String,
    pub(super) list: bool,
}

impl Model {
    pub(super) fn of(schema: &str) -> Self {
        let (fragment, warnings) = SchemaFragment::from_cedarschema_str(schema).unwrap();
        assert_eq!(warnings.count(), 0);
        let json = fragment.to_json_value().unwrap();
        let namespace = &json["ProdOps"];
        let mut entities: Vec<Entity> =
            fields(&namespace["entityTypes"]).map(|(name, about)| entity(schema, name, about)).collect();
        entities.sort_by_key(|each| place(schema, &format!("entity {} ", each.name)));
        let mut actions: Vec<Action> = fields(&namespace["actions"]).filter_map(action).collect();
        actions.sort_by_key(|each| place(schema, &format!("action {} ", each.name)));
        Self { entities, actions }
    }

    /// The entity types that actions are done to.
    pub(super) fn resources(&self) -> impl Iterator<Item = &Entity> {
        let acted_on = |entity: &&Entity| self.actions.iter().any(|action| action.resource == entity.name);
        self.entities.iter().filter(acted_on)
    }
}

/// Cedar's JSON form forgets the order of the text.
fn place(schema: &str, needle: &str) -> usize {
    schema.find(needle).unwrap_or_else(|| panic!("`{needle}` is not in the schema"))
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

fn annotation(value: &Value, key: &str) -> Option<String> {
    Some(value["annotations"][key].as_str()?.to_owned())
}

fn entity(schema: &str, name: &str, about: &Value) -> Entity {
    let begin = place(schema, &format!("entity {name} "));
    let body = &schema[begin..];
    let own = fields(&about["shape"]["attributes"]).filter(|(name, _)| *name != "workspace");
    let mut attributes: Vec<Attribute> = own.map(|(name, about)| attribute(name, about)).collect();
    attributes.sort_by_key(|each| {
        let spelled = if each.optional { format!("{}?:", each.name) } else { format!("{}:", each.name) };
        body.find(&spelled).unwrap()
    });
    Entity {
        name: name.to_owned(),
        doc: annotation(about, "doc").unwrap(),
        id: annotation(about, "id"),
        column: annotation(about, "column"),
        attributes,
    }
}

fn attribute(name: &str, about: &Value) -> Attribute {
    let ty = about["name"].as_str().or(about["type"].as_str()).unwrap();
    Attribute {
        name: name.to_owned(),
        doc: annotation(about, "doc").unwrap_or_default(),
        ty: ty.rsplit("::").next().unwrap().to_owned(),
        optional: about["required"] == Value::Bool(false),
        column: annotation(about, "column"),
    }
}

/// `None` for a group of actions.
fn action((name, about): (&String, &Value)) -> Option<Action> {
    let resources = about["appliesTo"]["resourceTypes"].as_array()?;
    let [resource] = resources.as_slice() else {
        assert!(resources.is_empty(), "`{name}` is done to one type of resource");
        return None;
    };
    Some(Action {
        name: name.clone(),
        doc: annotation(about, "doc").unwrap(),
        resource: resource.as_str().unwrap().to_owned(),
        list: about["annotations"].get("list").is_some(),
    })
}
