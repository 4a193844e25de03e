//! What can go wrong with keys.

use super::owner::KeyOwner;
use super::root::RootError;
use crate::entropy::EntropyError;
use crate::vault::{KeyId, OpenError, SealError};

/// Why a deployment has no access to its keys. It serves health and says this; it changes and deletes nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Sealed {
    /// None of the root keys that were given is one that the keyring knows.
    #[error(
        "wrong root key: the keyring was made with {}, but was given {}: put the right root key back",
        list(expected),
        list(found)
    )]
    WrongRoot {
        /// The roots that the keyring knows.
        expected: Vec<KeyId>,
        /// The roots that were given.
        found: Vec<KeyId>,
    },
    /// The root key is one that the keyring knows, and yet it does not open what that one wrapped.
    #[error(
        "root key {0} does not open this keyring: it belongs to another environment, or was changed by somebody else"
    )]
    Refused(KeyId),
    /// There is data, but no keyring: a new key would open nothing of it.
    #[error("the keyring is missing although there is data: restore the keyring from its own backup")]
    KeyringMissing,
    /// The provider of the root key did not answer.
    #[error("the root key cannot be reached: {0}")]
    RootUnavailable(String),
}

fn list(ids: &[KeyId]) -> String {
    ids.iter().map(KeyId::to_string).collect::<Vec<_>>().join(" and ")
}

/// A keyring did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// The deployment has no access to its keys.
    #[error(transparent)]
    Sealed(#[from] Sealed),
    /// There never was such an owner, or its keys were destroyed: the two look the same.
    #[error("{0} has no keys")]
    NoKeys(KeyOwner),
    /// Rows or records name a key that the keyring does not have.
    #[error("no key {0} in the keyring")]
    UnknownKey(KeyId),
    /// Rows or records name a key that was destroyed.
    #[error("key {0} was destroyed")]
    KeyDestroyed(KeyId),
    /// A row of the keyring, or a record, cannot be opened with the key that it names.
    #[error("a record cannot be opened: {0}")]
    Open(#[from] OpenError),
    /// A record cannot be sealed.
    #[error("a record cannot be sealed: {0}")]
    Seal(#[from] SealError),
    /// A root key could not do its work.
    #[error(transparent)]
    Root(#[from] RootError),
    /// Somebody else changed the keyring at the same time: look again.
    #[error("the keyring was changed by somebody else in the meantime")]
    Conflict,
    /// A data key cannot be destroyed yet.
    #[error(
        "key {0} may still be in use: a key is retired ten minutes after it was followed by another, when no row names it"
    )]
    InUse(KeyId),
    /// A root cannot be retired yet.
    #[error("root key {root} cannot be retired: {reason}")]
    NotRetirable {
        /// The root.
        root: KeyId,
        /// Why, and what to do.
        reason: &'static str,
    },
    /// The keyring's store failed.
    #[error("the keyring cannot be read or written")]
    Store(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No random bytes could be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}
