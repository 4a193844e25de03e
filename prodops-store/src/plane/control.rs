//! The control plane, for the engine's provisioning and background work.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use prodops_core::id::LeaseId;
use prodops_core::index_key::IndexKey;
use prodops_core::tenancy::{ControlCapability, LeaseRecord, MembershipRecord, WorkspaceRecord};
use prodops_core::time::Timestamp;

use crate::backend::Backend;
use crate::contract::LeaseRequest;
use crate::error::StoreError;

/// The registry of workspaces and the leases on background work.
pub struct ControlStore<'s> {
    backend: Arc<dyn Backend>,
    capability: PhantomData<&'s ControlCapability>,
}

impl<'s> ControlStore<'s> {
    pub(crate) fn new(backend: Arc<dyn Backend>, _checked: &'s ControlCapability) -> Self {
        Self { backend, capability: PhantomData }
    }

    /// Adds a workspace with its index key.
    ///
    /// # Security
    /// The key is kept as it is until the vault exists; whoever can read the store's file can read it.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the id or the slug is taken, [`StoreError::Invalid`] when the owner does not
    /// exist or the membership is for another workspace; then nothing is kept.
    pub async fn create_workspace(
        &self,
        workspace: &WorkspaceRecord,
        key: &IndexKey,
        owner: &MembershipRecord,
    ) -> Result<(), StoreError> {
        if owner.workspace != workspace.id {
            return Err(StoreError::invalid("owner", "must be a member of the workspace itself"));
        }
        self.backend.create_workspace(workspace, key, owner).await
    }

    /// Takes the hold on a connection, with an epoch larger than every earlier one. `None` while somebody else holds it.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the lease would be over at once, [`StoreError::AlreadyExists`] when its id is in use.
    pub async fn acquire_lease(&self, request: &LeaseRequest) -> Result<Option<LeaseRecord>, StoreError> {
        if request.expires <= request.now {
            return Err(StoreError::invalid("lease", "must end in the future"));
        }
        self.backend.acquire_lease(request).await
    }

    /// Extends a lease, also one that ran out while nobody else took its connection: a machine that slept goes on.
    /// `false` when it was released or somebody else holds the connection: stop working.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn renew_lease(&self, lease: LeaseId, expires: Timestamp) -> Result<bool, StoreError> {
        self.backend.renew_lease(lease, expires).await
    }

    /// Ends a lease early. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn release_lease(&self, lease: LeaseId) -> Result<bool, StoreError> {
        self.backend.release_lease(lease).await
    }
}

impl fmt::Debug for ControlStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlStore").finish_non_exhaustive()
    }
}
