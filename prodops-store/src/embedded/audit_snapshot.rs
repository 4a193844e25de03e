//! The audit logs of one moment, read row by row as they lie there.

use std::ops::ControlFlow;

use async_trait::async_trait;
use prodops_core::audit::tree::Frontier;
use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::audit::{KeptEntry, LogHead};
use prodops_core::id::WorkspaceId;
use prodops_core::keyring::KeyOwner;
use serde::de::DeserializeOwned;

use super::key::Exact;
use super::lifecycle::export::EmbeddedSnapshot;
use super::log::{Log, readable};
use super::sequence::{only, place};
use super::table::Table;
use super::tables::{AUDIT_CHECKPOINTS, AUDIT_LEAVES, AUDIT_QUEUE, AUDIT_TREE, WORKSPACES};
use super::transaction::Reading;
use crate::backend::AuditSnapshot;
use crate::contract::SignedCheckpoint;
use crate::error::StoreError;

/// The first `limit` rows beyond `after` of which `take` makes something.
fn rows<Row: DeserializeOwned, T>(
    tx: &Reading,
    table: &Table<Exact, Row>,
    after: Option<&Exact>,
    limit: usize,
    take: impl Fn(&[u8], Option<Row>) -> Result<Option<T>, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut found = Vec::new();
    table.read(tx)?.walk(&Exact::new(&[]), after, false, |key, row| {
        found.extend(take(key, readable(row)?)?);
        Ok(if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(found)
}

fn owner(workspace: Option<WorkspaceId>) -> KeyOwner {
    workspace.map_or(KeyOwner::Deployment, KeyOwner::Workspace)
}

#[async_trait]
impl AuditSnapshot for EmbeddedSnapshot {
    async fn registry(&mut self) -> Result<Vec<WorkspaceId>, StoreError> {
        let id = |key: &[u8], _| Ok(key.try_into().ok().map(WorkspaceId::from_bytes));
        self.with(KeyOwner::Deployment, move |tx| rows(tx, &WORKSPACES, None, usize::MAX, id)).await
    }

    async fn right_edge(&mut self) -> Result<Option<Frontier>, StoreError> {
        self.with(KeyOwner::Deployment, |tx| {
            Ok(readable(AUDIT_TREE.read(tx)?.get(&only()))?.map(Option::unwrap_or_default))
        })
        .await
    }

    async fn checkpoints(&mut self) -> Result<Vec<SignedCheckpoint>, StoreError> {
        let all = |tx: &Reading| rows(tx, &AUDIT_CHECKPOINTS, None, usize::MAX, |_, row| Ok(row));
        self.with(KeyOwner::Deployment, all).await
    }

    async fn leaves(
        &mut self,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<SequencedLeaf>)>, StoreError> {
        let before = from.checked_sub(1).map(|before| Exact::new(&before.to_be_bytes()));
        let leaf = |key: &[u8], leaf| {
            let index = key.try_into().map_err(|_| StoreError::Corrupt { table: "audit_leaves" })?;
            Ok::<_, StoreError>(Some((u64::from_be_bytes(index), leaf)))
        };
        let some = move |tx: &Reading| rows(tx, &AUDIT_LEAVES, before.as_ref(), limit, leaf);
        self.with(KeyOwner::Deployment, some).await
    }

    async fn queue(
        &mut self,
        after: Option<&SequencedLeaf>,
        limit: usize,
    ) -> Result<Vec<SequencedLeaf>, StoreError> {
        let after = after.map(place);
        let some = move |tx: &Reading| rows(tx, &AUDIT_QUEUE, after.as_ref(), limit, |_, row| Ok(row));
        self.with(KeyOwner::Deployment, some).await
    }

    async fn log(
        &mut self,
        workspace: Option<WorkspaceId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<KeptEntry>)>, StoreError> {
        let some = move |tx: &Reading| match workspace {
            Some(id) => Log::of(id).rows(tx, after, limit),
            None => Log::deployment().rows(tx, after, limit),
        };
        self.with(owner(workspace), some).await
    }

    async fn head(&mut self, workspace: Option<WorkspaceId>) -> Result<Option<LogHead>, StoreError> {
        let head = move |tx: &Reading| match workspace {
            Some(id) => readable(Log::of(id).head(tx)),
            None => readable(Log::deployment().head(tx)),
        };
        self.with(owner(workspace), head).await
    }
}
