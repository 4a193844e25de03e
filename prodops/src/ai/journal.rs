//! What lies at a provider, or may: written down before it is uploaded, struck out when it is seen to be gone.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::provider::{ObjectKind, RemoteId};
use super::tag::Tag;

/// How far an object is known to have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectState {
    /// It is about to be made: it may be there or not.
    Intended,
    /// It is there.
    Stored,
    /// Its deletion was asked for and not yet seen.
    DeletionAsked,
}

impl ObjectState {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Intended => "intended",
            Self::Stored => "stored",
            Self::DeletionAsked => "deletion_asked",
        }
    }
}

/// One object at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The batch that it belongs to.
    pub tag: Tag,
    /// What it is. A batch has at most one object of a kind.
    pub kind: ObjectKind,
    /// The provider, by the name of its register entry.
    pub provider: String,
    /// The provider's id of it, once known.
    pub id: Option<RemoteId>,
    /// How far it has come.
    pub state: ObjectState,
    /// Since when it is there, or may be.
    pub since: Timestamp,
    /// When whoever runs the batch last gave a sign of life; `None` when nobody does any more.
    pub alive: Option<Timestamp>,
}

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
    async fn write(&self, entry: &JournalEntry) -> Result<(), JournalError>;

    /// Strikes an entry out; one that is not there is no error.
    ///
    /// # Errors
    /// When it could not be made to last.
    async fn strike(&self, tag: &Tag, kind: ObjectKind) -> Result<(), JournalError>;

    /// Everything that is not struck out, by tag and kind.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn pending(&self) -> Result<Vec<JournalEntry>, JournalError>;
}

/// A journal that ends with the process: for tests, and where nothing else does.
#[derive(Debug, Default)]
pub struct MemoryJournal(Mutex<BTreeMap<(Tag, ObjectKind), JournalEntry>>);

impl MemoryJournal {
    fn with<R>(&self, work: impl FnOnce(&mut BTreeMap<(Tag, ObjectKind), JournalEntry>) -> R) -> R {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl DeletionJournal for MemoryJournal {
    async fn write(&self, entry: &JournalEntry) -> Result<(), JournalError> {
        self.with(|entries| entries.insert((entry.tag.clone(), entry.kind), entry.clone()));
        Ok(())
    }

    async fn strike(&self, tag: &Tag, kind: ObjectKind) -> Result<(), JournalError> {
        self.with(|entries| entries.remove(&(tag.clone(), kind)));
        Ok(())
    }

    async fn pending(&self) -> Result<Vec<JournalEntry>, JournalError> {
        Ok(self.with(|entries| entries.values().cloned().collect()))
    }
}
