//! Why a backup was not made or cannot be restored.

use std::io;

use prodops_core::keyring::KeyOwner;

/// A backup could not be made, or is not restored: then nothing of it is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The place of the backups cannot be read or written.
    #[error("{place}: {reason}")]
    Io {
        /// Which file or folder.
        place: String,
        /// What the system says.
        #[source]
        reason: io::Error,
    },
    /// There is no backup to restore.
    #[error("there is no backup here: name the folder that backups are written to, or one of them")]
    None,
    /// Something in the backup is not what was written.
    #[error("{place} is damaged, incomplete or from another backup ({problem}): restore an older one")]
    Damaged {
        /// Which file, and where in it.
        place: String,
        /// What is wrong.
        problem: String,
    },
    /// It was made by another deployment, or signed by nobody.
    #[error(
        "the backup is not signed by this deployment: its keyring must be the one that the backup was made with"
    )]
    NotSigned,
    /// It belongs to another environment.
    #[error("the backup belongs to environment {found}, not to {expected}")]
    Environment {
        /// The environment in the manifest.
        found: String,
        /// The environment that asked.
        expected: String,
    },
    /// Its rows look different.
    #[error(
        "the backup was made by another version of prodops: rows of version {found}, this one reads {expected}"
    )]
    Version {
        /// The version in the manifest.
        found: u32,
        /// The version that this one reads.
        expected: u32,
    },
    /// The ledger of deletions does not know what it knew when the backup was made.
    #[error(
        "the deletion ledger is older than the backup: put its newest copy back, or what was deleted would come back"
    )]
    LedgerBehind,
    /// The keyring has no key for a stream.
    #[error("the keyring has no backup key of {owner}: put the newest copy of the keyring back")]
    NoKey {
        /// Whose stream.
        owner: KeyOwner,
    },
}

impl BackupError {
    pub(super) fn io(place: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let place = place.into();
        move |reason| Self::Io { place, reason }
    }

    pub(super) fn damaged(place: impl Into<String>, problem: impl ToString) -> Self {
        Self::Damaged { place: place.into(), problem: problem.to_string() }
    }
}
