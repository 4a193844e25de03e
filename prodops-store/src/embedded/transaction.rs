//! One transaction of the file, with the keys that its rows are sealed under.

use redb::{Database, ReadTransaction, ReadableDatabase, WriteTransaction};

use super::failure::Stored;
use crate::error::StoreError;
use crate::sealed::Keys;

/// Looks at one snapshot.
pub(super) struct Reading {
    pub(super) inner: ReadTransaction,
    pub(super) keys: Keys,
}

/// Changes rows, all or none.
pub(super) struct Writing {
    pub(super) inner: WriteTransaction,
    pub(super) keys: Keys,
}

impl Reading {
    pub(super) fn begin(database: &Database, keys: Keys) -> Result<Self, StoreError> {
        Ok(Self { inner: database.begin_read().stored()?, keys })
    }
}

impl Writing {
    pub(super) fn begin(database: &Database, keys: Keys) -> Result<Self, StoreError> {
        Ok(Self { inner: database.begin_write().stored()?, keys })
    }

    /// Makes the changes durable. A transaction that is dropped without it is rolled back.
    pub(super) fn commit(self) -> Result<(), StoreError> {
        self.inner.commit().stored()
    }
}
