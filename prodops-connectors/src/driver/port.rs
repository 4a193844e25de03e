//! What the driver writes to; the engine implements it over the store.

use std::collections::BTreeSet;

use async_trait::async_trait;
use prodops_core::fact::{CommitId, Fact};
use prodops_core::id::RepositoryId;
use prodops_core::input::StreamName;

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
}
