//! What is left of somebody whose data goes: that it goes, since when, and how far it is.

use prodops_core::audit::Actor;
use prodops_core::id::{MembershipId, PersonId, UserId, WorkspaceId};
use prodops_core::tenancy::WorkspaceState;
use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// Whose data goes. Ids only: they say nothing about a person by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErasureSubject {
    /// Everything that a workspace owns, and everybody's ties to it.
    Workspace(WorkspaceId),
    /// Somebody who can sign in, everywhere.
    User(UserId),
    /// Somebody who can sign in, in one workspace.
    Member {
        /// Where.
        workspace: WorkspaceId,
        /// Who.
        user: UserId,
        /// As whom the workspace's audit log knows them.
        membership: MembershipId,
    },
    /// Somebody whose work is seen, in one workspace.
    Person {
        /// Where.
        workspace: WorkspaceId,
        /// Who.
        person: PersonId,
    },
}

impl ErasureSubject {
    /// The workspace whose data it is about; `None` for what lies outside every workspace.
    #[must_use]
    pub const fn workspace(&self) -> Option<WorkspaceId> {
        match self {
            Self::User(_) => None,
            Self::Workspace(id) | Self::Member { workspace: id, .. } | Self::Person { workspace: id, .. } => {
                Some(*id)
            }
        }
    }
}

/// How far a deletion is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurgeState {
    /// It can be called off until the grace is over.
    Pending,
    /// It cannot be called off any more: keys are destroyed and rows removed.
    Purging,
    /// Nothing is left but this.
    Purged,
}

/// That something is deleted, since when and by whom. It stays when everything else is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TombstoneRecord {
    /// Whose data goes.
    pub subject: ErasureSubject,
    /// Since when it is asked for.
    pub requested: Timestamp,
    /// By whom, as the audit log knows them.
    pub requested_by: Actor,
    /// Until when it can be called off.
    pub grace_ends: Timestamp,
    /// How far it is.
    pub state: PurgeState,
    /// When it came that far.
    pub since: Timestamp,
    /// What a workspace goes back to when its deletion is called off; `None` for everything else.
    pub restores: Option<WorkspaceState>,
}

/// What a step of a purge did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Purged {
    /// How many rows it removed.
    pub rows: u64,
    /// Whether it found nothing more.
    pub done: bool,
}

/// How many rows of a table belong to a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableRows {
    /// The table.
    pub table: &'static str,
    /// The number.
    pub rows: u64,
}
