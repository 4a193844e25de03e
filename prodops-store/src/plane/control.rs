//! The control plane, for the engine's provisioning and background work.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use prodops_core::audit::AuditEvent;
use prodops_core::id::{LeaseId, WorkspaceId};
use prodops_core::keyring::KeyOwner;
use prodops_core::tenancy::{ControlCapability, LeaseRecord, MembershipRecord, WorkspaceRecord};
use prodops_core::time::Timestamp;
use prodops_core::vault::KeyId;

use super::identity::complete;
use crate::backend::Backend;
use crate::contract::{
    BatchTag, LeaseRequest, RemoteObjectKind, RemoteObjectRecord, ResealPosition, Resealed,
};
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

    /// Adds a workspace with its owner and the event in the deployment's audit log. Its keys must be in the keyring
    /// already.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the id or the slug is taken, [`StoreError::Invalid`] when the owner does not
    /// exist, the membership is for another workspace, or [`MembershipRecord::check`] has something to say of it; then nothing
    /// is kept.
    pub async fn create_workspace(
        &self,
        workspace: &WorkspaceRecord,
        owner: &MembershipRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        if owner.workspace != workspace.id {
            return Err(StoreError::invalid("owner", "must be a member of the workspace itself"));
        }
        complete(owner)?;
        if audit.workspace.is_some() {
            return Err(StoreError::ScopeViolation);
        }
        self.backend.create_workspace(workspace, owner, audit).await
    }

    /// The workspace with this id, for background work that a job names it to.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn workspace(&self, workspace: WorkspaceId) -> Result<Option<WorkspaceRecord>, StoreError> {
        self.backend.workspace(workspace).await
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

    /// Looks at up to `limit` rows of an owner, beginning after `after`, and seals those anew that are sealed under an older
    /// key. What the rows say stays, and a row that somebody changes meanwhile keeps their change.
    ///
    /// # Errors
    /// When the store or its keys cannot be used.
    pub async fn reseal(
        &self,
        owner: KeyOwner,
        after: Option<&ResealPosition>,
        limit: usize,
    ) -> Result<Resealed, StoreError> {
        self.backend.reseal(owner, after, limit).await
    }

    /// Writes down what lies at an AI provider, or is about to, in place of an earlier row of the same tag and kind.
    ///
    /// # Errors
    /// When the store cannot be written; then nothing may be uploaded.
    pub async fn put_remote_object(&self, object: &RemoteObjectRecord) -> Result<(), StoreError> {
        self.backend.put_remote_object(object).await
    }

    /// Strikes out what was seen to be gone. `false` when there is no such row.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn strike_remote_object(
        &self,
        tag: &BatchTag,
        kind: RemoteObjectKind,
    ) -> Result<bool, StoreError> {
        self.backend.strike_remote_object(tag, kind).await
    }

    /// Everything that has to be deleted at AI providers, by tag and kind.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn remote_objects(&self) -> Result<Vec<RemoteObjectRecord>, StoreError> {
        self.backend.remote_objects().await
    }

    /// How many rows of an owner are sealed under a key: none before the key is destroyed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn rows_under(&self, owner: KeyOwner, key: KeyId) -> Result<u64, StoreError> {
        self.backend.rows_under(owner, key).await
    }
}

impl fmt::Debug for ControlStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ControlStore").finish_non_exhaustive()
    }
}
