//! The audit logs and the tree, one transaction per operation.

use async_trait::async_trait;
use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::audit::{AuditEntry, AuditEvent, KeptEntry, LogHead};
use prodops_core::id::WorkspaceId;
use prodops_core::time::Timestamp;

use super::frame::Acting;
use super::log::Log;
use super::snapshot::PostgresSnapshot;
use super::{Postgres, permits, sequence};
use crate::backend::{AuditBackend, AuditSnapshot};
use crate::contract::{AuditQuery, AuditTree, PermitCount, SequencedBatch, SignedCheckpoint};
use crate::error::StoreError;

/// Who reads and writes a log.
fn keeper(workspace: Option<WorkspaceId>) -> Acting {
    workspace.map_or(Acting::control(), Acting::within)
}

#[async_trait]
impl AuditBackend for Postgres {
    async fn append_audit(
        &self,
        workspace: Option<WorkspaceId>,
        events: &[AuditEvent],
    ) -> Result<(), StoreError> {
        let mut frame = self.write(keeper(workspace)).await?;
        Log::of(workspace).append(&mut frame, events).await?;
        frame.commit().await
    }

    async fn audit_events(
        &self,
        workspace: Option<WorkspaceId>,
        query: &AuditQuery,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let mut frame = self.read(keeper(workspace)).await?;
        let found = Log::of(workspace).search(&mut frame, query, after, limit).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn audit_log(
        &self,
        workspace: Option<WorkspaceId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<KeptEntry>)>, StoreError> {
        let mut frame = self.read(keeper(workspace)).await?;
        let found = Log::of(workspace).rows(&mut frame, after, limit).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn audit_head(&self, workspace: Option<WorkspaceId>) -> Result<LogHead, StoreError> {
        let mut frame = self.read(keeper(workspace)).await?;
        let head = Log::of(workspace).head(&mut frame).await?;
        frame.end().await?;
        Ok(head)
    }

    async fn purge_audit(
        &self,
        workspace: Option<WorkspaceId>,
        through: u64,
        limit: usize,
    ) -> Result<u64, StoreError> {
        let mut frame = self.write(Acting::purger(workspace)).await?;
        let erased = Log::of(workspace).purge(&mut frame, through, limit).await?;
        frame.commit().await?;
        Ok(erased)
    }

    async fn audit_tree(&self) -> Result<AuditTree, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let tree = sequence::tree(&mut frame).await?;
        frame.end().await?;
        Ok(tree)
    }

    async fn audit_queue(
        &self,
        after: Option<&SequencedLeaf>,
        limit: usize,
    ) -> Result<Vec<SequencedLeaf>, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let found = sequence::queue(&mut frame, after, limit).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn sequence_audit(&self, batch: &SequencedBatch) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        sequence::sequence(&mut frame, batch).await?;
        frame.commit().await
    }

    async fn audit_leaves(&self, from: u64, limit: usize) -> Result<Vec<SequencedLeaf>, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let found = sequence::leaves(&mut frame, from, limit).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn audit_checkpoints(&self, limit: usize) -> Result<Vec<SignedCheckpoint>, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let found = sequence::checkpoints(&mut frame, limit).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn audit_snapshot(&self) -> Result<Box<dyn AuditSnapshot>, StoreError> {
        Ok(Box::new(PostgresSnapshot::begin(self).await?))
    }

    async fn add_permit_counts(
        &self,
        workspace: WorkspaceId,
        counts: &[PermitCount],
    ) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::within(workspace)).await?;
        permits::add(&mut frame, counts).await?;
        frame.commit().await
    }

    async fn permit_counts(
        &self,
        workspace: WorkspaceId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PermitCount>, StoreError> {
        let mut frame = self.read(Acting::within(workspace)).await?;
        let found = permits::list(&mut frame, from, until).await?;
        frame.end().await?;
        Ok(found)
    }
}
