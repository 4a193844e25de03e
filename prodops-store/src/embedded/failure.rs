//! What `redb` reports, in the contract's words.

use std::io;

use crate::error::StoreError;

/// Translates the errors of `redb`.
pub(super) trait Stored<T> {
    fn stored(self) -> Result<T, StoreError>;
}

impl<T, E: Into<redb::Error>> Stored<T> for Result<T, E> {
    fn stored(self) -> Result<T, StoreError> {
        self.map_err(|error| translate(error.into()))
    }
}

fn translate(error: redb::Error) -> StoreError {
    match error {
        redb::Error::Io(error) => on_io(error),
        redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => StoreError::InUse,
        redb::Error::UpgradeRequired(_) => {
            StoreError::Format { found: None, expected: super::header::FORMAT }
        }
        // `redb` describes the damage in words of its own pages; the table is not known any more.
        redb::Error::Corrupted(_) => StoreError::Corrupt { table: "store" },
        redb::Error::PreviousIo | redb::Error::DatabaseClosed => StoreError::Unavailable(None),
        redb::Error::WouldBlock | redb::Error::TransactionInProgress => StoreError::Contention,
        redb::Error::ValueTooLarge(_) => StoreError::invalid("row", "is too large"),
        other => StoreError::Backend(Box::new(other)),
    }
}

/// Opening says "invalid data" for a file that is no database at all.
pub(super) fn on_open(error: redb::DatabaseError) -> StoreError {
    match redb::Error::from(error) {
        redb::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => StoreError::NotAStore,
        other => translate(other),
    }
}

pub(super) fn on_io(error: io::Error) -> StoreError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            StoreError::Full
        }
        _ => StoreError::Unavailable(Some(error)),
    }
}
