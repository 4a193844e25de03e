//! The control plane of a backend.

use async_trait::async_trait;
use prodops_core::audit::AuditEvent;
use prodops_core::id::{LeaseId, WorkspaceId};
use prodops_core::keyring::KeyOwner;
use prodops_core::tenancy::{LeaseRecord, MembershipRecord, WorkspaceRecord};
use prodops_core::time::Timestamp;
use prodops_core::vault::KeyId;

use crate::contract::{
    BatchTag, LeaseRequest, RemoteObjectKind, RemoteObjectRecord, ResealPosition, Resealed,
};
use crate::error::StoreError;

/// The registry of workspaces and the leases on background work.
#[async_trait]
pub trait ControlBackend: Send + Sync {
    /// Adds a workspace, its first membership and the event in the deployment's audit log, all or none. Its keys must be in the keyring already.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the id or the slug is taken, [`StoreError::Invalid`] when the member does not
    /// exist; then nothing is kept.
    async fn create_workspace(
        &self,
        workspace: &WorkspaceRecord,
        owner: &MembershipRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError>;

    /// The workspace with this id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn workspace(&self, workspace: WorkspaceId) -> Result<Option<WorkspaceRecord>, StoreError>;

    /// Takes the hold on a connection with an epoch larger than every earlier one. `None` while another lease on it
    /// is live at the request's present.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when the lease's id is in use.
    async fn acquire_lease(&self, request: &LeaseRequest) -> Result<Option<LeaseRecord>, StoreError>;

    /// Extends a lease, also one that ran out while nobody else took its connection: a machine that slept goes on.
    /// `false` when there is none: it was released, or somebody else holds the connection.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn renew_lease(&self, lease: LeaseId, expires: Timestamp) -> Result<bool, StoreError>;

    /// Ends a lease. `false` when there is none. The connection's epoch stays.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn release_lease(&self, lease: LeaseId) -> Result<bool, StoreError>;

    /// The lease with this id, over or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn lease(&self, lease: LeaseId) -> Result<Option<LeaseRecord>, StoreError>;

    /// Looks at up to `limit` rows of an owner, beginning after `after`, and seals those anew that are sealed under an older
    /// key: of one workspace, or of the identity and control planes. A row that somebody changes meanwhile keeps their change.
    /// Writers wait for one such step at most, whether or not there is something to seal.
    ///
    /// # Errors
    /// When the store or its keys cannot be used.
    async fn reseal(
        &self,
        owner: KeyOwner,
        after: Option<&ResealPosition>,
        limit: usize,
    ) -> Result<Resealed, StoreError>;

    /// Writes down what lies at an AI provider, or is about to, in place of an earlier row of the same tag and kind.
    ///
    /// # Errors
    /// When the store cannot be written; then nothing may be uploaded.
    async fn put_remote_object(&self, object: &RemoteObjectRecord) -> Result<(), StoreError>;

    /// Strikes out what was seen to be gone. `false` when there is no such row.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn strike_remote_object(&self, tag: &BatchTag, kind: RemoteObjectKind) -> Result<bool, StoreError>;

    /// Everything that has to be deleted at AI providers, by tag and kind.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn remote_objects(&self) -> Result<Vec<RemoteObjectRecord>, StoreError>;

    /// How many rows of an owner are sealed under a key.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn rows_under(&self, owner: KeyOwner, key: KeyId) -> Result<u64, StoreError>;
}
