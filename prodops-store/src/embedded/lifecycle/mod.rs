//! Tombstones, purges, snapshots and restores in tables.

pub(super) mod erase;
pub(super) mod export;
mod fate;
mod import;
mod purge;
mod tombstones;

use async_trait::async_trait;
use prodops_core::audit::AuditEvent;
use prodops_core::id::{UserId, WorkspaceId};
use prodops_core::keyring::KeyOwner;
use prodops_core::time::Timestamp;

use super::Embedded;
use crate::backend::{LifecycleBackend, Snapshot};
use crate::contract::{ErasureSubject, PortableRow, PurgeState, Purged, TableRows, TombstoneRecord};
use crate::error::StoreError;
use crate::sealed::Reach;

#[async_trait]
impl LifecycleBackend for Embedded {
    async fn request_deletion(
        &self,
        tombstone: &TombstoneRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        let (tombstone, event) = (tombstone.clone(), audit.clone());
        let ErasureSubject::Workspace(workspace) = tombstone.subject else {
            return Err(StoreError::invalid("tombstone", "must be about a workspace"));
        };
        self.write_in(workspace, move |tx| tombstones::request(tx, workspace, tombstone, &event)).await
    }

    async fn cancel_deletion(
        &self,
        workspace: WorkspaceId,
        now: Timestamp,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let event = audit.clone();
        self.write_in(workspace, move |tx| tombstones::cancel(tx, workspace, now, &event)).await
    }

    async fn tombstone(&self, subject: ErasureSubject) -> Result<Option<TombstoneRecord>, StoreError> {
        self.peek(|tx| tombstones::find(tx, &subject)).await
    }

    async fn tombstones(&self) -> Result<Vec<TombstoneRecord>, StoreError> {
        self.read(tombstones::list).await
    }

    async fn advance_tombstone(
        &self,
        from: Option<PurgeState>,
        to: &TombstoneRecord,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let (to, event) = (to.clone(), audit.clone());
        self.write(move |tx| tombstones::advance(tx, from, &to, &event)).await
    }

    async fn purge_workspace(&self, workspace: WorkspaceId, limit: usize) -> Result<Purged, StoreError> {
        self.write(move |tx| purge::step(tx, workspace, limit)).await
    }

    async fn rows_of(&self, workspace: WorkspaceId) -> Result<Vec<TableRows>, StoreError> {
        self.read(move |tx| purge::rows_of(tx, workspace)).await
    }

    async fn remove_membership(&self, user: UserId, workspace: WorkspaceId) -> Result<bool, StoreError> {
        self.write(move |tx| erase::membership(tx, user, workspace)).await
    }

    async fn remove_user(&self, user: UserId) -> Result<bool, StoreError> {
        self.write(move |tx| erase::user(tx, user)).await
    }

    async fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let reading = self.reading(Reach::Deployment).await?;
        Ok(Box::new(export::EmbeddedSnapshot::new(reading, self.keys.clone())))
    }

    async fn begin_restore(&self) -> Result<(), StoreError> {
        self.write(import::begin).await
    }

    async fn is_restoring(&self) -> Result<bool, StoreError> {
        self.peek(import::is_begun).await
    }

    async fn import(&self, owner: KeyOwner, rows: Vec<PortableRow>) -> Result<(), StoreError> {
        self.change(Reach::of(owner), move |tx| import::put(tx, owner, &rows)).await
    }

    async fn finish_restore(&self) -> Result<(), StoreError> {
        self.write(import::finish).await
    }
}
