//! The part of a backend by which data goes, is copied, and comes back.

use std::fmt::Debug;

use async_trait::async_trait;
use prodops_core::audit::AuditEvent;
use prodops_core::id::{UserId, WorkspaceId};
use prodops_core::keyring::KeyOwner;
use prodops_core::time::Timestamp;

use crate::contract::{
    ErasureSubject, ExportPage, ExportPosition, PortableRow, PurgeState, Purged, TableRows, TombstoneRecord,
};
use crate::error::StoreError;

/// Tombstones, purges, snapshots and restores.
#[async_trait]
pub trait LifecycleBackend: Send + Sync {
    /// Closes a workspace, adds its tombstone, and appends the event to the workspace's log, all or none. What the workspace
    /// goes back to is taken from its row.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when there is no such workspace or the tombstone is not about one,
    /// [`StoreError::AlreadyExists`] when its deletion is under way.
    async fn request_deletion(
        &self,
        tombstone: &TombstoneRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError>;

    /// Removes the tombstone of a workspace, opens the workspace again and appends the event to its log, all or none. `false`
    /// when there is none, its grace is over at `now`, or the purge has begun.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn cancel_deletion(
        &self,
        workspace: WorkspaceId,
        now: Timestamp,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError>;

    /// The tombstone of a subject.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn tombstone(&self, subject: ErasureSubject) -> Result<Option<TombstoneRecord>, StoreError>;

    /// Every tombstone, by subject.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn tombstones(&self) -> Result<Vec<TombstoneRecord>, StoreError>;

    /// Adds or replaces a tombstone that is at `from`, or is not there when that is `None`, and appends the event to the
    /// deployment's log, all or none. `false`, and nothing is kept, when it is at another state.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn advance_tombstone(
        &self,
        from: Option<PurgeState>,
        to: &TombstoneRecord,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError>;

    /// Removes up to `limit` rows of a workspace, from every plane. It needs none of the workspace's keys. Tombstones, the
    /// deployment's log, and the leaves of its tree stay.
    ///
    /// # Errors
    /// When the store cannot be written; what earlier steps removed stays removed.
    async fn purge_workspace(&self, workspace: WorkspaceId, limit: usize) -> Result<Purged, StoreError>;

    /// How many rows each table has that a purge of the workspace would remove. It needs none of the workspace's keys.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn rows_of(&self, workspace: WorkspaceId) -> Result<Vec<TableRows>, StoreError>;

    /// Removes a user's membership of one workspace with its API tokens. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn remove_membership(&self, user: UserId, workspace: WorkspaceId) -> Result<bool, StoreError>;

    /// Removes a user with everything that the identity plane has of them: memberships, API tokens, sessions, sign-in links,
    /// and what a login knows them by. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn remove_user(&self, user: UserId) -> Result<bool, StoreError>;

    /// Begins to read the whole store as it is now.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;

    /// Marks an empty store as one that is being restored.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when it has a user, a workspace, an audit event, or an unfinished restore.
    async fn begin_restore(&self) -> Result<(), StoreError>;

    /// Whether a restore was begun and not finished: such a store must not be used.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn is_restoring(&self) -> Result<bool, StoreError>;

    /// Writes rows of an owner, those of the deployment first, into a store that is being restored.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when no restore was begun or a row is not the owner's.
    async fn import(&self, owner: KeyOwner, rows: Vec<PortableRow>) -> Result<(), StoreError>;

    /// Takes the mark off: the store is whole.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn finish_restore(&self) -> Result<(), StoreError>;
}

/// The whole store as it was at one moment, whatever is written meanwhile.
#[async_trait]
pub trait Snapshot: Debug + Send {
    /// Every workspace in the registry, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn workspaces(&mut self) -> Result<Vec<WorkspaceId>, StoreError>;

    /// Some rows of an owner, beginning after `after`: about `limit` of them, in the backend's own fixed order.
    ///
    /// # Errors
    /// When the store or the owner's keys cannot be used.
    async fn rows(
        &mut self,
        owner: KeyOwner,
        after: Option<&ExportPosition>,
        limit: usize,
    ) -> Result<ExportPage, StoreError>;
}
