//! What the audit log needs from time to time: places in the tree for new entries, and permit counters written down.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use prodops_core::audit::{Checkpoint, NoteSigner};
use prodops_core::keyring::KeyringError;
use prodops_store::StoreError;
use prodops_store::contract::{AuditTree, SequencedBatch, SignedCheckpoint};
use prodops_store::plane::AuditStore;
use tokio::sync::Notify;

use super::entry::Engine;
use super::error::EngineError;

/// The most entries without a checkpoint over them, and the leaves of one batch.
const BATCH: u64 = 1_000;
/// How often a batch is made anew when another sequencer was faster.
const ATTEMPTS: u32 = 10;

/// Wakes the sequencer when enough entries wait.
#[derive(Debug, Clone, Default)]
pub(super) struct Due {
    waiting: Arc<AtomicU64>,
    enough: Arc<Notify>,
}

impl Due {
    pub(super) fn appended(&self) {
        if self.waiting.fetch_add(1, Ordering::Relaxed).saturating_add(1) >= BATCH {
            self.waiting.store(0, Ordering::Relaxed);
            self.enough.notify_one();
        }
    }
}

/// What a round of upkeep did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AuditUpkeep {
    /// Entries that got their place in the tree.
    pub sequenced: u64,
    /// Permit counters that were written down.
    pub counters: u64,
}

impl Engine {
    /// Comes back when so many entries wait that the sequencer should not rest any longer.
    pub(super) async fn audit_due(&self) {
        self.parts().due.enough.notified().await;
    }

    /// One round of the audit log's upkeep. The engine's [`Worker`](super::Worker) does both halves at least twice a minute
    /// and when it is told to stop, and the sequencer's whenever 1,000 entries wait.
    ///
    /// A process that is killed loses the permit counters since the last round, and no entry: those wait in the store.
    /// Neither half waits for the other to succeed, and no workspace's counters for another's.
    ///
    /// # Errors
    /// When the store or the keyring fails; what could be done is done. [`EngineError::AuditTree`] when the stored tree
    /// is not the one that was signed. Of two errors that of the tree is given, the other one is logged.
    pub async fn audit_upkeep(&self) -> Result<AuditUpkeep, EngineError> {
        let (counters, sequenced) = (self.write_permit_counts().await, self.sequence_audit().await);
        if let (Err(hidden), Err(_)) = (&counters, &sequenced) {
            tracing::warn!(error = %hidden, "permit counters could not be written down");
        }
        Ok(AuditUpkeep { sequenced: sequenced?, counters: counters? })
    }

    pub(super) async fn write_permit_counts(&self) -> Result<u64, EngineError> {
        let parts = self.parts();
        let capability = parts.authority.control();
        let store = parts.store.audit(&capability)?;
        let (mut written, mut failed) = (0u64, None);
        for (workspace, taken) in parts.permits.take() {
            let counts = taken.rows();
            match store.add_permit_counts(workspace, &counts).await {
                Ok(()) => written = written.saturating_add(u64::try_from(counts.len()).unwrap_or(u64::MAX)),
                // The workspace was deleted meanwhile: there is nobody left to tell.
                Err(StoreError::Keys(KeyringError::NoKeys(_))) => {}
                Err(error) => {
                    parts.permits.give_back(taken);
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(written), |error| Err(error.into()))
    }

    /// Gives every entry that waits its place in the tree and signs a checkpoint over each batch. Tells how many.
    ///
    /// Batch and checkpoint are stored in one transaction: a kill at any point leaves an entry in the queue or in the
    /// tree, never in both, never in neither.
    ///
    /// # Errors
    /// As [`Engine::audit_upkeep`].
    pub async fn sequence_audit(&self) -> Result<u64, EngineError> {
        let parts = self.parts();
        let signer = self.audit_signer().await?;
        let capability = parts.authority.control();
        let store = parts.store.audit(&capability)?;
        let (mut done, mut overtaken) = (0u64, 0);
        loop {
            let Some(batch) = self.next_batch(&store, &signer).await? else { return Ok(done) };
            match store.sequence(&batch).await {
                Ok(()) => done = done.saturating_add(batch.checkpoint.size.saturating_sub(batch.expected)),
                Err(StoreError::Conflict { .. }) if overtaken < ATTEMPTS => overtaken += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn next_batch(
        &self,
        store: &AuditStore<'_>,
        signer: &NoteSigner,
    ) -> Result<Option<SequencedBatch>, EngineError> {
        let leaves = store.queue(None, usize::try_from(BATCH).unwrap_or(usize::MAX)).await?;
        if leaves.is_empty() {
            return Ok(None);
        }
        let tree = store.tree().await?;
        check_signed(&tree, signer)?;
        let (expected, mut frontier) = (tree.frontier.size(), tree.frontier);
        frontier.extend(leaves.iter().map(|leaf| leaf.hash));
        let (size, root) = (frontier.size(), frontier.root());
        let note = Checkpoint { origin: signer.name().clone(), size, root }.sign(signer)?;
        let checkpoint = SignedCheckpoint { size, root, time: self.parts().clock.now(), note };
        Ok(Some(SequencedBatch { expected, leaves, frontier, checkpoint }))
    }

    pub(super) async fn audit_signer(&self) -> Result<NoteSigner, EngineError> {
        let parts = self.parts();
        Ok(NoteSigner::new(parts.origin.clone(), &parts.keyring()?.signing_key().await?))
    }
}

/// INVARIANT: nothing is signed on top of a tree that was not signed itself, or a rewritten history would be made good.
fn check_signed(tree: &AuditTree, signer: &NoteSigner) -> Result<(), EngineError> {
    let Some(newest) = &tree.checkpoint else {
        return if tree.frontier.size() == 0 { Ok(()) } else { Err(EngineError::AuditTree) };
    };
    let signed = Checkpoint::open(newest.note.as_bytes(), &signer.verifier());
    let (size, root) = (tree.frontier.size(), tree.frontier.root());
    match signed {
        Ok(signed) if (signed.size, signed.root) == (size, root) => Ok(()),
        _ => Err(EngineError::AuditTree),
    }
}
