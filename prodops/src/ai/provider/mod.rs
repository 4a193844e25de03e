//! The steps in which providers differ, and the providers.

mod anthropic;
mod compatible;
mod endpoint;
mod gemini;
mod multipart;
mod object;
mod openai;
mod transport;

use std::fmt::Debug;

use async_trait::async_trait;
use prodops_classify::metadata::CommitMetadata;
use prodops_core::time::Timestamp;
use prodops_store::contract::{BatchTag, RemoteObjectId};

use super::answer::Answer;
use super::error::CallError;
use super::estimate::Price;
use super::register::ProviderEntry;

pub use anthropic::Anthropic;
pub use compatible::Compatible;
pub use endpoint::{Access, Endpoint, Model, SettingsError};
pub use gemini::Gemini;
pub use object::RemoteObject;
pub use openai::OpenAi;

/// What lies at a provider while a batch runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Storage {
    /// Nothing that could be deleted: requests are answered at once.
    Nothing,
    /// The batch, which holds its requests and answers and can be deleted.
    Batch,
    /// Files of requests, answers and errors, which can be deleted, beside a record of the batch which cannot, and holds
    /// numbers, ids and the tag.
    Files,
}

/// What came of asking a provider to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Started {
    /// It works on a batch.
    Batch(RemoteObjectId),
    /// It answered at once.
    Answered(Vec<Answer>),
}

/// How far a batch has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// It is worked on.
    Running {
        /// Requests that are done, as far as the provider says.
        done: u64,
    },
    /// Nothing changes any more; what it made besides.
    Ended(Vec<RemoteObject>),
    /// The same, and no request was worked on.
    Failed(Vec<RemoteObject>),
}

/// What a search by tag brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found {
    /// What belongs to the tag.
    pub objects: Vec<RemoteObject>,
    /// Whether there is something of which it cannot be told yet.
    pub undecided: bool,
}

/// A provider that labels commits.
///
/// Only what differs is here: no method waits, asks twice, writes into the journal or judges an answer. Those that a provider
/// which keeps nothing has no use for say by default that there is no such thing.
///
/// # Security
/// Commits come as [`CommitMetadata`] only. The number of a request within `commits` is all that names it; implementations
/// send no other id but the tag, put ids into paths only as [`RemoteObjectId`]s, and never take a URL from an answer that
/// does not lie below their own address.
#[async_trait]
pub trait ClassificationProvider: Debug + Send + Sync {
    /// Its entry of the register.
    fn entry(&self) -> &ProviderEntry;

    /// What its model costs.
    fn price(&self) -> Price;

    /// What lies there while a batch runs.
    fn storage(&self) -> Storage;

    /// The most commits of one batch.
    fn most(&self) -> usize;

    /// Uploads the requests of a batch as a file that carries the tag; called where [`Storage::Files`] are kept.
    ///
    /// # Errors
    /// When that failed, or is not known.
    async fn upload(
        &self,
        _tag: &BatchTag,
        _commits: &[CommitMetadata],
    ) -> Result<RemoteObjectId, CallError> {
        Err(CallError::NotFound)
    }

    /// Begins a batch that carries the tag, of the uploaded file where there is one.
    ///
    /// # Errors
    /// When that failed, or is not known.
    async fn start(
        &self,
        tag: &BatchTag,
        commits: &[CommitMetadata],
        input: Option<&RemoteObjectId>,
    ) -> Result<Started, CallError>;

    /// How far a batch has come.
    ///
    /// # Errors
    /// [`CallError::NotFound`] when there is no such batch.
    async fn poll(&self, _batch: &RemoteObjectId) -> Result<Progress, CallError> {
        Err(CallError::NotFound)
    }

    /// The answers of a batch that ended with these files.
    ///
    /// # Errors
    /// When they cannot be had. A line that is no answer is [`Said::Garbage`](super::Said::Garbage), not an error.
    async fn results(
        &self,
        _tag: &BatchTag,
        _batch: &RemoteObjectId,
        _files: &[RemoteObject],
    ) -> Result<Vec<Answer>, CallError> {
        Err(CallError::NotFound)
    }

    /// Asks for a batch to be given up; it still has to end.
    ///
    /// # Errors
    /// [`CallError::NotFound`] when there is no such batch.
    async fn cancel(&self, _batch: &RemoteObjectId) -> Result<(), CallError> {
        Err(CallError::NotFound)
    }

    /// Deletes an object of a batch that ended.
    ///
    /// # Errors
    /// [`CallError::NotFound`] when there is no such object.
    async fn delete(&self, _object: &RemoteObject) -> Result<(), CallError> {
        Err(CallError::NotFound)
    }

    /// Whether there is such an object: `false` only when the provider says that there is none.
    ///
    /// # Errors
    /// When the provider does not say.
    async fn exists(&self, _object: &RemoteObject) -> Result<bool, CallError> {
        Ok(false)
    }

    /// Everything that carries the tag and was made since.
    ///
    /// # Errors
    /// When it cannot be listed completely.
    async fn find(&self, _tag: &BatchTag, _since: Timestamp) -> Result<Found, CallError> {
        Ok(Found::default())
    }
}
