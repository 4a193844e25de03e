//! Who and what there is, one workspace apart from the other.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{Entities, Entity, EntityTypeName, EntityUid, EvalResult, Schema};

use crate::table::Table;

/// The attribute that says whose an entity is.
const WORKSPACE: &str = "workspace";

/// A directory is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// An entity is below one of another workspace.
    #[error("`{entity}` is below `{parent}`, which belongs to another workspace")]
    Crossed {
        /// The entity.
        entity: String,
        /// What it is below.
        parent: String,
    },
    /// The entities of a workspace do not fit together.
    #[error("workspace `{workspace}`: {message}")]
    Unfit {
        /// The workspace.
        workspace: String,
        /// What Cedar says.
        message: String,
    },
}

/// The workspaces by id.
#[derive(Debug)]
pub struct Directory(BTreeMap<String, Tenant>);

/// What one workspace has. Nothing of another one is in it: a request cannot name what is not there.
#[derive(Debug)]
pub(crate) struct Tenant {
    pub(crate) entities: Entities,
    pub(crate) tables: BTreeMap<EntityTypeName, Table>,
}

impl Directory {
    /// Parts entities by the workspace that their attribute `workspace` names; those without one are everybody's.
    ///
    /// # Errors
    /// When an entity is below one of another workspace.
    pub fn part(entities: &Entities, schema: &Schema) -> Result<Self, DirectoryError> {
        let owners: BTreeSet<EntityUid> = entities.iter().filter_map(owner).collect();
        let tenants = owners.iter().map(|workspace| {
            let id: &str = workspace.id().as_ref();
            Ok((id.to_owned(), Tenant::of(entities, workspace, schema)?))
        });
        tenants.collect::<Result<_, DirectoryError>>().map(Self)
    }

    /// The ids of the workspaces.
    pub fn workspaces(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub(crate) fn tenant(&self, workspace: &str) -> Option<&Tenant> {
        self.0.get(workspace)
    }
}

impl Tenant {
    fn of(entities: &Entities, workspace: &EntityUid, schema: &Schema) -> Result<Self, DirectoryError> {
        let belongs = |entity: &&Entity| owner(entity).is_none_or(|owner| owner == *workspace);
        let own: Vec<&Entity> = entities.iter().filter(belongs).collect();
        for entity in &own {
            let above = entities.ancestors(&entity.uid()).into_iter().flatten();
            let foreign = |parent: &&EntityUid| entities.get(parent).is_some_and(|parent| !belongs(&parent));
            if let Some(parent) = above.into_iter().find(foreign) {
                let (entity, parent) = (entity.uid().to_string(), parent.to_string());
                return Err(DirectoryError::Crossed { entity, parent });
            }
        }
        let unfit = |error: &dyn std::fmt::Display| DirectoryError::Unfit {
            workspace: workspace.to_string(),
            message: error.to_string(),
        };
        let entities = Entities::from_entities(own.into_iter().cloned(), Some(schema));
        let entities = entities.map_err(|error| unfit(&error))?;
        let tables = tables(&entities);
        Ok(Self { entities, tables })
    }
}

fn tables(entities: &Entities) -> BTreeMap<EntityTypeName, Table> {
    let mut by_type: BTreeMap<EntityTypeName, Vec<&Entity>> = BTreeMap::new();
    for entity in entities.iter() {
        by_type.entry(entity.uid().type_name().clone()).or_default().push(entity);
    }
    by_type.into_iter().map(|(ty, entities)| (ty, Table::of(entities))).collect()
}

fn owner(entity: &Entity) -> Option<EntityUid> {
    match entity.attr(WORKSPACE) {
        Some(Ok(EvalResult::EntityUid(workspace))) => Some(workspace),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parted(entities: serde_json::Value) -> Result<Directory, DirectoryError> {
        let schema: Schema =
            "entity W = { workspace: W }; entity G; entity E in [E, G] = { workspace: W };".parse().unwrap();
        let entities = Entities::from_json_value(entities, Some(&schema)).unwrap();
        Directory::part(&entities, &schema)
    }

    fn entity(
        ty: &str,
        id: &str,
        workspace: Option<&str>,
        parent: Option<(&str, &str)>,
    ) -> serde_json::Value {
        let workspace = workspace.map(|id| serde_json::json!({ "type": "W", "id": id }));
        let parent = parent.map(|(ty, id)| serde_json::json!({ "type": ty, "id": id }));
        let mut attributes = serde_json::Map::new();
        attributes.extend(workspace.map(|workspace| ("workspace".to_owned(), workspace)));
        serde_json::json!({ "uid": { "type": ty, "id": id }, "attrs": attributes, "parents": parent.as_slice() })
    }

    #[test]
    fn each_workspace_has_its_own_and_what_is_everybodys() {
        let directory = parted(serde_json::json!([
            entity("W", "a", Some("a"), None),
            entity("W", "b", Some("b"), None),
            entity("G", "all", None, None),
            entity("E", "x", Some("a"), Some(("G", "all"))),
            entity("E", "y", Some("b"), None),
        ]));
        let directory = directory.unwrap();
        assert_eq!(directory.workspaces().collect::<Vec<_>>(), ["a", "b"]);
        let has = |workspace: &str, uid: &str| {
            directory.tenant(workspace).unwrap().entities.get(&uid.parse().unwrap()).is_some()
        };
        assert!(has("a", "E::\"x\"") && has("a", "G::\"all\"") && has("b", "G::\"all\""));
        assert!(!has("a", "E::\"y\"") && !has("b", "E::\"x\"") && !has("a", "W::\"b\""));
    }

    #[test]
    fn nothing_is_below_what_belongs_to_others() {
        let crossed = parted(serde_json::json!([
            entity("E", "x", Some("a"), Some(("E", "y"))),
            entity("E", "y", Some("b"), None),
        ]));
        assert!(matches!(crossed, Err(DirectoryError::Crossed { .. })), "{crossed:?}");
    }
}
