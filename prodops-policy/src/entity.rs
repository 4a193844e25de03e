//! How scopes and facts look to Cedar.

use std::collections::{HashMap, HashSet};

use cedar_policy::{Context, Entity, EntityId, EntityTypeName, EntityUid, RestrictedExpression};
use prodops_core::id::{MembershipId, WorkspaceId};
use prodops_core::tenancy::{Principal, Role, SystemPrincipal, WorkspaceScope, WorkspaceState};

use crate::error::PolicyError;
use crate::resource::ResourceKey;

/// Who asks, as policies see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    Member { membership: MembershipId, role: Role, suspended: bool },
    System(SystemPrincipal),
}

impl From<Principal> for Asker {
    fn from(principal: Principal) -> Self {
        match principal {
            // INVARIANT: a suspended membership mints no scope, so the member behind a scope is not suspended.
            Principal::Member { membership, role, .. } => Self::Member { membership, role, suspended: false },
            Principal::System(system) => Self::System(system),
        }
    }
}

/// Everything that a decision depends on, apart from the action.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) asker: Asker,
    /// The workspace of the asker.
    pub(crate) workspace: WorkspaceId,
    pub(crate) archived: bool,
    pub(crate) resource: ResourceKey,
    /// The workspace of the resource.
    pub(crate) owner: WorkspaceId,
}

impl Question {
    pub(crate) fn of(scope: &WorkspaceScope, resource: ResourceKey, owner: WorkspaceId) -> Self {
        Self {
            asker: scope.principal().into(),
            workspace: scope.workspace(),
            archived: scope.workspace_state() != WorkspaceState::Active,
            resource,
            owner,
        }
    }
}

/// The entity could not be built. It is a defect of this crate, and the answer is a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unanswerable;

/// The names of the schema, parsed once.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    pub(crate) member: EntityTypeName,
    pub(crate) system: EntityTypeName,
    pub(crate) workspace: EntityTypeName,
    pub(crate) integration: EntityTypeName,
    pub(crate) repository: EntityTypeName,
    pub(crate) audit_log: EntityTypeName,
    pub(crate) metric_report: EntityTypeName,
    pub(crate) role: EntityTypeName,
    pub(crate) system_name: EntityTypeName,
    active: Context,
    archived: Context,
}

impl Vocabulary {
    pub(crate) fn new() -> Result<Self, PolicyError> {
        Ok(Self {
            member: type_name("Member")?,
            system: type_name("System")?,
            workspace: type_name("Workspace")?,
            integration: type_name("Integration")?,
            repository: type_name("Repository")?,
            audit_log: type_name("AuditLog")?,
            metric_report: type_name("MetricReport")?,
            role: type_name("Role")?,
            system_name: type_name("SystemName")?,
            active: moment(false)?,
            archived: moment(true)?,
        })
    }

    pub(crate) fn moment(&self, archived: bool) -> Context {
        if archived { self.archived.clone() } else { self.active.clone() }
    }

    pub(crate) fn principal(&self, question: &Question) -> Result<Entity, Unanswerable> {
        let workspace = ("workspace".to_owned(), self.workspace_value(question.workspace));
        match question.asker {
            Asker::Member { membership, role, suspended } => entity(
                uid(&self.member, membership.to_string()),
                [
                    workspace,
                    ("role".to_owned(), value(&self.role, role.as_str())),
                    ("suspended".to_owned(), RestrictedExpression::new_bool(suspended)),
                ],
            ),
            Asker::System(system) => entity(
                uid(&self.system, system.as_str()),
                [workspace, ("name".to_owned(), value(&self.system_name, system.as_str()))],
            ),
        }
    }

    pub(crate) fn resource(&self, question: &Question) -> Result<Entity, Unanswerable> {
        let owner = question.owner;
        let uid = match question.resource {
            ResourceKey::Workspace => uid(&self.workspace, owner.to_string()),
            ResourceKey::Integration(id) => uid(&self.integration, id.to_string()),
            ResourceKey::Repository(id) => uid(&self.repository, id.to_string()),
            ResourceKey::AuditLog => uid(&self.audit_log, owner.to_string()),
            ResourceKey::MetricReport => uid(&self.metric_report, owner.to_string()),
        };
        entity(uid, [("workspace".to_owned(), self.workspace_value(owner))])
    }

    fn workspace_value(&self, workspace: WorkspaceId) -> RestrictedExpression {
        value(&self.workspace, workspace.to_string())
    }
}

fn type_name(name: &str) -> Result<EntityTypeName, PolicyError> {
    format!("ProdOps::{name}")
        .parse()
        .map_err(|_| PolicyError::Schema { message: format!("`{name}` is not the name of a type") })
}

fn moment(archived: bool) -> Result<Context, PolicyError> {
    let archived = ("archived".to_owned(), RestrictedExpression::new_bool(archived));
    Context::from_pairs([archived]).map_err(|error| PolicyError::Schema { message: error.to_string() })
}

fn uid(type_name: &EntityTypeName, id: impl AsRef<str>) -> EntityUid {
    EntityUid::from_type_name_and_id(type_name.clone(), EntityId::new(id))
}

fn value(type_name: &EntityTypeName, id: impl AsRef<str>) -> RestrictedExpression {
    RestrictedExpression::new_entity_uid(uid(type_name, id))
}

fn entity<const N: usize>(
    uid: EntityUid,
    attributes: [(String, RestrictedExpression); N],
) -> Result<Entity, Unanswerable> {
    Entity::new(uid, HashMap::from(attributes), HashSet::new()).map_err(|_| Unanswerable)
}
