//! Tombstones, purges, snapshots and restores, one transaction per operation.

use async_trait::async_trait;
use prodops_core::audit::AuditEvent;
use prodops_core::id::{UserId, WorkspaceId};
use prodops_core::keyring::KeyOwner;
use prodops_core::time::Timestamp;

use super::frame::Acting;
use super::snapshot::PostgresSnapshot;
use super::{Postgres, identity, purge, restore, tombstones};
use crate::backend::{LifecycleBackend, Snapshot};
use crate::contract::{ErasureSubject, PortableRow, PurgeState, Purged, TableRows, TombstoneRecord};
use crate::error::StoreError;

#[async_trait]
impl LifecycleBackend for Postgres {
    async fn request_deletion(
        &self,
        tombstone: &TombstoneRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        let ErasureSubject::Workspace(workspace) = tombstone.subject else {
            return Err(StoreError::invalid("tombstone", "must be about a workspace"));
        };
        let mut frame = self.write(Acting::control_of(workspace)).await?;
        tombstones::request(&mut frame, workspace, tombstone, audit).await?;
        frame.commit().await
    }

    async fn cancel_deletion(
        &self,
        workspace: WorkspaceId,
        now: Timestamp,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::control_of(workspace)).await?;
        let cancelled = tombstones::cancel(&mut frame, workspace, now, audit).await?;
        if cancelled {
            frame.commit().await?
        } else {
            frame.end().await?
        }
        Ok(cancelled)
    }

    async fn tombstone(&self, subject: ErasureSubject) -> Result<Option<TombstoneRecord>, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let found = tombstones::find(&mut frame, &subject).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn tombstones(&self) -> Result<Vec<TombstoneRecord>, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let found = tombstones::list(&mut frame).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn advance_tombstone(
        &self,
        from: Option<PurgeState>,
        to: &TombstoneRecord,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        let advanced = tombstones::advance(&mut frame, from, to, audit).await?;
        if advanced {
            frame.commit().await?
        } else {
            frame.end().await?
        }
        Ok(advanced)
    }

    async fn purge_workspace(&self, workspace: WorkspaceId, limit: usize) -> Result<Purged, StoreError> {
        let mut frame = self.write(Acting::remover(workspace)).await?;
        let purged = purge::step(&mut frame, workspace, limit).await?;
        frame.commit().await?;
        Ok(purged)
    }

    async fn rows_of(&self, workspace: WorkspaceId) -> Result<Vec<TableRows>, StoreError> {
        let mut frame = self.read(Acting::remover(workspace)).await?;
        let counts = purge::rows_of(&mut frame, workspace).await?;
        frame.end().await?;
        Ok(counts)
    }

    async fn remove_membership(&self, user: UserId, workspace: WorkspaceId) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        let removed = identity::remove_membership(&mut frame, user, workspace).await?;
        frame.commit().await?;
        Ok(removed)
    }

    async fn remove_user(&self, user: UserId) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        let removed = identity::remove_user(&mut frame, user).await?;
        frame.commit().await?;
        Ok(removed)
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        Ok(Box::new(PostgresSnapshot::begin(self).await?))
    }

    async fn begin_restore(&self) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        restore::begin(&mut frame).await?;
        frame.commit().await
    }

    async fn is_restoring(&self) -> Result<bool, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let begun = restore::is_begun(&mut frame).await?;
        frame.end().await?;
        Ok(begun)
    }

    async fn import(&self, owner: KeyOwner, rows: Vec<PortableRow>) -> Result<(), StoreError> {
        let acting = owner.workspace().map_or(Acting::control(), Acting::control_of);
        let mut frame = self.write(acting).await?;
        restore::put(&mut frame, owner, &rows).await?;
        frame.commit().await
    }

    async fn finish_restore(&self) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        restore::finish(&mut frame).await?;
        frame.commit().await
    }
}
