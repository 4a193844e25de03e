//! The control plane: the registry of workspaces, leases, and bringing rows under new keys.

use async_trait::async_trait;
use prodops_core::audit::AuditEvent;
use prodops_core::id::{LeaseId, WorkspaceId};
use prodops_core::keyring::KeyOwner;
use prodops_core::tenancy::{LeaseRecord, MembershipRecord, WorkspaceRecord, WorkspaceState};
use prodops_core::time::Timestamp;
use prodops_core::vault::KeyId;

use super::frame::{Acting, Frame, Mode, Sealed};
use super::log::Log;
use super::value::{bytes, id};
use super::{Postgres, identity, leases, remote_objects, reseal};
use crate::backend::ControlBackend;
use crate::contract::{
    BatchTag, LeaseRequest, Plane, RemoteObjectKind, RemoteObjectRecord, ResealPosition, Resealed,
};
use crate::error::StoreError;

pub(super) const PROOF: Sealed = Sealed("proof", Plane::Control);
pub(super) const WORKSPACES: Sealed = Sealed("workspaces", Plane::Control);

/// Proves that the deployment's keys are those of this database. A new one gets its proof.
pub(super) async fn prove_keys(frame: &mut Frame) -> Result<(), StoreError> {
    let (key_id, sealed) = frame.seal(PROOF, b"proof", &())?;
    let query = sqlx::query(
        "INSERT INTO prodops_control.proof (key_id, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    );
    frame.run(query.bind(key_id).bind(sealed)).await?;
    let found = bytes(frame.one(sqlx::query("SELECT sealed FROM prodops_control.proof")).await?.as_ref())?;
    let sealed = found.ok_or(StoreError::Corrupt { table: PROOF.0 })?;
    frame.place(PROOF)?.open(b"proof", &sealed)
}

async fn find_workspace(
    frame: &mut Frame,
    workspace: WorkspaceId,
    query: &'static str,
) -> Result<Option<WorkspaceRecord>, StoreError> {
    let query = sqlx::query(query).bind(id(workspace.as_bytes()));
    let found = bytes(frame.one(query).await?.as_ref())?;
    let place = frame.place(WORKSPACES)?;
    found.map(|sealed| place.open(workspace.as_bytes(), &sealed)).transpose()
}

/// Changes the state of a workspace, and tells which it was; `None` when there is no such workspace.
pub(super) async fn set_state(
    frame: &mut Frame,
    workspace: WorkspaceId,
    state: WorkspaceState,
) -> Result<Option<WorkspaceState>, StoreError> {
    const LOCK: &str = "SELECT sealed FROM prodops_control.workspace WHERE id = $1 FOR NO KEY UPDATE";
    let Some(row) = find_workspace(frame, workspace, LOCK).await? else { return Ok(None) };
    let before = row.state;
    let row = WorkspaceRecord { state, ..row };
    let (key_id, sealed) = frame.seal(WORKSPACES, workspace.as_bytes(), &row)?;
    let query = sqlx::query("UPDATE prodops_control.workspace SET key_id = $2, sealed = $3 WHERE id = $1");
    frame.run(query.bind(id(workspace.as_bytes())).bind(key_id).bind(sealed)).await?;
    Ok(Some(before))
}

pub(super) async fn add_workspace(frame: &mut Frame, workspace: &WorkspaceRecord) -> Result<(), StoreError> {
    let slug = frame.keys.lookup(workspace.slug.as_str().as_bytes())?;
    let (key_id, sealed) = frame.seal(WORKSPACES, workspace.id.as_bytes(), workspace)?;
    let query = sqlx::query(
        "INSERT INTO prodops_control.workspace (id, slug_hash, key_id, sealed) VALUES ($1, $2, $3, $4)",
    );
    let query = query.bind(id(workspace.id.as_bytes())).bind(&slug[..]);
    frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
}

#[async_trait]
impl ControlBackend for Postgres {
    async fn create_workspace(
        &self,
        workspace: &WorkspaceRecord,
        owner: &MembershipRecord,
        audit: &AuditEvent,
    ) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        add_workspace(&mut frame, workspace).await?;
        identity::put_membership(&mut frame, owner).await?;
        Log::of(None).append(&mut frame, std::slice::from_ref(audit)).await?;
        frame.commit().await
    }

    async fn workspace(&self, workspace: WorkspaceId) -> Result<Option<WorkspaceRecord>, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        const LOOK: &str = "SELECT sealed FROM prodops_control.workspace WHERE id = $1";
        let found = find_workspace(&mut frame, workspace, LOOK).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn acquire_lease(&self, request: &LeaseRequest) -> Result<Option<LeaseRecord>, StoreError> {
        let mut frame = self.write(Acting::control_of(request.workspace)).await?;
        let lease = leases::acquire(&mut frame, request).await?;
        if lease.is_some() {
            frame.commit().await?
        } else {
            frame.end().await?
        }
        Ok(lease)
    }

    async fn renew_lease(&self, lease: LeaseId, expires: Timestamp) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        let renewed = leases::renew(&mut frame, lease, expires).await?;
        frame.commit().await?;
        Ok(renewed)
    }

    async fn release_lease(&self, lease: LeaseId) -> Result<bool, StoreError> {
        // Its workspace first: the hold is the workspace's, and is locked before the lease.
        let Some(record) = self.lease(lease).await? else { return Ok(false) };
        let mut frame = self.write(Acting::control_of(record.workspace)).await?;
        let released = leases::release(&mut frame, &record).await?;
        frame.commit().await?;
        Ok(released)
    }

    async fn lease(&self, lease: LeaseId) -> Result<Option<LeaseRecord>, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let found = leases::find(&mut frame, lease).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn reseal(
        &self,
        owner: KeyOwner,
        after: Option<&ResealPosition>,
        limit: usize,
    ) -> Result<Resealed, StoreError> {
        let mut frame = Frame::begin(self, Acting::purger(owner.workspace()), Mode::Alone(owner)).await?;
        let done = reseal::reseal(&mut frame, owner, after, limit).await?;
        frame.commit().await?;
        Ok(done)
    }

    async fn put_remote_object(&self, object: &RemoteObjectRecord) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        remote_objects::put(&mut frame, object).await?;
        frame.commit().await
    }

    async fn strike_remote_object(&self, tag: &BatchTag, kind: RemoteObjectKind) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        let struck = remote_objects::strike(&mut frame, tag, kind).await?;
        frame.commit().await?;
        Ok(struck)
    }

    async fn remote_objects(&self) -> Result<Vec<RemoteObjectRecord>, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let found = remote_objects::list(&mut frame).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn rows_under(&self, owner: KeyOwner, key: KeyId) -> Result<u64, StoreError> {
        let mut frame = Frame::begin(self, Acting::purger(owner.workspace()), Mode::Alone(owner)).await?;
        let rows = reseal::rows_under(&mut frame, owner, key).await?;
        frame.end().await?;
        Ok(rows)
    }
}
