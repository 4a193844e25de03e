//! A sequencer and a verifier for tests, without keys.

use std::collections::BTreeSet;

use prodops_core::audit::verify::{Finding, SequencedTree};
use prodops_core::audit::{Checkpoint, KeyName};
use prodops_core::time::Timestamp;
use prodops_store::contract::{SequencedBatch, SignedCheckpoint};
use prodops_store::plane::AuditStore;

/// What a sequencer makes of the first `limit` entries in the queue.
pub(crate) async fn next_batch(audit: &AuditStore<'_>, limit: usize) -> SequencedBatch {
    let mut frontier = audit.tree().await.unwrap().frontier;
    let (expected, leaves) = (frontier.size(), audit.queue(None, limit).await.unwrap());
    frontier.extend(leaves.iter().map(|leaf| leaf.hash));
    let (size, root) = (frontier.size(), frontier.root());
    let checkpoint = SignedCheckpoint { size, root, time: Timestamp::UNIX_EPOCH, note: String::new() };
    SequencedBatch { expected, leaves, frontier, checkpoint }
}

/// Compares every log with the tree: how many entries there are.
pub(crate) async fn verified(audit: &AuditStore<'_>) -> Result<u64, Vec<Finding>> {
    let mut snapshot = audit.snapshot().await.unwrap();
    let origin = KeyName::new("test").unwrap();
    let own = snapshot.checkpoints().await.unwrap().into_iter();
    let own = own.map(|own| Checkpoint { origin: origin.clone(), size: own.size, root: own.root });
    let mut tree = SequencedTree::new(own.collect(), vec![]);
    let leaves = snapshot.leaves(0, 10_000).await.unwrap();
    let _ = leaves.into_iter().all(|(index, leaf)| tree.leaf(index, leaf));
    snapshot.queue(None, 10_000).await.unwrap().into_iter().for_each(|leaf| tree.queued(leaf));
    let edge = snapshot.right_edge().await.unwrap();
    let (mut entries, mut findings) = (0, tree.finish(edge.as_ref()));
    let registry = snapshot.registry().await.unwrap().into_iter().map(Some);
    for workspace in tree.logs().chain(registry).collect::<BTreeSet<_>>() {
        let mut check = tree.log(workspace);
        for (seq, row) in snapshot.log(workspace, 0, 10_000).await.unwrap() {
            let _ = check.entry(seq, row.as_ref());
        }
        match check.finish(snapshot.head(workspace).await.unwrap()) {
            Ok(more) => entries += more,
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() { Ok(entries) } else { Err(findings) }
}
