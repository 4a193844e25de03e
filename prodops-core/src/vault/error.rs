//! Why something could not be sealed or opened, and the one word about it that leaves the process.

use super::key_id::KeyId;
use super::purpose::Purpose;
use crate::entropy::EntropyError;

/// Something could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The secret does not fit into a record of 64 KiB.
    #[error("the secret has {length} bytes, a record holds at most {most}: seal it as a stream")]
    TooLong {
        /// Its length in bytes.
        length: usize,
        /// The most that a record holds.
        most: usize,
    },
    /// A part of the context is longer than its length field can say.
    #[error("`{part}` of the context is longer than 65535 bytes")]
    ContextTooLong {
        /// Which part.
        part: &'static str,
    },
    /// A backup was to be sealed as a record.
    #[error("a backup is sealed as a stream, not as a record")]
    BackupIsAStream,
    /// No random salt.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// Something could not be opened.
///
/// # Security
/// The reasons are for the engine's decisions and its log. Whoever asked from outside is told [`CannotOpen`], whatever
/// the reason: telling reasons apart would say which guesses were close.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The bytes do not begin like a sealed record. They are never passed through as if they were plain text.
    #[error("not a sealed record")]
    NotARecord,
    /// The header asks for something that this version does not know.
    #[error("the record has an unknown {what}: open it with the version that wrote it")]
    Unsupported {
        /// What is unknown.
        what: &'static str,
    },
    /// The record is for something else.
    #[error("the record is for the purpose `{found}`")]
    WrongPurpose {
        /// What the header says.
        found: Purpose,
    },
    /// The record names a key that is not at hand. Whether it was destroyed on purpose, the [keyring](crate::keyring) knows.
    #[error("no key `{id}` is at hand")]
    UnknownKey {
        /// The key that the header names.
        id: KeyId,
    },
    /// The key is not the one that sealed the record, or the record was sealed for another place.
    #[error("the key or the context is not the one of the record")]
    WrongKeyOrContext,
    /// The record is damaged or was changed.
    #[error("the record is damaged")]
    Corrupt,
}

impl OpenError {
    /// What may be told outside: that it failed.
    #[must_use]
    pub const fn uniform(self) -> CannotOpen {
        CannotOpen
    }
}

/// Something sealed could not be opened. This is all that is told outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot be opened")]
pub struct CannotOpen;

impl From<OpenError> for CannotOpen {
    fn from(error: OpenError) -> Self {
        error.uniform()
    }
}

/// For readers of streams: `InvalidData` around the reason.
impl From<OpenError> for std::io::Error {
    fn from(error: OpenError) -> Self {
        Self::new(std::io::ErrorKind::InvalidData, error)
    }
}
