//! One entry of the audit log. It names things by id only: no names, no paths, no values.

use serde::{Deserialize, Serialize};

use crate::fact::{Activity, CommitId};
use crate::id::{
    ApiTokenId, AuditEventId, ConnectionId, MembershipId, PseudonymId, RepositoryId, RequestId, UserId,
    WorkspaceId,
};
use crate::tenancy::{MembershipRecord, MembershipState, Principal, Role, SystemPrincipal};
use crate::time::Timestamp;
use crate::vault::{KeyId, SealedRecord};

/// Who acted.
///
/// # Security
/// Only ids that say nothing about a person by themselves. Which user it was lies in the event's sealed part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Actor {
    /// A person, through a membership.
    Member(MembershipId),
    /// Background work.
    System(SystemPrincipal),
    /// A person outside every workspace, such as at sign-in.
    User(PseudonymId),
    /// Whoever runs the deployment.
    Operator,
    /// Somebody who did not prove who they are, at a sign-in that was refused.
    Anonymous,
}

impl Actor {
    /// A user outside every workspace.
    #[must_use]
    pub fn user(user: UserId) -> Self {
        Self::User(PseudonymId::derive(&[user.as_bytes()]))
    }

    /// Whose key the event's personal data is sealed under, in the keyring of the log's owner; `None` for those who are
    /// no person.
    #[must_use]
    pub const fn subject(&self) -> Option<[u8; 16]> {
        match self {
            Self::Member(id) => Some(*id.as_bytes()),
            Self::User(id) => Some(*id.as_bytes()),
            Self::System(_) | Self::Operator | Self::Anonymous => None,
        }
    }
}

impl From<Principal> for Actor {
    fn from(principal: Principal) -> Self {
        match principal {
            Principal::Member { membership, .. } => Self::Member(membership),
            Principal::System(system) => Self::System(system),
        }
    }
}

/// What was acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AuditObject {
    /// The workspace itself, or everything in it.
    Workspace,
    /// A connection.
    Connection(ConnectionId),
    /// A repository.
    Repository(RepositoryId),
    /// A membership.
    Member(MembershipId),
    /// The audit log.
    AuditLog,
    /// A sync that ended, and what it brought.
    Sync {
        /// What was read through.
        connection: ConnectionId,
        /// How many commits were read.
        commits: u64,
        /// How many were removed because history was rewritten.
        pruned: u64,
    },
    /// The deployment, in its own log.
    Deployment,
    /// A session, in the deployment's log.
    Session,
    /// A workspace, in the deployment's log.
    Tenant(WorkspaceId),
    /// A key.
    Key(KeyId),
    /// An API token.
    ApiToken(ApiTokenId),
    /// A membership, and what it is from now on.
    MemberAs {
        /// The membership.
        member: MembershipId,
        /// Its role.
        role: Role,
        /// Whether it is in force.
        active: bool,
    },
    /// A user outside every workspace, or everything of theirs.
    User(PseudonymId),
    /// A membership that ends by itself, and what it is until then.
    MemberUntil {
        /// The membership.
        member: MembershipId,
        /// Its role.
        role: Role,
        /// Whether it is in force before its end.
        active: bool,
        /// From then on it is as good as none.
        until: Timestamp,
    },
    /// The label of a commit that a person decided about.
    CommitLabel {
        /// In which repository.
        repository: RepositoryId,
        /// Which commit.
        commit: CommitId,
        /// What it was before.
        before: Activity,
        /// What somebody said it is; `None` when that was taken back.
        corrected: Option<Activity>,
    },
    /// What an AI provider may be asked from now on.
    AiUse {
        /// Whether one may be asked at all.
        enabled: bool,
    },
    /// Metadata of commits on its way to an AI provider.
    AiRequest {
        /// What the commits were read through.
        connection: ConnectionId,
        /// How many.
        commits: u64,
    },
    /// What came back from an AI provider.
    AiLabels {
        /// What the commits were read through.
        connection: ConnectionId,
        /// How many got a label.
        commits: u64,
    },
}

impl AuditObject {
    /// A user outside every workspace.
    #[must_use]
    pub fn user(user: UserId) -> Self {
        Self::User(PseudonymId::derive(&[user.as_bytes()]))
    }

    /// A membership with what it is from now on.
    #[must_use]
    pub fn membership(row: &MembershipRecord) -> Self {
        let MembershipRecord { id: member, role, .. } = *row;
        let active = row.state == MembershipState::Active;
        match row.until {
            Some(until) => Self::MemberUntil { member, role, active, until },
            None => Self::MemberAs { member, role, active },
        }
    }

    /// The id of what was acted on; `None` where there is one of its kind.
    #[must_use]
    pub const fn id(&self) -> Option<[u8; 16]> {
        match self {
            Self::Connection(id)
            | Self::Sync { connection: id, .. }
            | Self::AiRequest { connection: id, .. }
            | Self::AiLabels { connection: id, .. } => Some(*id.as_bytes()),
            Self::Repository(id) | Self::CommitLabel { repository: id, .. } => Some(*id.as_bytes()),
            Self::Member(id) | Self::MemberAs { member: id, .. } | Self::MemberUntil { member: id, .. } => {
                Some(*id.as_bytes())
            }
            Self::User(id) => Some(*id.as_bytes()),
            Self::Tenant(id) => Some(*id.as_bytes()),
            Self::Key(id) => Some(*id.as_bytes()),
            Self::ApiToken(id) => Some(*id.as_bytes()),
            Self::Workspace | Self::AuditLog | Self::Deployment | Self::Session | Self::AiUse { .. } => None,
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Decision {
    /// Allowed and done.
    Allowed,
    /// Denied; nothing was done.
    Denied,
    /// Allowed, and it could not be done.
    Failed,
}

/// What is to be kept of an act: the log gives it its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// The event's id, to which its sealed part is bound.
    pub id: AuditEventId,
    /// When.
    pub time: Timestamp,
    /// In which workspace's log; `None` is the deployment's own.
    pub workspace: Option<WorkspaceId>,
    /// Who.
    pub actor: Actor,
    /// What they did or tried: the action's name in the policy schema.
    pub action: String,
    /// On what.
    pub object: AuditObject,
    /// What came of it.
    pub decision: Decision,
    /// The request it belongs to.
    pub request: Option<RequestId>,
    /// [`PersonalData`](super::PersonalData) as a sealed record under the actor's own key, so that destroying the key erases it and leaves the
    /// log whole.
    pub personal: Option<SealedRecord>,
}
