//! Whose rows a transaction may touch, and the keys that open them.

use std::sync::Arc;

use prodops_core::id::WorkspaceId;
use prodops_core::keyring::{DataKeys, KeyOwner, RowKeySource};
#[cfg(feature = "postgres")]
use prodops_core::vault::KeyId;

use crate::contract::Plane;
use crate::error::StoreError;

/// Whose rows a transaction may touch: those of the identity and control planes always, and those of one workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// The identity and control planes.
    Deployment,
    /// The same, and what this workspace owns.
    Workspace(WorkspaceId),
}

impl Reach {
    /// What it takes to reach the rows of an owner.
    pub(crate) const fn of(owner: KeyOwner) -> Self {
        match owner {
            KeyOwner::Deployment => Self::Deployment,
            KeyOwner::Workspace(id) => Self::Workspace(id),
        }
    }
}

/// The open keys of everybody whose rows a transaction may touch.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    deployment: Arc<DataKeys>,
    workspace: Option<Arc<DataKeys>>,
}

impl Keys {
    /// The keys for a transaction that reads.
    pub(crate) async fn opening(source: &dyn RowKeySource, reach: Reach) -> Result<Self, StoreError> {
        let deployment = source.opening_keys(KeyOwner::Deployment).await?;
        let workspace = match reach {
            Reach::Deployment => None,
            Reach::Workspace(id) => Some(source.opening_keys(KeyOwner::Workspace(id)).await?),
        };
        Ok(Self { deployment, workspace })
    }

    /// The keys for a transaction that writes.
    pub(crate) async fn sealing(source: &dyn RowKeySource, reach: Reach) -> Result<Self, StoreError> {
        let deployment = source.sealing_keys(KeyOwner::Deployment).await?;
        let workspace = match reach {
            Reach::Deployment => None,
            Reach::Workspace(id) => Some(source.sealing_keys(KeyOwner::Workspace(id)).await?),
        };
        Ok(Self { deployment, workspace })
    }

    /// The id of the key that seals for an owner; `None` for one who is out of reach.
    #[cfg(feature = "postgres")]
    pub(crate) fn active(&self, owner: KeyOwner) -> Option<KeyId> {
        match owner {
            KeyOwner::Deployment => Some(self.deployment.active()),
            KeyOwner::Workspace(_) => self.workspace.as_deref().map(DataKeys::active),
        }
    }

    /// Whether no key was rotated or retired since these were had.
    pub(crate) fn are_current(&self, source: &dyn RowKeySource) -> bool {
        let workspace = self.workspace.as_deref().is_none_or(|keys| source.is_current(keys));
        workspace && source.is_current(&self.deployment)
    }

    /// The same as far as any process knows.
    pub(crate) async fn confirmed(&self, source: &dyn RowKeySource) -> Result<bool, StoreError> {
        if let Some(keys) = self.workspace.as_deref()
            && !source.confirm(keys).await?
        {
            return Ok(false);
        }
        Ok(source.confirm(&self.deployment).await?)
    }

    /// What a row of the identity or control plane is looked up by whose natural key is a name: a keyed hash of it.
    pub(crate) fn lookup(&self, name: &[u8]) -> Result<[u8; 16], StoreError> {
        Ok(self.deployment.lookup_hash(name)?)
    }

    /// The keys for the rows of a plane.
    pub(crate) fn of(&self, plane: Plane) -> Result<&DataKeys, StoreError> {
        match plane {
            Plane::Identity | Plane::Control => Ok(&self.deployment),
            // INVARIANT: a transaction that was begun for no workspace has no key to any.
            Plane::Workspace => self.workspace.as_deref().ok_or(StoreError::ScopeViolation),
        }
    }
}
