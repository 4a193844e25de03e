//! Connections in their table.

use prodops_core::audit::AuditEvent;
use prodops_core::id::{ConnectionId, WorkspaceId};

use super::key::Scoped;
use super::leases::fence;
use super::log::Log;
use super::tables::CONNECTIONS;
use super::transaction::Writing;
use crate::contract::{ConnectionRecord, SyncRecord, Version, Versioned};
use crate::error::{Current, StoreError};

pub(super) fn create(
    tx: &Writing,
    workspace: WorkspaceId,
    row: ConnectionRecord,
    event: &AuditEvent,
) -> Result<Version, StoreError> {
    let key = Scoped::of(workspace).then(row.id.as_bytes());
    let mut connections = CONNECTIONS.write(tx)?;
    demand_free_target(&connections.all(&Scoped::of(workspace))?, &row)?;
    let row = Versioned { version: Version::FIRST, value: row };
    connections.add(&key, &row, "connection")?;
    drop(connections);
    Log::of(workspace).append(tx, std::slice::from_ref(event))?;
    Ok(row.version)
}

fn demand_free_target(own: &[Versioned<ConnectionRecord>], row: &ConnectionRecord) -> Result<(), StoreError> {
    if own.iter().any(|other| other.value.duplicates(row)) {
        return Err(StoreError::AlreadyExists { what: "a connection to this target" });
    }
    Ok(())
}

pub(super) fn replace(
    tx: &Writing,
    workspace: WorkspaceId,
    version: Version,
    row: ConnectionRecord,
    event: &AuditEvent,
) -> Result<Version, StoreError> {
    let key = Scoped::of(workspace).then(row.id.as_bytes());
    let mut connections = CONNECTIONS.write(tx)?;
    let current = connections.get(&key)?.map(|stored| stored.version);
    if current != Some(version) {
        let current = current.map_or(Current::Absent, Current::Version);
        return Err(StoreError::Conflict { current });
    }
    demand_free_target(&connections.all(&Scoped::of(workspace))?, &row)?;
    let row = Versioned { version: version.next(), value: row };
    connections.put(&key, &row)?;
    Log::of(workspace).append(tx, std::slice::from_ref(event))?;
    Ok(row.version)
}

pub(super) fn record_sync(
    tx: &Writing,
    workspace: WorkspaceId,
    connection: ConnectionId,
    epoch: u64,
    sync: SyncRecord,
    event: &AuditEvent,
) -> Result<(), StoreError> {
    let Versioned { version, mut value } = fence(tx, workspace, connection, epoch)?;
    value.last_sync = Some(sync);
    let key = Scoped::of(workspace).then(connection.as_bytes());
    CONNECTIONS.write(tx)?.put(&key, &Versioned { version: version.next(), value })?;
    Log::of(workspace).append(tx, std::slice::from_ref(event))
}
