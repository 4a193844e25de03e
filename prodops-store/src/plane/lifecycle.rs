//! How data goes, is copied and comes back, for the engine's deletions, backups and restores.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use prodops_core::audit::AuditEvent;
use prodops_core::id::{PersonId, UserId, WorkspaceId};
use prodops_core::keyring::KeyOwner;
use prodops_core::tenancy::{ControlCapability, MembershipEvidence, WorkspaceRecord};
use prodops_core::time::Timestamp;

use crate::backend::{Backend, Snapshot};
use crate::contract::{ErasureSubject, PortableRow, PurgeState, Purged, TableRows, TombstoneRecord};
use crate::error::StoreError;

/// Tombstones, purges, snapshots and restores.
///
/// # Security
/// It reads and removes what every workspace owns: for background work and the operator's commands. A request of a user
/// reaches it with a permit of the policies only.
pub struct LifecycleStore<'s> {
    backend: Arc<dyn Backend>,
    capability: PhantomData<&'s ControlCapability>,
}

impl<'s> LifecycleStore<'s> {
    pub(crate) fn new(backend: Arc<dyn Backend>, _checked: &'s ControlCapability) -> Self {
        Self { backend, capability: PhantomData }
    }

    /// Closes a workspace and adds its tombstone, with the event in the workspace's log.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] for an event of another log, [`StoreError::Invalid`] when there is no such workspace,
    /// [`StoreError::AlreadyExists`] when its deletion is under way.
    pub async fn request_deletion(
        &self,
        tombstone: &TombstoneRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        let ErasureSubject::Workspace(workspace) = tombstone.subject else {
            return Err(StoreError::invalid("tombstone", "must be about a workspace"));
        };
        if audit.workspace != Some(workspace) {
            return Err(StoreError::ScopeViolation);
        }
        self.backend.request_deletion(tombstone, audit).await
    }

    /// Opens a workspace again whose deletion is pending. `false` when there is none to call off, or not any more.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] for an event of another log; else when the store cannot be written.
    pub async fn cancel_deletion(
        &self,
        workspace: WorkspaceId,
        now: Timestamp,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        if audit.workspace != Some(workspace) {
            return Err(StoreError::ScopeViolation);
        }
        self.backend.cancel_deletion(workspace, now, audit).await
    }

    /// A workspace's row in the registry.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn workspace(&self, workspace: WorkspaceId) -> Result<Option<WorkspaceRecord>, StoreError> {
        self.backend.workspace(workspace).await
    }

    /// Erases the name of somebody whose work is seen in a workspace, with the event in the workspace's log. `false` when nobody
    /// has this id.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] for an event of another log; else when the store cannot be written.
    pub async fn erase_person(
        &self,
        workspace: WorkspaceId,
        person: PersonId,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        if audit.workspace != Some(workspace) {
            return Err(StoreError::ScopeViolation);
        }
        self.backend.erase_person(workspace, person, audit).await
    }

    /// The memberships of a user with their workspaces.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn memberships(&self, user: UserId) -> Result<Vec<MembershipEvidence>, StoreError> {
        self.backend.memberships(user).await
    }

    /// The tombstone of a subject.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn tombstone(&self, subject: ErasureSubject) -> Result<Option<TombstoneRecord>, StoreError> {
        self.backend.tombstone(subject).await
    }

    /// Every tombstone, by subject.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn tombstones(&self) -> Result<Vec<TombstoneRecord>, StoreError> {
        self.backend.tombstones().await
    }

    /// Takes a deletion one step further, with the event in the deployment's log. `false` when it is not at `from`.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] for an event of a workspace's log; else when the store cannot be written.
    pub async fn advance_tombstone(
        &self,
        from: Option<PurgeState>,
        to: &TombstoneRecord,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        if audit.workspace.is_some() {
            return Err(StoreError::ScopeViolation);
        }
        self.backend.advance_tombstone(from, to, audit).await
    }

    /// Removes up to `limit` rows of a workspace, from every plane. Call it until it is done: it can be stopped anywhere.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn purge_workspace(&self, workspace: WorkspaceId, limit: usize) -> Result<Purged, StoreError> {
        self.backend.purge_workspace(workspace, limit).await
    }

    /// How many rows each table has of a workspace: all zero after a purge.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn rows_of(&self, workspace: WorkspaceId) -> Result<Vec<TableRows>, StoreError> {
        self.backend.rows_of(workspace).await
    }

    /// Removes a user's membership of one workspace with its API tokens. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn remove_membership(&self, user: UserId, workspace: WorkspaceId) -> Result<bool, StoreError> {
        self.backend.remove_membership(user, workspace).await
    }

    /// Removes a user with everything that the identity plane has of them. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn remove_user(&self, user: UserId) -> Result<bool, StoreError> {
        self.backend.remove_user(user).await
    }

    /// The whole store as it is now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.backend.snapshot().await
    }

    /// Marks an empty store as one that is being restored.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when it is not empty.
    pub async fn begin_restore(&self) -> Result<(), StoreError> {
        self.backend.begin_restore().await
    }

    /// Whether a restore was begun and not finished.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn is_restoring(&self) -> Result<bool, StoreError> {
        self.backend.is_restoring().await
    }

    /// Writes rows of an owner into a store that is being restored, those of the deployment first.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when no restore was begun or a row is not the owner's.
    pub async fn import(&self, owner: KeyOwner, rows: Vec<PortableRow>) -> Result<(), StoreError> {
        if rows.iter().all(|row| row.belongs_to(owner)) {
            self.backend.import(owner, rows).await
        } else {
            Err(StoreError::invalid("row", "must belong to the owner that it is imported for"))
        }
    }

    /// Takes the mark of a restore off: the store is whole.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn finish_restore(&self) -> Result<(), StoreError> {
        self.backend.finish_restore().await
    }
}

impl fmt::Debug for LifecycleStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LifecycleStore").finish_non_exhaustive()
    }
}
