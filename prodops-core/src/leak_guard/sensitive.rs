//! What can be registered, and how it is spelled.

use zeroize::{Zeroize, Zeroizing};

use super::window::WINDOW;
use crate::api_token::ApiToken;
use crate::secret::Secret;
use crate::session::OpaqueToken;

/// A secret cannot be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// It is too short to be told from other text.
    #[error("a secret of {length} bytes cannot be watched: use one of 16 bytes or more")]
    TooShort {
        /// Its length in bytes.
        length: usize,
    },
}

/// A secret that a [`LeakGuard`](super::LeakGuard) can watch.
pub trait Sensitive {
    /// The ways in which it is spelled, each of which may turn up in any [`Form`](super::Form). The first one names it.
    ///
    /// # Security
    /// The copies are wiped once they are hashed; hand them to nobody else.
    fn spellings(&self) -> Vec<Zeroizing<Vec<u8>>>;
}

impl<T: Zeroize + AsRef<[u8]>> Sensitive for Secret<T> {
    fn spellings(&self) -> Vec<Zeroizing<Vec<u8>>> {
        vec![self.expose(|value| Zeroizing::new(value.as_ref().to_vec()))]
    }
}

/// A token travels as text, so that its text is watched like its bytes.
impl Sensitive for OpaqueToken {
    fn spellings(&self) -> Vec<Zeroizing<Vec<u8>>> {
        let bytes = self.expose(|bytes| Zeroizing::new(bytes.to_vec()));
        vec![bytes, Zeroizing::new(self.reveal().into_bytes())]
    }
}

/// An API token travels with its prefix, and what follows it is the token just the same.
impl Sensitive for ApiToken {
    fn spellings(&self) -> Vec<Zeroizing<Vec<u8>>> {
        vec![Zeroizing::new(self.reveal().into_bytes())]
    }
}

/// The spellings, if each is long enough.
pub(super) fn checked(secret: &dyn Sensitive) -> Result<Vec<Zeroizing<Vec<u8>>>, RegisterError> {
    let spellings = secret.spellings();
    let shortest = spellings.iter().map(|spelling| spelling.len()).min().unwrap_or_default();
    if shortest < WINDOW { Err(RegisterError::TooShort { length: shortest }) } else { Ok(spellings) }
}
