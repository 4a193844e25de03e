//! The hold that background work has on one piece of one workspace.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::authority::{Authority, AuthorityError, AuthorityId};
use super::scope::{Principal, WorkspaceScope};
use super::workspace::WorkspaceState;
use crate::id::{ConnectionId, LeaseId, WorkspaceId};
use crate::time::Timestamp;

/// Background work acts as one of these, each with its own least-privilege policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum SystemPrincipal {
    /// Reads from a connection and writes facts and coverage.
    Sync,
    /// Says again what stored facts are, after what says so was changed.
    Classify,
    /// Removes what is older than it may be, and what is to be deleted.
    Retention,
    /// Writes and verifies backups.
    Backup,
    /// Tells people what they asked to be told.
    Notify,
}

impl SystemPrincipal {
    /// Every kind, as policies list them.
    pub const ALL: [Self; 5] = [Self::Sync, Self::Classify, Self::Retention, Self::Backup, Self::Notify];

    /// The stable name, as policies spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Classify => "classify",
            Self::Retention => "retention",
            Self::Backup => "backup",
            Self::Notify => "notify",
        }
    }
}

impl fmt::Display for SystemPrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A lease as the control plane keeps it: data, not a proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaseRecord {
    /// The lease's id: new for every hold.
    pub id: LeaseId,
    /// Whose work it is.
    pub workspace: WorkspaceId,
    /// Whether the workspace takes changes, as of the taking.
    pub workspace_state: WorkspaceState,
    /// What is worked on.
    pub connection: ConnectionId,
    /// What the work acts as.
    pub principal: SystemPrincipal,
    /// Grows with every hold on the same connection: a write with an older epoch is refused.
    pub epoch: u64,
    /// When the hold ends unless it is renewed.
    pub expires: Timestamp,
}

/// Proof of a live lease.
///
/// # Security
/// Private fields, no deserialisation: it comes from [`JobLease::verify`] only.
#[derive(Debug)]
pub struct JobLease {
    authority: AuthorityId,
    record: LeaseRecord,
}

impl JobLease {
    /// Looks the lease up and checks that it has not ended. `Ok(None)` when it is unknown or over.
    ///
    /// # Errors
    /// When the source of leases cannot be read.
    pub async fn verify(authority: &Authority, lease: LeaseId) -> Result<Option<Self>, AuthorityError> {
        let now = authority.clock().now();
        let record = authority.sources().lease(lease).await?;
        let live = record.filter(|record| record.id == lease && record.expires > now);
        Ok(live.map(|record| Self { authority: authority.id(), record }))
    }

    /// The scope of the leased workspace for the principal that the lease names.
    #[must_use]
    pub fn scope(&self) -> WorkspaceScope {
        let principal = Principal::System(self.record.principal);
        WorkspaceScope::mint(self.authority, self.record.workspace, self.record.workspace_state, principal)
    }

    /// The lease's id, for renewing and releasing it.
    #[must_use]
    pub const fn id(&self) -> LeaseId {
        self.record.id
    }

    /// What is worked on.
    #[must_use]
    pub const fn connection(&self) -> ConnectionId {
        self.record.connection
    }

    /// The fencing epoch to write with.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.record.epoch
    }
}
