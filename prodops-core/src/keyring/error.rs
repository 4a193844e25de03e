//! What can go wrong with keys.

use super::owner::KeyOwner;
use super::record::{RootRecord, RootState};
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
    /// The root keys are ones that the keyring knows, and yet they do not open what those wrapped.
    #[error(
        "root key {} does not open this keyring: it belongs to another environment, or was changed by somebody else",
        list(.0)
    )]
    Refused(Vec<KeyId>),
    /// There is data, but no keyring: a new key would open nothing of it.
    #[error("the keyring is missing although there is data: restore the keyring from its own backup")]
    KeyringMissing,
    /// The provider of a root key did not answer, or refuses this deployment: what each root key answered.
    #[error("the root key cannot be reached: {0}")]
    RootUnavailable(String),
}

impl Sealed {
    /// These are not the roots that the keyring uses.
    pub(super) fn wrong_root(known: &[RootRecord], found: Vec<KeyId>) -> Self {
        let in_use = known.iter().filter(|row| row.state == RootState::Active);
        Self::WrongRoot { expected: in_use.map(|row| row.id).collect(), found }
    }

    /// What follows when each of these roots failed; `None` when there was none.
    pub(super) fn after(failures: &[(KeyId, RootError)]) -> Option<Self> {
        let refused = failures.iter().all(|(_, error)| matches!(error, RootError::Refused(_)));
        match (failures.is_empty(), refused) {
            (true, _) => None,
            (false, true) => Some(Self::Refused(failures.iter().map(|(id, _)| *id).collect())),
            (false, false) => Some(Self::RootUnavailable(each(failures))),
        }
    }
}

fn each(failures: &[(KeyId, RootError)]) -> String {
    failures.iter().map(|(id, error)| format!("root key {id}: {error}")).collect::<Vec<_>>().join("; ")
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
    /// A data key is wrapped under root keys that were given, and none of them opens it.
    #[error("no root key opens key {key}: {}", each(failures))]
    Unwrap {
        /// The data key.
        key: KeyId,
        /// What each root key answered.
        failures: Vec<(KeyId, RootError)>,
    },
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
