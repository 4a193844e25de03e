//! What can go wrong in a store.

use std::fmt;

use prodops_core::environment::Environment;
use prodops_core::keyring::{KeyringError, Sealed};

use crate::contract::Version;

/// What a compare-and-set found instead of what its caller expected.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Current {
    /// There is nothing yet.
    Absent,
    /// The cursor that is stored.
    Cursor(Vec<u8>),
    /// The version that is stored.
    Version(Version),
}

impl Current {
    /// The stored cursor; `None` when there is none or when it was no cursor that was compared.
    #[must_use]
    pub fn cursor(&self) -> Option<&[u8]> {
        match self {
            Self::Cursor(bytes) => Some(bytes),
            Self::Absent | Self::Version(_) => None,
        }
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("Absent"),
            Self::Cursor(bytes) => write!(f, "Cursor({} bytes)", bytes.len()),
            Self::Version(version) => write!(f, "{version:?}"),
        }
    }
}

/// A store did not do what it was asked to.
///
/// # Security
/// No message holds a value of a row. What is absent and what belongs to another workspace is no error: both are
/// `Ok(None)`, and where a row must exist to be changed, both are the same [`StoreError::Invalid`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else was faster: look at what is there now and decide again.
    #[error("changed by somebody else in the meantime")]
    Conflict {
        /// What is there now.
        current: Current,
    },
    /// The writer's hold was followed by another one, or what it held is gone: a connection that was disconnected, a job
    /// that somebody else does now. Stop working.
    #[error("the hold on this work is over")]
    Fenced,
    /// A row with this key is there already.
    #[error("{what} already exists")]
    AlreadyExists {
        /// Which kind of row.
        what: &'static str,
    },
    /// The request can never succeed as it is.
    #[error("{what} {rule}")]
    Invalid {
        /// Which part of the request.
        what: &'static str,
        /// The rule that it breaks.
        rule: &'static str,
    },
    /// A scope or capability of another authority, or a row that names another workspace. Raise an alarm: correct code
    /// never gets here.
    #[error("scope of another authority or workspace")]
    ScopeViolation,
    /// The store cannot be reached or written now.
    #[error("the store is not available")]
    Unavailable(#[source] Option<std::io::Error>),
    /// Too many writers at once.
    #[error("the store is busy")]
    Contention,
    /// There is no room left. Nothing of the request was kept.
    #[error("the store is full: make room and open it again")]
    Full,
    /// A row cannot be read back.
    #[error("a row of `{table}` cannot be read back")]
    Corrupt {
        /// The table.
        table: &'static str,
    },
    /// The file was written by another version of ProdOps.
    #[error(
        "the store file comes from another version of prodops: restore a backup into a new file, or sync again"
    )]
    Format {
        /// The format that the file states; `None` when it states none.
        found: Option<u32>,
        /// The format that this version reads and writes.
        expected: u32,
    },
    /// The schema of the database is of another version of ProdOps.
    #[error(
        "the database has schema version {found}, not {expected}: migrate it, or run the prodops that it belongs to"
    )]
    Schema {
        /// The version in the database.
        found: u32,
        /// The version that this version reads and writes.
        expected: u32,
    },
    /// The file belongs to another environment.
    #[error("the store belongs to environment {found}, not to {expected}")]
    Environment {
        /// The environment in the file.
        found: Environment,
        /// The environment that asked.
        expected: Environment,
    },
    /// Another process has the file open.
    #[error("the store file is in use: one process owns it, stop that one first")]
    InUse,
    /// The database has no schema of ProdOps, or one that is closed to the role that asked.
    #[error(
        "the database has no schema of prodops that this role may use: migrate it first, as a role that may make roles"
    )]
    NotMigrated,
    /// The file is there, but it is no store.
    #[error("the file is not a prodops store")]
    NotAStore,
    /// The database would not keep workspaces apart. [`Display`](fmt::Display) names each rule with what to do about it.
    #[error("the database is not safe to use: {0}")]
    Posture(String),
    /// The deployment has no access to its keys: nothing is read or changed until it has.
    #[error(transparent)]
    Sealed(Sealed),
    /// A row cannot be opened or sealed for want of its key.
    #[error("the keys of a row: {0}")]
    Keys(#[source] KeyringError),
    /// Anything else that the backend reports.
    #[error("the store's backend failed")]
    Backend(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<KeyringError> for StoreError {
    fn from(error: KeyringError) -> Self {
        match error {
            KeyringError::Sealed(reason) => Self::Sealed(reason),
            // A keyring in a database fails as a store does.
            KeyringError::Store(source) => match source.downcast() {
                Ok(error) => *error,
                Err(source) => Self::Keys(KeyringError::Store(source)),
            },
            other => Self::Keys(other),
        }
    }
}

impl StoreError {
    /// Whether the same request may succeed a little later without anybody changing anything.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Contention)
    }

    /// Whether a row was changed, moved or damaged. The key that a row names is part of the row: one that its owner does not
    /// have, or has no more, says nothing about the owner's keys.
    pub(crate) const fn is_of_one_row(&self) -> bool {
        use KeyringError::{KeyDestroyed, UnknownKey};
        matches!(self, Self::Corrupt { .. } | Self::Keys(UnknownKey(_) | KeyDestroyed(_)))
    }

    pub(crate) const fn invalid(what: &'static str, rule: &'static str) -> Self {
        Self::Invalid { what, rule }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_may_pass_by_itself_is_retryable() {
        assert!(StoreError::Unavailable(None).is_retryable());
        assert!(StoreError::Contention.is_retryable());
        assert!(!StoreError::Fenced.is_retryable());
        assert!(!StoreError::Full.is_retryable());
        assert!(!StoreError::Conflict { current: Current::Absent }.is_retryable());
    }

    #[test]
    fn a_conflict_prints_no_cursor() {
        let error = StoreError::Conflict { current: Current::Cursor(b"tell-tale".to_vec()) };
        assert!(!format!("{error} {error:?}").contains("tell"));
        assert!(!format!("{error:?}").contains("116"), "the bytes are not listed either");
    }
}
