//! The keys that rows of a store are sealed under, and where a store gets them.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;

use super::error::{KeyringError, Sealed};
use super::keys::DataKeys;
use super::owner::KeyOwner;

/// Where a store gets the keys for its rows. A store asks before every transaction and keeps nothing.
#[async_trait]
pub trait RowKeySource: Debug + Send + Sync {
    /// The keys of an owner, to open rows with.
    ///
    /// # Errors
    /// [`KeyringError::Sealed`] when the deployment has no access to its keys, [`KeyringError::NoKeys`] when the owner
    /// has none.
    async fn opening_keys(&self, owner: KeyOwner) -> Result<Arc<DataKeys>, KeyringError>;

    /// The keys of an owner, to open and to seal rows with: 100,000 at most before asking again.
    ///
    /// # Errors
    /// As [`RowKeySource::opening_keys`].
    async fn sealing_keys(&self, owner: KeyOwner) -> Result<Arc<DataKeys>, KeyringError>;

    /// Whether these are still the keys of their owner, as far as this process knows. A store asks after it has begun its
    /// transaction: keys that were rotated in between must not seal what nobody will look for any more.
    fn is_current(&self, keys: &DataKeys) -> bool;

    /// The same as far as any process knows: the keyring itself is asked. A store that several processes share asks this, after
    /// it holds the lock that whoever retires a key waits for.
    ///
    /// # Errors
    /// When the keyring cannot be asked.
    async fn confirm(&self, keys: &DataKeys) -> Result<bool, KeyringError>;
}

/// The keys of a deployment that has no access to them: every question is answered with the reason.
#[derive(Debug, Clone)]
pub struct NoRowKeys(pub Sealed);

#[async_trait]
impl RowKeySource for NoRowKeys {
    async fn opening_keys(&self, _owner: KeyOwner) -> Result<Arc<DataKeys>, KeyringError> {
        Err(self.0.clone().into())
    }

    async fn sealing_keys(&self, _owner: KeyOwner) -> Result<Arc<DataKeys>, KeyringError> {
        Err(self.0.clone().into())
    }

    fn is_current(&self, _keys: &DataKeys) -> bool {
        false
    }

    async fn confirm(&self, _keys: &DataKeys) -> Result<bool, KeyringError> {
        Err(self.0.clone().into())
    }
}
