//! The audit log of a backend: a chain for each workspace and one for the deployment, and the tree over all of them.

use std::fmt::Debug;

use async_trait::async_trait;
use prodops_core::audit::tree::Frontier;
use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::audit::{AuditEntry, AuditEvent, KeptEntry, LogHead};
use prodops_core::id::WorkspaceId;
use prodops_core::time::Timestamp;

use crate::contract::{AuditQuery, AuditTree, PermitCount, SequencedBatch, SignedCheckpoint};
use crate::error::StoreError;

/// Chains and the tree. Wherever a workspace is asked for, `None` is the deployment's own log.
///
/// An event is appended by locking the head of its own log and no other, so that workspaces never wait for each other:
/// [`LogHead::append`] makes the entry, which is stored with the moved head and a row in the sequencer's queue, all in the
/// transaction of the change that the event tells about.
#[async_trait]
pub trait AuditBackend: Send + Sync {
    /// All audit logs as they are now, to be verified while others append.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_snapshot(&self) -> Result<Box<dyn AuditSnapshot>, StoreError>;

    /// Appends events to a log, in this order, all or none.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when an event fits no leaf.
    async fn append_audit(
        &self,
        workspace: Option<WorkspaceId>,
        events: &[AuditEvent],
    ) -> Result<(), StoreError>;

    /// The first `limit` entries that the query asks for beyond the sequence number `after`. Purged ones are passed over.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_events(
        &self,
        workspace: Option<WorkspaceId>,
        query: &AuditQuery,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError>;

    /// The first `limit` entries beyond the sequence number `after` just as they are kept, each with the number that it is
    /// kept under; `None` for one that cannot be read back.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_log(
        &self,
        workspace: Option<WorkspaceId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<KeptEntry>)>, StoreError>;

    /// The last entry of a log.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_head(&self, workspace: Option<WorkspaceId>) -> Result<LogHead, StoreError>;

    /// Erases the bodies of up to `limit` entries up to the sequence number `through`, and tells how many. Their leaf
    /// hashes stay.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn purge_audit(
        &self,
        workspace: Option<WorkspaceId>,
        through: u64,
        limit: usize,
    ) -> Result<u64, StoreError>;

    /// The state of the tree.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_tree(&self) -> Result<AuditTree, StoreError>;

    /// The first `limit` entries that wait for their place in the tree, beyond `after`. Those of one log come in order,
    /// and none comes before one that it follows is in the tree or in the queue.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_queue(
        &self,
        after: Option<&SequencedLeaf>,
        limit: usize,
    ) -> Result<Vec<SequencedLeaf>, StoreError>;

    /// Gives leaves their place: compare-and-set of the tree's size, leaves, queue and checkpoint in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the tree has another size or a leaf is not in the queue; then nothing is kept.
    async fn sequence_audit(&self, batch: &SequencedBatch) -> Result<(), StoreError>;

    /// The first `limit` leaves of the tree from this index on.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_leaves(&self, from: u64, limit: usize) -> Result<Vec<SequencedLeaf>, StoreError>;

    /// The newest `limit` checkpoints, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_checkpoints(&self, limit: usize) -> Result<Vec<SignedCheckpoint>, StoreError>;

    /// Adds to the counters of a workspace, all or none.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn add_permit_counts(
        &self,
        workspace: WorkspaceId,
        counts: &[PermitCount],
    ) -> Result<(), StoreError>;

    /// The counters of a workspace for the hours that begin in `from..until`, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn permit_counts(
        &self,
        workspace: WorkspaceId,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PermitCount>, StoreError>;
}

/// All audit logs as they were at one moment, as they lie in the store, also where they were changed there.
///
/// A row that its own key does not open, or that names a key which its owner does not have, is `None` or left out: what is
/// lacking then is found by comparing. Only a store that cannot be read at all is an error.
#[async_trait]
pub trait AuditSnapshot: Debug + Send {
    /// Every workspace that the registry has a row of, by id, also when that row cannot be read back.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn registry(&mut self) -> Result<Vec<WorkspaceId>, StoreError>;

    /// The right edge that the sequencer goes on from, that of the empty tree before the first batch; `None` when it cannot
    /// be read back.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn right_edge(&mut self) -> Result<Option<Frontier>, StoreError>;

    /// All checkpoints that can be read back.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn checkpoints(&mut self) -> Result<Vec<SignedCheckpoint>, StoreError>;

    /// The first `limit` leaves that are there from this index on, each with the index that it is kept under.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn leaves(
        &mut self,
        from: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<SequencedLeaf>)>, StoreError>;

    /// The first `limit` entries beyond `after` that wait for their place in the tree and can be read back, those of one log
    /// in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn queue(
        &mut self,
        after: Option<&SequencedLeaf>,
        limit: usize,
    ) -> Result<Vec<SequencedLeaf>, StoreError>;

    /// The first `limit` entries of a log beyond the sequence number `after`, each with the number that it is kept under.
    ///
    /// # Errors
    /// [`StoreError::Keys`] with [`NoKeys`](prodops_core::keyring::KeyringError::NoKeys) when the workspace's keys are
    /// destroyed; else when the store cannot be read.
    async fn log(
        &mut self,
        workspace: Option<WorkspaceId>,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<KeptEntry>)>, StoreError>;

    /// The last entry of a log, the default before the first one; `None` when that row cannot be read back.
    ///
    /// # Errors
    /// As [`AuditSnapshot::log`].
    async fn head(&mut self, workspace: Option<WorkspaceId>) -> Result<Option<LogHead>, StoreError>;
}
