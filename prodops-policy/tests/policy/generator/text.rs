//! The model as source text.

use std::collections::BTreeSet;
use std::fmt::Write;

use super::model::{Attribute, Entity, Model};

const HEAD: &str = "// Made of `policies/prodops.cedarschema` by `tests/policy/generator`: change the schema, not this file.\n";

pub(super) fn vocabulary(model: &Model) -> String {
    let mut text = format!("//! The names of the schema, as the schema spells them.\n{HEAD}\n");
    text += "use prodops_core::filter::Column;\n\n";
    text += "use crate::vocabulary::{Kind, Shape, action_kinds, attributes, entity_types, shapes};\n\n";
    text += "entity_types! {\n";
    for entity in &model.entities {
        writeln!(text, "    {};", entity.name).unwrap();
    }
    text += "}\n\nattributes! {\n";
    let names: BTreeSet<&str> =
        model.resources().flat_map(|entity| &entity.attributes).map(|each| each.name.as_str()).collect();
    for name in names {
        writeln!(text, "    {} = \"{name}\";", camel(name)).unwrap();
    }
    text += "}\n\nshapes! {\n";
    model.resources().for_each(|entity| text += &shape(entity));
    text += "}\n\naction_kinds! {\n";
    for action in &model.actions {
        writeln!(text, "    {}({}) {};", action.name, action.resource, action.list).unwrap();
    }
    text + "}\n"
}

fn shape(entity: &Entity) -> String {
    let mut text = format!("    {} {} {{", entity.name, column(entity.column.as_deref()));
    for attribute in &entity.attributes {
        let (name, kind, optional) = (camel(&attribute.name), kind(attribute), attribute.optional);
        let column = column(attribute.column.as_deref());
        write!(text, "\n        {name}: {kind}, {optional}, {column};").unwrap();
    }
    text + if entity.attributes.is_empty() { "}\n" } else { "\n    }\n" }
}

pub(super) fn resources(model: &Model) -> String {
    let resources: Vec<&Entity> = model.resources().collect();
    let mut ids: BTreeSet<String> = resources.iter().filter_map(|each| each.id.clone()).collect();
    let attributes = resources.iter().flat_map(|each| &each.attributes);
    ids.extend(attributes.map(rust_type).filter(|each| each.ends_with("Id")).map(str::to_owned));
    ids.insert("WorkspaceId".to_owned());
    let ids: Vec<String> = ids.into_iter().collect();
    let mut text = format!("//! The facts of every type of resource.\n{HEAD}\n");
    writeln!(text, "#[rustfmt::skip]\nuse prodops_core::id::{{{}}};", ids.join(", ")).unwrap();
    text += "use prodops_core::tenancy::{Role, WorkspaceScope};\n\n";
    text += "use crate::resource::{ResourceFacts, attributes_of, resource_keys, row, whole};\n";
    text += "use crate::sensitivity::Sensitivity;\n";
    text += "use crate::vocabulary::{AsFact, Attribute, Attributes, EntityType, Fact};\n\n";
    text += "resource_keys! {\n";
    for entity in &resources {
        let id = entity.id.as_ref().map(|id| format!("({id})")).unwrap_or_default();
        write!(text, "    /// {}\n    {}{id};\n", entity.doc, entity.name).unwrap();
    }
    text += "}\n";
    resources.iter().for_each(|entity| text += &facts(entity));
    text
}

fn facts(entity: &Entity) -> String {
    let (name, doc) = (&entity.name, &entity.doc);
    let (how, id) = match &entity.id {
        Some(id) => ("row", format!("({id})")),
        None => ("whole", String::new()),
    };
    let mut text = format!("\n{how}! {{\n    /// {doc}\n    {name}Facts is {name}{id} {{");
    for attribute in &entity.attributes {
        let ty = rust_type(attribute);
        let ty = if attribute.optional { format!("Option<{ty}>") } else { ty.to_owned() };
        let (name, kind) = (&attribute.name, camel(&attribute.name));
        write!(text, "\n        /// {}\n        {name}: {ty}, {kind};", attribute.doc).unwrap();
    }
    text + if entity.attributes.is_empty() { "}\n}\n" } else { "\n    }\n}\n" }
}

pub(super) fn actions(model: &Model) -> String {
    let mut text = format!("//! A type for every action.\n{HEAD}\n");
    text += "use crate::action::{Action, ListAction, actions, sealed};\n";
    text += "use crate::generated::resources::*;\n";
    text += "use crate::vocabulary::ActionKind;\n\nactions! {\n";
    for action in &model.actions {
        let list = if action.list { " list" } else { "" };
        writeln!(text, "    /// {}\n    {}({}Facts){list};", action.doc, action.name, action.resource)
            .unwrap();
    }
    text + "}\n"
}

fn column(column: Option<&str>) -> String {
    column.map_or_else(|| "-".to_owned(), |column| format!("\"{column}\""))
}

fn kind(attribute: &Attribute) -> String {
    match attribute.ty.as_str() {
        "Role" => "Kind::Role".to_owned(),
        "Long" => "Kind::Level".to_owned(),
        entity => format!("Kind::Entity(EntityType::{entity})"),
    }
}

/// The only numbers of the schema are steps of one scale.
fn rust_type(attribute: &Attribute) -> &'static str {
    match attribute.ty.as_str() {
        "Role" => "Role",
        "Long" => "Sensitivity",
        "Member" => "MembershipId",
        "Team" => "TeamId",
        "Person" => "PersonId",
        "Integration" => "ConnectionId",
        "Repository" => "RepositoryId",
        other => panic!("say here which type of Rust a `{other}` is"),
    }
}

fn camel(name: &str) -> String {
    let words = name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]);
    words.collect()
}
