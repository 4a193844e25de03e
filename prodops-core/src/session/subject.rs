//! Somebody whom an embedder's own login has already verified.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::input::InputError;
use crate::input::readable_line;
use crate::time::Timestamp;

/// What a login knows: who, according to whom, since when. Never a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedSubject {
    issuer: String,
    subject: String,
    auth_time: Timestamp,
}

impl VerifiedSubject {
    /// States that `issuer` has verified `subject` at `auth_time`.
    ///
    /// # Security
    /// Call this only after your login has succeeded: the engine believes it.
    ///
    /// # Errors
    /// When issuer or subject is empty, longer than 300 characters or not one line.
    pub fn new(issuer: &str, subject: &str, auth_time: Timestamp) -> Result<Self, InputError> {
        for (text, what) in [(issuer, "issuer"), (subject, "subject")] {
            if readable_line(text, 300).as_deref() != Some(text) {
                return Err(InputError::broken(what, "must be 1 to 300 characters on one line"));
            }
        }
        Ok(Self { issuer: issuer.to_owned(), subject: subject.to_owned(), auth_time })
    }

    /// Who, as the issuer writes it.
    ///
    /// # Security
    /// Personal: show it to that person and to nobody else, and keep it out of logs.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// When the login happened.
    #[must_use]
    pub const fn auth_time(&self) -> Timestamp {
        self.auth_time
    }

    /// The key under which a store finds the user.
    #[must_use]
    pub fn key(&self) -> SubjectKey {
        let mut hash = Sha256::new();
        hash.update(self.issuer.as_bytes());
        hash.update([0]);
        hash.update(self.subject.as_bytes());
        SubjectKey(hash.finalize().into())
    }
}

/// SHA-256 of issuer and subject: equality without the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SubjectKey([u8; 32]);

impl SubjectKey {
    /// The thirty-two bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
