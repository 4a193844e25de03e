//! The control plane in tables.

use async_trait::async_trait;
use prodops_core::audit::AuditEvent;
use prodops_core::id::{LeaseId, WorkspaceId};
use prodops_core::keyring::KeyOwner;
use prodops_core::tenancy::{LeaseRecord, MembershipRecord, WorkspaceRecord};
use prodops_core::time::Timestamp;
use prodops_core::vault::KeyId;

use super::Embedded;
use super::key::Exact;
use super::log::Log;
use super::tables::{LEASES, REMOTE_OBJECTS, WORKSPACE_SLUGS, WORKSPACES};
use super::{identity, leases, reseal};
use crate::backend::ControlBackend;
use crate::blocking::on_blocking_thread;
use crate::contract::{
    BatchTag, LeaseRequest, RemoteObjectKind, RemoteObjectRecord, ResealPosition, Resealed,
};
use crate::error::StoreError;
use crate::sealed::Reach;

#[async_trait]
impl ControlBackend for Embedded {
    async fn create_workspace(
        &self,
        workspace: &WorkspaceRecord,
        owner: &MembershipRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        let (row, owner, event) = (workspace.clone(), owner.clone(), audit.clone());
        self.write(move |tx| {
            WORKSPACES.write(tx)?.add(&Exact::new(row.id.as_bytes()), &row, "workspace")?;
            let slug = Exact::new(&tx.keys.lookup(row.slug.as_str().as_bytes())?);
            WORKSPACE_SLUGS.write(tx)?.add(&slug, &row.id, "workspace slug")?;
            identity::put_membership(tx, &owner)?;
            Log::deployment().append(tx, std::slice::from_ref(&event))
        })
        .await
    }

    async fn workspace(&self, workspace: WorkspaceId) -> Result<Option<WorkspaceRecord>, StoreError> {
        self.peek(|tx| WORKSPACES.read(tx)?.get(&Exact::new(workspace.as_bytes()))).await
    }

    async fn acquire_lease(&self, request: &LeaseRequest) -> Result<Option<LeaseRecord>, StoreError> {
        let request = request.clone();
        self.write(move |tx| leases::acquire(tx, request)).await
    }

    async fn renew_lease(&self, lease: LeaseId, expires: Timestamp) -> Result<bool, StoreError> {
        self.write(move |tx| leases::renew(tx, lease, expires)).await
    }

    async fn release_lease(&self, lease: LeaseId) -> Result<bool, StoreError> {
        self.write(move |tx| leases::release(tx, lease)).await
    }

    async fn lease(&self, lease: LeaseId) -> Result<Option<LeaseRecord>, StoreError> {
        self.peek(|tx| LEASES.read(tx)?.get(&Exact::new(lease.as_bytes()))).await
    }

    async fn reseal(
        &self,
        owner: KeyOwner,
        after: Option<&ResealPosition>,
        limit: usize,
    ) -> Result<Resealed, StoreError> {
        let after = after.cloned();
        self.change(Reach::of(owner), move |tx| reseal::reseal(tx, owner, after.as_ref(), limit)).await
    }

    async fn put_remote_object(&self, object: &RemoteObjectRecord) -> Result<(), StoreError> {
        let object = object.clone();
        let key = Exact::new(&RemoteObjectRecord::key(&object.tag, object.kind));
        self.write(move |tx| REMOTE_OBJECTS.write(tx)?.put(&key, &object)).await
    }

    async fn strike_remote_object(&self, tag: &BatchTag, kind: RemoteObjectKind) -> Result<bool, StoreError> {
        let key = Exact::new(&RemoteObjectRecord::key(tag, kind));
        self.write(move |tx| Ok(REMOTE_OBJECTS.write(tx)?.remove(&key)?.is_some())).await
    }

    async fn remote_objects(&self) -> Result<Vec<RemoteObjectRecord>, StoreError> {
        self.read(|tx| REMOTE_OBJECTS.read(tx)?.all(&Exact::new(&[]))).await
    }

    async fn rows_under(&self, owner: KeyOwner, key: KeyId) -> Result<u64, StoreError> {
        let reading = self.reading(Reach::of(owner)).await?;
        on_blocking_thread(move || reseal::rows_under(&reading, owner, key)).await
    }
}
