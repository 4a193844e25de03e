//! The audit logs of one moment, read row by row as they lie there.

use async_trait::async_trait;
use prodops_core::audit::tree::Frontier;
use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::audit::{KeptEntry, LogHead};
use prodops_core::id::WorkspaceId;
use prodops_core::keyring::KeyOwner;
use serde::de::DeserializeOwned;

use super::frame::{Frame, Sealed};
use super::log::Log;
use super::sequence;
use super::snapshot::PostgresSnapshot;
use super::value::{column, limit as most, number, unsigned};
use crate::backend::{AuditSnapshot, Snapshot};
use crate::contract::SignedCheckpoint;
use crate::error::StoreError;

/// A row that cannot be read back is the verifier's to report.
fn readable<T>(row: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match row {
        Err(error) if error.is_of_one_row() => Ok(None),
        row => row.map(Some),
    }
}

fn owner(workspace: Option<WorkspaceId>) -> KeyOwner {
    workspace.map_or(KeyOwner::Deployment, KeyOwner::Workspace)
}

/// Numbered rows of a table, each with its number.
async fn numbered<Row: DeserializeOwned>(
    frame: &mut Frame,
    table: Sealed,
    query: &'static str,
    from: u64,
    limit: usize,
) -> Result<Vec<(u64, Option<Row>)>, StoreError> {
    let rows = frame.all(sqlx::query(query).bind(number(from)).bind(most(limit))).await?;
    let place = frame.place(table)?;
    let open = |row| {
        let index = unsigned(column(row, 0)?, table.0)?;
        Ok((index, readable(place.open(&index.to_be_bytes(), &column::<Vec<u8>>(row, 1)?))?))
    };
    rows.iter().map(open).collect()
}

#[async_trait]
impl AuditSnapshot for PostgresSnapshot {
    async fn registry(&mut self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.workspaces().await
    }

    async fn right_edge(&mut self) -> Result<Option<Frontier>, StoreError> {
        self.turn_to(KeyOwner::Deployment).await?;
        readable(sequence::edge(&mut self.frame).await)
    }

    async fn checkpoints(&mut self) -> Result<Vec<SignedCheckpoint>, StoreError> {
        const ALL: &str = "SELECT size, sealed FROM prodops_control.audit_checkpoint WHERE size >= $1 \
                           ORDER BY size LIMIT $2";
        self.turn_to(KeyOwner::Deployment).await?;
        let found = numbered(&mut self.frame, sequence::CHECKPOINTS, ALL, 0, usize::MAX).await?;
        Ok(found.into_iter().filter_map(|(_, row)| row).collect())
    }

    async fn leaves(
        &mut self,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<SequencedLeaf>)>, StoreError> {
        const SOME: &str = "SELECT index, sealed FROM prodops_control.audit_leaf WHERE index >= $1 \
                            ORDER BY index LIMIT $2";
        self.turn_to(KeyOwner::Deployment).await?;
        numbered(&mut self.frame, sequence::LEAVES, SOME, from, limit).await
    }

    async fn queue(
        &mut self,
        after: Option<&SequencedLeaf>,
        limit: usize,
    ) -> Result<Vec<SequencedLeaf>, StoreError> {
        self.turn_to(KeyOwner::Deployment).await?;
        sequence::readable_queue(&mut self.frame, after, limit).await
    }

    async fn log(
        &mut self,
        workspace: Option<WorkspaceId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<KeptEntry>)>, StoreError> {
        self.turn_to(owner(workspace)).await?;
        Log::of(workspace).rows(&mut self.frame, after, limit).await
    }

    async fn head(&mut self, workspace: Option<WorkspaceId>) -> Result<Option<LogHead>, StoreError> {
        self.turn_to(owner(workspace)).await?;
        readable(Log::of(workspace).head(&mut self.frame).await)
    }
}
