//! What the driver writes to; the engine implements it over the store.

use std::collections::BTreeSet;

use async_trait::async_trait;
use prodops_core::fact::{CommitEdits, CommitId, Fact};
use prodops_core::id::RepositoryId;
use prodops_core::input::StreamName;

use crate::contract::{TipEntry, WalkPlan};

/// Which part of a walk over a history a batch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WalkPart {
    /// The repository.
    pub repository: RepositoryId,
    /// The number of the walk.
    pub walk: u64,
    /// The place of the batch's first commit.
    pub place: u64,
    /// Whether the walk began at the beginning of the history.
    pub whole: bool,
    /// Whether the walk is complete with this batch.
    pub last: bool,
}

/// Facts and the cursor that they bring the stream to: stored together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncBatch {
    /// The stream.
    pub stream: StreamName,
    /// The cursor that must be stored now; anything else is a conflict.
    pub expected_cursor: Option<Vec<u8>>,
    /// The cursor that is stored afterwards.
    pub next_cursor: Vec<u8>,
    /// The facts.
    pub facts: Vec<Fact>,
    /// What the commits of the batch do to lines, in the order of the walk.
    pub edits: Vec<CommitEdits>,
    /// Of a stream of commits, where in it the batch lies.
    pub part: Option<WalkPart>,
}

/// A batch was not stored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// Somebody else moved the cursor.
    #[error("another sync of this connection is under way")]
    Conflict,
    /// The store failed; nothing of the batch is stored.
    #[error("{0}")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Where a sync's results go.
#[async_trait]
pub trait SyncSink: Send + Sync {
    /// The stored cursor of a stream.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn cursor(&self, stream: &StreamName) -> Result<Option<Vec<u8>>, SinkError>;

    /// Hears of a walk before its first batch. Its batches come in order and all to the same sink.
    ///
    /// # Errors
    /// When what is stored of the history cannot be read.
    async fn begin_walk(&self, plan: &WalkPlan) -> Result<(), SinkError>;

    /// Stores a batch and its cursor, both or neither.
    ///
    /// # Errors
    /// [`SinkError::Conflict`] when the stored cursor is not the expected one.
    async fn commit(&self, batch: SyncBatch) -> Result<(), SinkError>;

    /// Removes the commits of a repository that are not in `keep`, and says how many.
    ///
    /// # Errors
    /// When the store fails.
    async fn retain_commits(
        &self,
        repository: RepositoryId,
        keep: &BTreeSet<CommitId>,
    ) -> Result<u64, SinkError>;

    /// Which of the files at a head are not stored as they are there.
    ///
    /// # Errors
    /// When the store fails.
    async fn changed_files(
        &self,
        repository: RepositoryId,
        files: &[TipEntry],
    ) -> Result<Vec<TipEntry>, SinkError>;

    /// Removes the stored files of a repository that are not among those at its head, and says how many.
    ///
    /// # Errors
    /// When the store fails.
    async fn retain_files(&self, repository: RepositoryId, files: &[TipEntry]) -> Result<u64, SinkError>;
}
