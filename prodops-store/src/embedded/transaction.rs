//! One transaction of the file, with the keys that its rows are sealed under.

use std::sync::Arc;

use prodops_core::id::WorkspaceId;
use prodops_core::keyring::{DataKeys, KeyOwner, RowKeySource};
use redb::{Database, ReadTransaction, ReadableDatabase, WriteTransaction};

use super::failure::Stored;
use super::key::Exact;
use crate::contract::Plane;
use crate::error::StoreError;

/// Whose rows a transaction may touch: those of the identity and control planes always, and those of one workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The identity and control planes.
    Deployment,
    /// The same, and what this workspace owns.
    Workspace(WorkspaceId),
}

impl Reach {
    /// What it takes to reach the rows of an owner.
    pub(super) const fn of(owner: KeyOwner) -> Self {
        match owner {
            KeyOwner::Deployment => Self::Deployment,
            KeyOwner::Workspace(id) => Self::Workspace(id),
        }
    }
}

/// The open keys of everybody whose rows a transaction may touch.
#[derive(Debug, Clone)]
pub(super) struct Keys {
    deployment: Arc<DataKeys>,
    workspace: Option<Arc<DataKeys>>,
}

impl Keys {
    /// The keys for a transaction that reads.
    pub(super) async fn opening(source: &dyn RowKeySource, reach: Reach) -> Result<Self, StoreError> {
        let deployment = source.opening_keys(KeyOwner::Deployment).await?;
        let workspace = match reach {
            Reach::Deployment => None,
            Reach::Workspace(id) => Some(source.opening_keys(KeyOwner::Workspace(id)).await?),
        };
        Ok(Self { deployment, workspace })
    }

    /// The keys for a transaction that writes.
    pub(super) async fn sealing(source: &dyn RowKeySource, reach: Reach) -> Result<Self, StoreError> {
        let deployment = source.sealing_keys(KeyOwner::Deployment).await?;
        let workspace = match reach {
            Reach::Deployment => None,
            Reach::Workspace(id) => Some(source.sealing_keys(KeyOwner::Workspace(id)).await?),
        };
        Ok(Self { deployment, workspace })
    }

    /// Whether no key was rotated or retired since these were had.
    pub(super) fn are_current(&self, source: &dyn RowKeySource) -> bool {
        let workspace = self.workspace.as_deref().is_none_or(|keys| source.is_current(keys));
        workspace && source.is_current(&self.deployment)
    }

    /// The key of a row of the identity or control plane that is looked up by a name: a keyed hash of it.
    pub(super) fn lookup(&self, name: &[u8]) -> Result<Exact, StoreError> {
        Ok(Exact::new(&self.deployment.lookup_hash(name)?))
    }

    /// The keys for the rows of a plane.
    pub(super) fn of(&self, plane: Plane) -> Result<&DataKeys, StoreError> {
        match plane {
            Plane::Identity | Plane::Control => Ok(&self.deployment),
            // INVARIANT: a transaction that was begun for no workspace has no key to any.
            Plane::Workspace => self.workspace.as_deref().ok_or(StoreError::ScopeViolation),
        }
    }
}

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
