//! One transaction of the file, as the tables see it.

use prodops_core::id::WorkspaceId;
use redb::{Database, ReadTransaction, ReadableDatabase, WriteTransaction};

use super::failure::Stored;
use crate::error::StoreError;

/// Whose rows a transaction may touch: those of the identity and control planes always, and those of one workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The identity and control planes.
    Deployment,
    /// The same, and what this workspace owns.
    Workspace(WorkspaceId),
}

/// Looks at one snapshot.
pub(super) struct Reading {
    pub(super) inner: ReadTransaction,
}

/// Changes rows, all or none.
pub(super) struct Writing {
    pub(super) inner: WriteTransaction,
}

impl Reading {
    pub(super) fn begin(database: &Database) -> Result<Self, StoreError> {
        Ok(Self { inner: database.begin_read().stored()? })
    }
}

impl Writing {
    pub(super) fn begin(database: &Database) -> Result<Self, StoreError> {
        Ok(Self { inner: database.begin_write().stored()? })
    }

    /// Makes the changes durable. A transaction that is dropped without it is rolled back.
    pub(super) fn commit(self) -> Result<(), StoreError> {
        self.inner.commit().stored()
    }
}
