//! The deployment's tree in tables: the queue in front of it, its leaves, its right edge and its checkpoints.

use std::ops::ControlFlow;

use prodops_core::audit::verify::SequencedLeaf;

use super::key::Exact;
use super::tables::{AUDIT_CHECKPOINTS, AUDIT_LEAVES, AUDIT_QUEUE, AUDIT_TREE};
use super::transaction::{Reading, Writing};
use crate::contract::{AuditTree, SequencedBatch, SignedCheckpoint, Version};
use crate::error::{Current, StoreError};

/// The one row of a table that has one.
pub(super) fn only() -> Exact {
    Exact::new(&[0])
}

/// The key of a leaf in the queue: the leaves of a log lie side by side, in order.
pub(super) fn place(leaf: &SequencedLeaf) -> Exact {
    let log = leaf.workspace.as_ref().map_or(&[0; 16], |workspace| workspace.as_bytes());
    Exact::new(log).then(&leaf.seq.to_be_bytes())
}

pub(super) fn queue(
    tx: &Reading,
    after: Option<SequencedLeaf>,
    limit: usize,
) -> Result<Vec<SequencedLeaf>, StoreError> {
    let after = after.as_ref().map(place);
    AUDIT_QUEUE.read(tx)?.list(&Exact::new(&[]), after.as_ref(), limit, |_| true)
}

pub(super) fn tree(tx: &Reading) -> Result<AuditTree, StoreError> {
    let frontier = AUDIT_TREE.read(tx)?.get(&only())?.unwrap_or_default();
    let checkpoint = checkpoints(tx, 1)?.pop();
    Ok(AuditTree { frontier, checkpoint })
}

/// Moves leaves from the queue into the tree.
pub(super) fn sequence(tx: &Writing, batch: &SequencedBatch) -> Result<(), StoreError> {
    let mut tree = AUDIT_TREE.write(tx)?;
    let size = tree.get(&only())?.unwrap_or_default().size();
    let conflict = || StoreError::Conflict { current: Current::Version(Version::from_number(size)) };
    if size != batch.expected {
        return Err(conflict());
    }
    let (mut queue, mut leaves) = (AUDIT_QUEUE.write(tx)?, AUDIT_LEAVES.write(tx)?);
    for (index, leaf) in (size..).zip(&batch.leaves) {
        if queue.remove(&place(leaf))?.as_ref() != Some(leaf) {
            return Err(conflict());
        }
        leaves.add(&Exact::new(&index.to_be_bytes()), leaf, "audit leaf")?;
    }
    tree.put(&only(), &batch.frontier)?;
    let checkpoint = &batch.checkpoint;
    AUDIT_CHECKPOINTS.write(tx)?.put(&Exact::new(&checkpoint.size.to_be_bytes()), checkpoint)
}

pub(super) fn leaves(tx: &Reading, from: u64, limit: usize) -> Result<Vec<SequencedLeaf>, StoreError> {
    let before = from.checked_sub(1).map(|before| Exact::new(&before.to_be_bytes()));
    AUDIT_LEAVES.read(tx)?.list(&Exact::new(&[]), before.as_ref(), limit, |_| true)
}

pub(super) fn checkpoints(tx: &Reading, limit: usize) -> Result<Vec<SignedCheckpoint>, StoreError> {
    let mut found = Vec::new();
    if limit > 0 {
        AUDIT_CHECKPOINTS.read(tx)?.walk(&Exact::new(&[]), None, true, |_, row| {
            found.push(row?);
            Ok(if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })?;
    }
    Ok(found)
}
