//! Exclusive holds on connections, and the epochs that fence their writers.

use prodops_core::id::{ConnectionId, LeaseId, WorkspaceId};
use prodops_core::tenancy::LeaseRecord;
use prodops_core::time::Timestamp;

use super::key::{Exact, Scoped};
use super::tables::{CONNECTIONS, HOLDS, Hold, LEASES};
use super::transaction::Writing;
use crate::contract::{ConnectionRecord, ConnectionState, LeaseRequest, Versioned};
use crate::error::StoreError;

pub(super) fn acquire(tx: &Writing, request: LeaseRequest) -> Result<Option<LeaseRecord>, StoreError> {
    let (mut holds, mut leases) = (HOLDS.write(tx)?, LEASES.write(tx)?);
    let place = place(request.workspace, request.connection);
    let hold = holds.get(&place)?.unwrap_or(Hold { epoch: 0, lease: None });
    if let Some(earlier) = hold.lease.map(|id| Exact::new(id.as_bytes())) {
        if leases.get(&earlier)?.is_some_and(|lease| lease.expires > request.now) {
            return Ok(None);
        }
        leases.remove(&earlier)?;
    }
    let lease = LeaseRecord {
        id: request.id,
        workspace: request.workspace,
        workspace_state: request.workspace_state,
        connection: request.connection,
        principal: request.principal,
        epoch: hold.epoch.checked_add(1).ok_or(StoreError::Corrupt { table: "holds" })?,
        expires: request.expires,
    };
    leases.add(&Exact::new(lease.id.as_bytes()), &lease, "lease")?;
    holds.put(&place, &Hold { epoch: lease.epoch, lease: Some(lease.id) })?;
    Ok(Some(lease))
}

pub(super) fn renew(tx: &Writing, id: LeaseId, expires: Timestamp) -> Result<bool, StoreError> {
    let mut leases = LEASES.write(tx)?;
    let key = Exact::new(id.as_bytes());
    // Whoever takes the connection after it ran out removes it: as long as it is here, nobody did.
    let Some(lease) = leases.get(&key)? else { return Ok(false) };
    leases.put(&key, &LeaseRecord { expires, ..lease })?;
    Ok(true)
}

pub(super) fn release(tx: &Writing, id: LeaseId) -> Result<bool, StoreError> {
    let Some(lease) = LEASES.write(tx)?.remove(&Exact::new(id.as_bytes()))? else { return Ok(false) };
    let hold = Hold { epoch: lease.epoch, lease: None };
    HOLDS.write(tx)?.put(&place(lease.workspace, lease.connection), &hold)?;
    Ok(true)
}

/// Ends every lease. The file has one owner at a time: whoever held a lease before this process opened it is gone, and
/// nobody should wait for them. The epochs stay, so that nothing written under an old one can pass.
pub(super) fn end_all(tx: &Writing) -> Result<(), StoreError> {
    let mut leases = LEASES.write(tx)?;
    let ids: Vec<LeaseId> = leases.all(&Exact::new(&[]))?.into_iter().map(|lease| lease.id).collect();
    for id in ids {
        leases.remove(&Exact::new(id.as_bytes()))?;
    }
    Ok(())
}

/// Lets only the writer with the connection's latest epoch pass, and gives it the connection.
pub(super) fn fence(
    tx: &Writing,
    workspace: WorkspaceId,
    connection: ConnectionId,
    epoch: u64,
) -> Result<Versioned<ConnectionRecord>, StoreError> {
    let key = Scoped::of(workspace).then(connection.as_bytes());
    let found = CONNECTIONS.write(tx)?.get(&key)?;
    let row = found.ok_or(StoreError::invalid("connection", "does not exist"))?;
    let hold = HOLDS.write(tx)?.get(&place(workspace, connection))?;
    let latest = hold.is_some_and(|hold| hold.epoch == epoch);
    if latest && row.value.state == ConnectionState::Active { Ok(row) } else { Err(StoreError::Fenced) }
}

fn place(workspace: WorkspaceId, connection: ConnectionId) -> Exact {
    Exact::new(workspace.as_bytes()).then(connection.as_bytes())
}
