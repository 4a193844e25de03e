//! Rows on their way from one store to another: what they say, without how a backend keeps them.

use prodops_core::api_token::ApiTokenRecord;
use prodops_core::audit::tree::Frontier;
use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::audit::{KeptEntry, LogHead};
use prodops_core::fact::{
    AssignedLabel, CommitFact, CoverageFact, LineLogFact, PersonFact, RepositoryFact, TipFile,
};
use prodops_core::id::{ConnectionId, PersonId, UserId, WorkspaceId};
use prodops_core::keyring::KeyOwner;
use prodops_core::session::{TokenHash, UserRecord};
use prodops_core::tenancy::{MembershipRecord, WorkspaceRecord};
use serde::{Deserialize, Serialize};

use super::ai_use::AiUseRecord;
use super::audit::{PermitCount, SignedCheckpoint};
use super::connection::ConnectionRecord;
use super::remote::RemoteObjectRecord;
use super::tombstone::TombstoneRecord;
use super::version::Versioned;

/// One row, the same for every backend. A backup is a stream of them.
///
/// Sessions, session tokens, sign-in links, revocations and leases are in no backup: after a restore everybody signs in again.
/// New kinds are added at the end, so that older backups can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum PortableRow {
    /// A user.
    User(UserRecord),
    /// Whom a login knows as which user.
    Subject {
        /// Keyed hash of the subject.
        lookup: [u8; 16],
        /// The user.
        user: UserId,
    },
    /// A membership.
    Membership(MembershipRecord),
    /// An API token.
    ApiToken {
        /// What it is found by.
        hash: TokenHash,
        /// The row.
        token: ApiTokenRecord,
    },
    /// A workspace in the registry.
    Workspace(WorkspaceRecord),
    /// The epoch of a connection, which never repeats.
    Epoch {
        /// Whose connection.
        workspace: WorkspaceId,
        /// The connection.
        connection: ConnectionId,
        /// The epoch of its newest lease.
        epoch: u64,
    },
    /// A tombstone.
    Tombstone(TombstoneRecord),
    /// An entry of the owner's audit log.
    AuditEntry {
        /// Its sequence number.
        seq: u64,
        /// The entry, as it is kept.
        entry: KeptEntry,
    },
    /// The last entry of the owner's audit log.
    AuditHead(LogHead),
    /// An entry that waits for its place in the tree.
    AuditQueue(SequencedLeaf),
    /// A leaf of the tree.
    AuditLeaf {
        /// Its index.
        index: u64,
        /// The leaf.
        leaf: SequencedLeaf,
    },
    /// The right edge of the tree.
    AuditTree(Frontier),
    /// A checkpoint of the tree.
    AuditCheckpoint(SignedCheckpoint),
    /// A connection.
    Connection(Versioned<ConnectionRecord>),
    /// A cursor.
    Cursor {
        /// The connection.
        connection: ConnectionId,
        /// The stream.
        stream: String,
        /// How far it was read.
        cursor: Vec<u8>,
    },
    /// A repository.
    Repository(RepositoryFact),
    /// Somebody whose work is seen.
    Person(PersonFact),
    /// A commit.
    Commit(CommitFact),
    /// What was completely read.
    Coverage(CoverageFact),
    /// A label that a commit was given.
    AssignedLabel(AssignedLabel),
    /// A permit counter.
    PermitCount(PermitCount),
    /// Somebody whose name must not be kept again.
    ErasedPerson(PersonId),
    /// What a workspace lets an AI provider be asked.
    AiUse(Versioned<AiUseRecord>),
    /// What has to be deleted at an AI provider.
    RemoteObject(RemoteObjectRecord),
    /// An entry of the log of a repository's lines.
    LineLog(LineLogFact),
    /// A file at the head of a repository.
    TipFile(TipFile),
}

impl PortableRow {
    /// Whether it is a row that this owner has. Rows of a workspace that say whose they are must say the same.
    #[must_use]
    pub fn belongs_to(&self, owner: KeyOwner) -> bool {
        match (self, owner) {
            (Self::AuditEntry { entry, .. }, _) => {
                entry.body.as_ref().is_none_or(|entry| entry.event.workspace == owner.workspace())
            }
            (Self::AuditHead(_), _) => true,
            (
                Self::User(_)
                | Self::Subject { .. }
                | Self::Membership(_)
                | Self::ApiToken { .. }
                | Self::Workspace(_)
                | Self::Epoch { .. }
                | Self::Tombstone(_)
                | Self::RemoteObject(_)
                | Self::AuditQueue(_)
                | Self::AuditLeaf { .. }
                | Self::AuditTree(_)
                | Self::AuditCheckpoint(_),
                owner,
            ) => owner == KeyOwner::Deployment,
            (_, owner) => owner != KeyOwner::Deployment,
        }
    }
}

/// Where an export goes on. It is worth nothing after its snapshot is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportPosition {
    /// The backend's number of a table.
    pub table: u16,
    /// The key of the last row that was looked at.
    pub key: Vec<u8>,
}

/// Some rows of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportPage {
    /// The rows.
    pub rows: Vec<PortableRow>,
    /// Where to go on; `None` after the last.
    pub next: Option<ExportPosition>,
}
