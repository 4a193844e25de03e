//! The trait that an integration author implements.

use async_trait::async_trait;
use prodops_core::fact::CommitId;

use super::api::Api;
use super::content::ContentSource;
use super::descriptor::Descriptor;
use super::error::Result;
use super::source::ErasedSource;

/// What a check found to be granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The provider's names of the granted scopes; empty where there are no scopes.
    pub scopes: Vec<String>,
}

/// A stream of records or of content that passes through.
#[allow(missing_debug_implementations, reason = "holds trait objects of connector authors")]
pub enum Stream {
    /// Pages of facts.
    Records(Box<dyn ErasedSource>),
    /// Commits with source bytes: the code passes, nothing of it is a fact.
    Content(Box<dyn ContentSource>),
}

/// A provider. Authors write this and their streams; the driver owns batches, checkpoints and retries.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Its description.
    fn descriptor(&self) -> &Descriptor;

    /// Checks that the target can be read and that no more is granted than declared. Cheap: no history is read.
    ///
    /// # Errors
    /// [`Unusable`](super::ConnectorError::Unusable) with one line for a person, or
    /// [`ExcessScope`](super::ConnectorError::ExcessScope).
    async fn check(&self, api: &Api) -> Result<Granted>;

    /// The paths of a repository's files at one commit, bytes as the provider has them; `None` where the provider cannot tell, or
    /// the commit is not there any more. They are for showing where something is, and are not stored.
    ///
    /// # Errors
    /// As the provider demands.
    async fn paths(&self, _api: &Api, _at: CommitId) -> Result<Option<Vec<Vec<u8>>>> {
        Ok(None)
    }

    /// Its streams, in the order in which they are read.
    fn streams(&self) -> Vec<Stream>;
}
