//! All audit logs of the deployment, for its sequencer and its operator.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::audit::{AuditEvent, KeptEntry, LogHead};
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::ControlCapability;

use crate::backend::{AuditSnapshot, Backend};
use crate::contract::{AuditTree, PermitCount, SequencedBatch, SignedCheckpoint};
use crate::error::StoreError;

/// The chains of all workspaces and of the deployment, and the tree over them. Wherever a workspace is asked for, `None`
/// is the deployment's own log.
///
/// # Security
/// It opens what happened in every workspace, and nothing else of it: for verifying, exporting and purging, never for a
/// request of a user.
pub struct AuditStore<'s> {
    backend: Arc<dyn Backend>,
    capability: PhantomData<&'s ControlCapability>,
}

impl<'s> AuditStore<'s> {
    pub(crate) fn new(backend: Arc<dyn Backend>, _checked: &'s ControlCapability) -> Self {
        Self { backend, capability: PhantomData }
    }

    /// Appends an event to the deployment's own log.
    ///
    /// # Errors
    /// [`StoreError::ScopeViolation`] for an event of a workspace, [`StoreError::Invalid`] when it fits no leaf.
    pub async fn append(&self, event: &AuditEvent) -> Result<(), StoreError> {
        if event.workspace.is_some() {
            return Err(StoreError::ScopeViolation);
        }
        self.backend.append_audit(None, std::slice::from_ref(event)).await
    }

    /// All audit logs as they are now, to be verified while others append.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn snapshot(&self) -> Result<Box<dyn AuditSnapshot>, StoreError> {
        self.backend.audit_snapshot().await
    }

    /// The first `limit` entries of a log beyond the sequence number `after`, just as they are kept, each with the number
    /// that it is kept under; `None` for one that cannot be read back.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn log(
        &self,
        workspace: Option<WorkspaceId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<KeptEntry>)>, StoreError> {
        self.backend.audit_log(workspace, after, limit).await
    }

    /// The last entry of a log.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn head(&self, workspace: Option<WorkspaceId>) -> Result<LogHead, StoreError> {
        self.backend.audit_head(workspace).await
    }

    /// Erases the bodies of up to `limit` entries up to the sequence number `through`, and tells how many. Their leaf
    /// hashes stay, so that the log still verifies.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn purge(
        &self,
        workspace: Option<WorkspaceId>,
        through: u64,
        limit: usize,
    ) -> Result<u64, StoreError> {
        self.backend.purge_audit(workspace, through, limit).await
    }

    /// The state of the tree.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn tree(&self) -> Result<AuditTree, StoreError> {
        self.backend.audit_tree().await
    }

    /// The first `limit` entries that wait for their place in the tree, beyond `after`; those of one log in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn queue(
        &self,
        after: Option<&SequencedLeaf>,
        limit: usize,
    ) -> Result<Vec<SequencedLeaf>, StoreError> {
        self.backend.audit_queue(after, limit).await
    }

    /// Gives leaves their place in the tree, with the checkpoint over all of it, all or none.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the tree has another size than expected or a leaf is not in the queue: somebody else
    /// was faster. [`StoreError::Invalid`] when batch, right edge and checkpoint are not about the same size and root.
    pub async fn sequence(&self, batch: &SequencedBatch) -> Result<(), StoreError> {
        let size = u64::try_from(batch.leaves.len()).ok().and_then(|more| batch.expected.checked_add(more));
        let (frontier, signed) = (&batch.frontier, &batch.checkpoint);
        if size != Some(frontier.size()) || signed.size != frontier.size() || signed.root != frontier.root() {
            return Err(StoreError::invalid("checkpoint", "must be over the tree that the batch makes"));
        }
        self.backend.sequence_audit(batch).await
    }

    /// The first `limit` leaves of the tree from this index on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn leaves(&self, from: u64, limit: usize) -> Result<Vec<SequencedLeaf>, StoreError> {
        self.backend.audit_leaves(from, limit).await
    }

    /// The newest `limit` checkpoints, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn checkpoints(&self, limit: usize) -> Result<Vec<SignedCheckpoint>, StoreError> {
        self.backend.audit_checkpoints(limit).await
    }

    /// Adds to the permit counters of a workspace, all or none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_permit_counts(
        &self,
        workspace: WorkspaceId,
        counts: &[PermitCount],
    ) -> Result<(), StoreError> {
        self.backend.add_permit_counts(workspace, counts).await
    }
}

impl fmt::Debug for AuditStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuditStore").finish_non_exhaustive()
    }
}
