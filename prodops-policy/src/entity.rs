//! How questions look to Cedar: entities and a context.

use std::collections::{HashMap, HashSet};

use cedar_policy::{Context, Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression};
use prodops_core::id::WorkspaceId;
use prodops_core::time::Timestamp;

use crate::error::PolicyError;
use crate::question::{Asker, Question};
use crate::vocabulary::{EntityType, Fact};

/// The entity could not be built. It is a defect of this crate, or a time that Cedar cannot spell, and the answer is a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unanswerable;

/// The names of the schema, parsed once.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    types: Vec<(EntityType, EntityTypeName)>,
}

impl Vocabulary {
    pub(crate) fn new() -> Result<Self, PolicyError> {
        let types = EntityType::ALL.iter().map(|&ty| Ok((ty, type_name(ty.name())?)));
        Ok(Self { types: types.collect::<Result<_, PolicyError>>()? })
    }

    pub(crate) fn name(&self, ty: EntityType) -> Result<&EntityTypeName, Unanswerable> {
        self.types.iter().find(|(each, _)| *each == ty).map(|(_, name)| name).ok_or(Unanswerable)
    }

    pub(crate) fn principal(&self, question: &Question<'_>) -> Result<Entity, Unanswerable> {
        let workspace = self.workspace(question.workspace)?;
        let (uid, mut attributes) = match question.asker {
            Asker::Member(member) => {
                let mut attributes = vec![
                    ("role", self.value(EntityType::Role, member.role.as_str())?),
                    ("suspended", RestrictedExpression::new_bool(member.suspended)),
                    ("by_token", RestrictedExpression::new_bool(member.by_token)),
                ];
                attributes.extend(member.until.map(|until| ("until", datetime(until))));
                (self.uid(EntityType::Member, member.membership.to_string())?, attributes)
            }
            Asker::System(system) => {
                let name = self.value(EntityType::SystemName, system.as_str())?;
                (self.uid(EntityType::System, system.as_str())?, vec![("name", name)])
            }
        };
        attributes.push(("workspace", workspace));
        entity(uid, attributes)
    }

    pub(crate) fn resource(&self, question: &Question<'_>) -> Result<Entity, Unanswerable> {
        let ty = question.resource.entity_type();
        let id = question.resource.id().unwrap_or(*question.owner.as_bytes());
        let mut attributes = vec![("workspace", self.workspace(question.owner)?)];
        for shape in ty.shape() {
            if let Some(value) = self.fact(question.facts.attribute(shape.attribute))? {
                attributes.push((shape.attribute.name(), value));
            }
        }
        entity(self.uid(ty, spelled(id))?, attributes)
    }

    pub(crate) fn context(&self, question: &Question<'_>) -> Result<Context, Unanswerable> {
        let moment = question.moment;
        let teams = moment.managed_teams.iter().map(|team| self.value(EntityType::Team, team.to_string()));
        let teams = teams.collect::<Result<Vec<_>, _>>()?;
        let mut pairs = vec![
            ("archived", RestrictedExpression::new_bool(question.archived)),
            ("now", datetime(moment.now)),
            ("second_factor", RestrictedExpression::new_bool(moment.second_factor)),
            ("audited_grant", RestrictedExpression::new_bool(moment.audited_grant)),
            ("clearance", RestrictedExpression::new_long(moment.clearance.level())),
            ("managed_teams", RestrictedExpression::new_set(teams)),
        ];
        if let Some(person) = moment.person {
            pairs.push(("person", self.value(EntityType::Person, person.to_string())?));
        }
        Context::from_pairs(pairs.into_iter().map(owned)).map_err(|_| Unanswerable)
    }

    fn fact(&self, fact: Fact) -> Result<Option<RestrictedExpression>, Unanswerable> {
        Ok(match fact {
            Fact::Absent => None,
            Fact::Entity(ty, id) => Some(self.value(ty, spelled(id))?),
            Fact::Role(role) => Some(self.value(EntityType::Role, role.as_str())?),
            Fact::Level(step) => Some(RestrictedExpression::new_long(step.level())),
        })
    }

    fn workspace(&self, workspace: WorkspaceId) -> Result<RestrictedExpression, Unanswerable> {
        self.value(EntityType::Workspace, workspace.to_string())
    }

    fn uid(&self, ty: EntityType, id: impl AsRef<str>) -> Result<EntityUid, Unanswerable> {
        Ok(EntityUid::from_type_name_and_id(self.name(ty)?.clone(), EntityId::new(id)))
    }

    fn value(&self, ty: EntityType, id: impl AsRef<str>) -> Result<RestrictedExpression, Unanswerable> {
        Ok(RestrictedExpression::new_entity_uid(self.uid(ty, id)?))
    }
}

/// Every id of core is spelled alike.
pub(crate) fn spelled(id: [u8; 16]) -> String {
    WorkspaceId::from_bytes(id).to_string()
}

fn datetime(at: Timestamp) -> RestrictedExpression {
    RestrictedExpression::new_datetime(at.to_jiff().strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

fn type_name(name: &str) -> Result<EntityTypeName, PolicyError> {
    format!("ProdOps::{name}")
        .parse()
        .map_err(|_| PolicyError::Schema { message: format!("`{name}` is not the name of a type") })
}

fn owned((name, value): (&str, RestrictedExpression)) -> (String, RestrictedExpression) {
    (name.to_owned(), value)
}

fn entity(uid: EntityUid, attributes: Vec<(&str, RestrictedExpression)>) -> Result<Entity, Unanswerable> {
    let attributes: HashMap<_, _> = attributes.into_iter().map(owned).collect();
    Entity::new(uid, attributes, HashSet::new()).map_err(|_| Unanswerable)
}
