//! An action of the schema, ready to be asked about.

use cedar_policy::{Entities, Entity, EntityTypeName, EntityUid, Schema};

use crate::entity::Vocabulary;
use crate::error::PolicyError;
use crate::program::Program;
use crate::program::cell::Cell;
use crate::question::Asker;
use crate::vocabulary::{ActionKind, EntityType};

/// Groups of actions whose every decision is worth writing down.
const SENSITIVE: [&str; 4] = ["Dangerous", "HrData", "Individual", "Classified"];

/// An action with what the policies and the schema say of it.
#[derive(Debug)]
pub(crate) struct Verb {
    pub(crate) kind: ActionKind,
    pub(crate) uid: EntityUid,
    /// The action with its groups, for policies that speak of a group.
    pub(crate) entity: Entity,
    members: bool,
    systems: bool,
    /// Whether owners need it to stay owners.
    pub(crate) custody: bool,
    pub(crate) sensitive: bool,
    pub(crate) cell: Cell,
}

impl Verb {
    pub(crate) fn new(
        kind: ActionKind,
        schema: &Schema,
        groups: &Entities,
        vocabulary: &Vocabulary,
        program: &Program,
    ) -> Result<Self, PolicyError> {
        let name = format!("ProdOps::Action::\"{}\"", kind.name());
        let absent = || PolicyError::Schema { message: format!("no action `{}`", kind.name()) };
        let uid: EntityUid = name.parse().map_err(|_| absent())?;
        let entity = groups.get(&uid).cloned().ok_or_else(absent)?;
        let principals: Vec<&EntityTypeName> =
            schema.principals_for_action(&uid).ok_or_else(absent)?.collect();
        let applies = |to| vocabulary.name(to).is_ok_and(|name| principals.contains(&name));
        let ty = vocabulary.name(kind.resource()).map_err(|_| absent())?;
        Ok(Self {
            kind,
            members: applies(EntityType::Member),
            systems: applies(EntityType::System),
            custody: belongs(groups, "Custody", &uid),
            sensitive: SENSITIVE.iter().any(|group| belongs(groups, group, &uid)),
            cell: program.prepared(&uid, ty).cloned().ok_or_else(absent)?,
            uid,
            entity,
        })
    }

    /// Whether the schema lets this kind of principal be asked about.
    pub(crate) const fn applies_to(&self, asker: &Asker) -> bool {
        match asker {
            Asker::Member(_) => self.members,
            Asker::System(_) => self.systems,
        }
    }
}

/// Whether an action is a group, or in it.
pub(crate) fn belongs(groups: &Entities, group: &str, action: &EntityUid) -> bool {
    let group: Option<EntityUid> = format!("ProdOps::Action::\"{group}\"").parse().ok();
    group.is_some_and(|group| group == *action || groups.is_ancestor_of(&group, action))
}
