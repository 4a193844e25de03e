//! What lies at a provider, or may: written down before it is uploaded, struck out when it is seen to be gone.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use prodops_store::contract::{BatchTag, RemoteObjectKind, RemoteObjectRecord};

use crate::engine::{Engine, EngineError};

/// The journal cannot be read or written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the deletion journal cannot be used, so nothing is uploaded: {reason}")]
pub struct JournalError {
    /// What is wrong with it.
    pub reason: String,
}

/// Remembers what must be deleted at providers.
///
/// # Security
/// It must outlive the process: what it forgets stays at the provider until that lets it expire. An entry is on disk when
/// [`write`](Self::write) returns.
#[async_trait]
pub trait DeletionJournal: Debug + Send + Sync {
    /// Writes an entry, in place of an earlier one of the same tag and kind.
    ///
    /// # Errors
    /// When it could not be made to last.
    async fn write(&self, entry: &RemoteObjectRecord) -> Result<(), JournalError>;

    /// Strikes an entry out; one that is not there is no error.
    ///
    /// # Errors
    /// When it could not be made to last.
    async fn strike(&self, tag: &BatchTag, kind: RemoteObjectKind) -> Result<(), JournalError>;

    /// Everything that is not struck out, by tag and kind.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn pending(&self) -> Result<Vec<RemoteObjectRecord>, JournalError>;
}

/// A journal that ends with the process: for tests, and where nothing else does.
#[derive(Debug, Default)]
pub struct MemoryJournal(Mutex<BTreeMap<(BatchTag, RemoteObjectKind), RemoteObjectRecord>>);

impl MemoryJournal {
    fn with<R>(
        &self,
        work: impl FnOnce(&mut BTreeMap<(BatchTag, RemoteObjectKind), RemoteObjectRecord>) -> R,
    ) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl DeletionJournal for MemoryJournal {
    async fn write(&self, entry: &RemoteObjectRecord) -> Result<(), JournalError> {
        self.with(|entries| entries.insert((entry.tag.clone(), entry.kind), entry.clone()));
        Ok(())
    }

    async fn strike(&self, tag: &BatchTag, kind: RemoteObjectKind) -> Result<(), JournalError> {
        self.with(|entries| entries.remove(&(tag.clone(), kind)));
        Ok(())
    }

    async fn pending(&self) -> Result<Vec<RemoteObjectRecord>, JournalError> {
        Ok(self.with(|entries| entries.values().cloned().collect()))
    }
}

/// The journal in an engine's store, which outlives the process.
#[derive(Debug, Clone)]
pub struct StoredJournal(Engine);

impl StoredJournal {
    /// The journal of this engine.
    #[must_use]
    pub const fn of(engine: Engine) -> Self {
        Self(engine)
    }
}

#[async_trait]
impl DeletionJournal for StoredJournal {
    async fn write(&self, entry: &RemoteObjectRecord) -> Result<(), JournalError> {
        self.0.put_remote_object(entry).await.map_err(|error| unusable(&error))
    }

    async fn strike(&self, tag: &BatchTag, kind: RemoteObjectKind) -> Result<(), JournalError> {
        self.0.strike_remote_object(tag, kind).await.map(drop).map_err(|error| unusable(&error))
    }

    async fn pending(&self) -> Result<Vec<RemoteObjectRecord>, JournalError> {
        self.0.remote_objects().await.map_err(|error| unusable(&error))
    }
}

fn unusable(error: &EngineError) -> JournalError {
    JournalError { reason: error.to_string() }
}
