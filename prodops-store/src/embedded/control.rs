//! The control plane in tables.

use async_trait::async_trait;
use prodops_core::id::LeaseId;
use prodops_core::index_key::IndexKey;
use prodops_core::tenancy::{LeaseRecord, MembershipRecord, WorkspaceRecord};
use prodops_core::time::Timestamp;

use super::Embedded;
use super::key::{Exact, Scoped};
use super::tables::{INDEX_KEYS, LEASES, WORKSPACE_SLUGS, WORKSPACES};
use super::{identity, leases};
use crate::backend::ControlBackend;
use crate::contract::LeaseRequest;
use crate::error::StoreError;

#[async_trait]
impl ControlBackend for Embedded {
    async fn create_workspace(
        &self,
        workspace: &WorkspaceRecord,
        key: &IndexKey,
        owner: &MembershipRecord,
    ) -> Result<(), StoreError> {
        let (row, key, owner) = (workspace.clone(), key.expose(|bytes| *bytes), owner.clone());
        self.write_in(row.id, move |tx| {
            WORKSPACES.write(tx)?.add(&Exact::new(row.id.as_bytes()), &row, "workspace")?;
            let slug = Exact::new(row.slug.as_str().as_bytes());
            WORKSPACE_SLUGS.write(tx)?.add(&slug, &row.id, "workspace slug")?;
            INDEX_KEYS.write(tx)?.add(&Scoped::of(row.id), &key, "index key")?;
            identity::put_membership(tx, &owner)
        })
        .await
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
}
