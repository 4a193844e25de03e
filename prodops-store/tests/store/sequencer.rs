//! A sequencer and a verifier for tests, without keys.

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
    let origin = KeyName::new("test").unwrap();
    let checkpoints = audit.checkpoints(1_000).await.unwrap().into_iter();
    let checkpoints =
        checkpoints.map(|own| Checkpoint { origin: origin.clone(), size: own.size, root: own.root });
    let mut tree = SequencedTree::new(checkpoints.collect());
    audit.leaves(0, 10_000).await.unwrap().into_iter().for_each(|leaf| tree.leaf(leaf));
    audit.queue(None, 10_000).await.unwrap().into_iter().for_each(|leaf| tree.queued(leaf));
    let (mut entries, mut findings) = (0, tree.finish());
    for workspace in tree.logs() {
        let mut check = tree.log(workspace);
        for (seq, row) in audit.log(workspace, 0, 10_000).await.unwrap() {
            let _ = check.entry(seq, row.as_ref());
        }
        match check.finish(audit.head(workspace).await.unwrap()) {
            Ok(more) => entries += more,
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() { Ok(entries) } else { Err(findings) }
}
