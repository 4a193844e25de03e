//! The audit log in tables.

use async_trait::async_trait;
use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::audit::{AuditEntry, AuditEvent, KeptEntry, LogHead};
use prodops_core::id::WorkspaceId;
use prodops_core::time::Timestamp;

use super::lifecycle::export::EmbeddedSnapshot;
use super::log::Log;
use super::{Embedded, permits, sequence};
use crate::backend::{AuditBackend, AuditSnapshot};
use crate::contract::{AuditQuery, AuditTree, PermitCount, SequencedBatch, SignedCheckpoint};
use crate::error::StoreError;
use crate::sealed::Reach;

#[async_trait]
impl AuditBackend for Embedded {
    async fn audit_snapshot(&self) -> Result<Box<dyn AuditSnapshot>, StoreError> {
        let reading = self.reading(Reach::Deployment).await?;
        Ok(Box::new(EmbeddedSnapshot::new(reading, self.keys.clone())))
    }

    async fn append_audit(
        &self,
        workspace: Option<WorkspaceId>,
        events: &[AuditEvent],
    ) -> Result<(), StoreError> {
        let events = events.to_vec();
        match workspace {
            Some(id) => self.write_in(id, move |tx| Log::of(id).append(tx, &events)).await,
            None => self.write(move |tx| Log::deployment().append(tx, &events)).await,
        }
    }

    async fn audit_events(
        &self,
        workspace: Option<WorkspaceId>,
        query: &AuditQuery,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let query = query.clone();
        match workspace {
            Some(id) => self.read_in(id, move |tx| Log::of(id).search(tx, &query, after, limit)).await,
            None => self.read(move |tx| Log::deployment().search(tx, &query, after, limit)).await,
        }
    }

    async fn audit_log(
        &self,
        workspace: Option<WorkspaceId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<KeptEntry>)>, StoreError> {
        match workspace {
            Some(id) => self.read_in(id, move |tx| Log::of(id).rows(tx, after, limit)).await,
            None => self.read(move |tx| Log::deployment().rows(tx, after, limit)).await,
        }
    }

    async fn audit_head(&self, workspace: Option<WorkspaceId>) -> Result<LogHead, StoreError> {
        match workspace {
            Some(id) => self.peek_in(id, |tx| Log::of(id).head(tx)).await,
            None => self.peek(|tx| Log::deployment().head(tx)).await,
        }
    }

    async fn purge_audit(
        &self,
        workspace: Option<WorkspaceId>,
        through: u64,
        limit: usize,
    ) -> Result<u64, StoreError> {
        match workspace {
            Some(id) => self.write_in(id, move |tx| Log::of(id).purge(tx, through, limit)).await,
            None => self.write(move |tx| Log::deployment().purge(tx, through, limit)).await,
        }
    }

    async fn audit_tree(&self) -> Result<AuditTree, StoreError> {
        self.peek(sequence::tree).await
    }

    async fn audit_queue(
        &self,
        after: Option<&SequencedLeaf>,
        limit: usize,
    ) -> Result<Vec<SequencedLeaf>, StoreError> {
        let after = after.copied();
        self.read(move |tx| sequence::queue(tx, after, limit)).await
    }

    async fn sequence_audit(&self, batch: &SequencedBatch) -> Result<(), StoreError> {
        let batch = batch.clone();
        self.write(move |tx| sequence::sequence(tx, &batch)).await
    }

    async fn audit_leaves(&self, from: u64, limit: usize) -> Result<Vec<SequencedLeaf>, StoreError> {
        self.read(move |tx| sequence::leaves(tx, from, limit)).await
    }

    async fn audit_checkpoints(&self, limit: usize) -> Result<Vec<SignedCheckpoint>, StoreError> {
        self.read(move |tx| sequence::checkpoints(tx, limit)).await
    }

    async fn add_permit_counts(
        &self,
        workspace: WorkspaceId,
        counts: &[PermitCount],
    ) -> Result<(), StoreError> {
        let counts = counts.to_vec();
        self.write_in(workspace, move |tx| permits::add(tx, workspace, &counts)).await
    }

    async fn permit_counts(
        &self,
        workspace: WorkspaceId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PermitCount>, StoreError> {
        self.read_in(workspace, move |tx| permits::list(tx, workspace, from, until)).await
    }
}
