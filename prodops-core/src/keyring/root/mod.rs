//! Root keys: what everything else is wrapped under, and where they come from.

mod file;
mod local;

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use crate::vault::{Context, KeyId, VaultKey};

pub use file::{KeyFileError, KeySource};
pub use local::LocalRoot;

/// A root key could not wrap or unwrap.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RootError {
    /// What was given is not what this root wrapped for this place.
    #[error("a key was not wrapped by root key {0}, or not for this place")]
    Refused(KeyId),
    /// The provider does not answer now.
    #[error("the provider of the root key does not answer: {reason}")]
    Unavailable {
        /// What is the matter, without secrets.
        reason: String,
    },
    /// The provider does not let this deployment use the key.
    #[error("the provider of the root key refuses this deployment: {reason}")]
    Denied {
        /// What is the matter, without secrets.
        reason: String,
    },
}

/// Wraps and unwraps data keys under a root key that may live elsewhere.
///
/// # Security
/// The context must be bound into the wrapping: what was wrapped for one owner and generation must not open for another.
#[async_trait]
pub trait KeyProvider: Debug + Send + Sync {
    /// The id of the root key: the same for the same key, always.
    fn root(&self) -> KeyId;

    /// Wraps a key for the place that the context names.
    ///
    /// # Errors
    /// When the provider cannot be reached or refuses.
    async fn wrap(&self, key: &VaultKey, context: &Context<'_>) -> Result<Vec<u8>, RootError>;

    /// Opens what [`KeyProvider::wrap`] made for the same place, as the key with this id.
    ///
    /// # Errors
    /// [`RootError::Refused`] when it was made by another root or for another place, else when the provider cannot be
    /// reached or refuses.
    async fn unwrap(&self, wrapped: &[u8], id: KeyId, context: &Context<'_>) -> Result<VaultKey, RootError>;
}

/// The root keys of a deployment. Every data key is wrapped under each of them, so any one of them opens everything: a
/// second one in another region or in escrow is one more entry, and so is the next one while roots are rotated.
#[derive(Debug, Clone)]
pub struct Roots(Vec<Arc<dyn KeyProvider>>);

impl Roots {
    /// One root key.
    pub fn new(root: impl KeyProvider + 'static) -> Self {
        Self(vec![Arc::new(root)])
    }

    /// One more. The first that can be reached is the one that is used.
    #[must_use]
    pub fn and(mut self, root: impl KeyProvider + 'static) -> Self {
        self.0.push(Arc::new(root));
        self
    }

    /// Their ids, in the order in which they are tried.
    #[must_use]
    pub fn ids(&self) -> Vec<KeyId> {
        self.0.iter().map(|root| root.root()).collect()
    }

    /// The root with this id.
    #[must_use]
    pub fn get(&self, id: KeyId) -> Option<Arc<dyn KeyProvider>> {
        self.0.iter().find(|root| root.root() == id).cloned()
    }

    /// All of them, in the order in which they are tried.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<dyn KeyProvider>> {
        self.0.iter()
    }
}
