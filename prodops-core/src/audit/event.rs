//! One entry of the audit log. It names things by id only: no names, no paths, no values.

use serde::{Deserialize, Serialize};

use crate::id::{
    ApiTokenId, AuditEventId, ConnectionId, MembershipId, RepositoryId, RequestId, UserId, WorkspaceId,
};
use crate::tenancy::{Principal, SystemPrincipal};
use crate::time::Timestamp;

/// Who acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// A person, through a membership.
    Member {
        /// The membership.
        membership: MembershipId,
        /// The person.
        user: UserId,
    },
    /// Background work.
    System(SystemPrincipal),
}

impl From<Principal> for Actor {
    fn from(principal: Principal) -> Self {
        match principal {
            Principal::Member { membership, user, .. } => Self::Member { membership, user },
            Principal::System(system) => Self::System(system),
        }
    }
}

/// What was acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditObject {
    /// The workspace itself, or everything in it.
    Workspace,
    /// A connection.
    Connection(ConnectionId),
    /// A repository.
    Repository(RepositoryId),
    /// An API token.
    ApiToken(ApiTokenId),
}

/// What the policies said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Allowed and done.
    Allowed,
    /// Denied; nothing was done.
    Denied,
}

/// One entry of a workspace's audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// The entry's id; ids of later entries are larger.
    pub id: AuditEventId,
    /// When.
    pub time: Timestamp,
    /// In which workspace.
    pub workspace: WorkspaceId,
    /// Who.
    pub actor: Actor,
    /// What they did or tried: the action's name in the policy schema.
    pub action: String,
    /// On what.
    pub object: AuditObject,
    /// Whether they were allowed to.
    pub decision: Decision,
    /// The request it belongs to.
    pub request: Option<RequestId>,
}
