//! Exclusive holds on connections, and the epochs that fence their writers. A hold is locked before its lease.

use prodops_core::id::{ConnectionId, LeaseId};
use prodops_core::tenancy::LeaseRecord;
use prodops_core::time::Timestamp;
use sqlx::types::Uuid;

use super::connections::CONNECTIONS;
use super::frame::{Frame, Sealed};
use super::value::{bytes, column, id, key, number, unsigned};
use crate::contract::{ConnectionRecord, ConnectionState, LeaseRequest, Plane, Versioned};
use crate::error::StoreError;

pub(super) const LEASES: Sealed = Sealed("leases", Plane::Control);

const LOOK: &str = "SELECT sealed FROM prodops_control.lease WHERE id = $1";
const LOCK: &str = "SELECT sealed FROM prodops_control.lease WHERE id = $1 FOR UPDATE";

async fn read(
    frame: &mut Frame,
    lease: &[u8; 16],
    query: &'static str,
) -> Result<Option<LeaseRecord>, StoreError> {
    let found = bytes(frame.one(sqlx::query(query).bind(id(lease))).await?.as_ref())?;
    let place = frame.place(LEASES)?;
    found.map(|sealed| place.open(lease, &sealed)).transpose()
}

pub(super) async fn find(frame: &mut Frame, lease: LeaseId) -> Result<Option<LeaseRecord>, StoreError> {
    read(frame, lease.as_bytes(), LOOK).await
}

/// When it answers `None` the frame is to be rolled back.
pub(super) async fn acquire(
    frame: &mut Frame,
    request: &LeaseRequest,
) -> Result<Option<LeaseRecord>, StoreError> {
    let (epoch, earlier) = lock_hold(frame, request.connection).await?;
    if let Some(earlier) = earlier {
        if read(frame, earlier.as_bytes(), LOCK).await?.is_some_and(|lease| lease.expires > request.now) {
            return Ok(None);
        }
        frame.run(sqlx::query("DELETE FROM prodops_control.lease WHERE id = $1").bind(earlier)).await?;
    }
    let lease = LeaseRecord {
        id: request.id,
        workspace: request.workspace,
        workspace_state: request.workspace_state,
        connection: request.connection,
        principal: request.principal,
        epoch: epoch.checked_add(1).ok_or(StoreError::Corrupt { table: "holds" })?,
        expires: request.expires,
    };
    add(frame, &lease).await?;
    Ok(Some(lease))
}

/// The epoch of the latest hold on a connection, and its lease.
async fn lock_hold(frame: &mut Frame, connection: ConnectionId) -> Result<(u64, Option<Uuid>), StoreError> {
    let (workspace, connection) = (frame.workspace()?, id(connection.as_bytes()));
    let query = sqlx::query(
        "INSERT INTO prodops_control.hold (workspace_id, connection_id, epoch) VALUES ($1, $2, 0) \
         ON CONFLICT DO NOTHING",
    );
    frame.run(query.bind(workspace).bind(connection)).await?;
    let query = sqlx::query(
        "SELECT epoch, lease_id FROM prodops_control.hold WHERE workspace_id = $1 AND connection_id = $2 \
         FOR NO KEY UPDATE",
    );
    let row = frame.one(query.bind(workspace).bind(connection)).await?;
    let row = row.ok_or(StoreError::Corrupt { table: "holds" })?;
    Ok((unsigned(column(&row, 0)?, "holds")?, column(&row, 1)?))
}

async fn add(frame: &mut Frame, lease: &LeaseRecord) -> Result<(), StoreError> {
    let (workspace, own) = (frame.workspace()?, id(lease.id.as_bytes()));
    let (key_id, sealed) = frame.seal(LEASES, lease.id.as_bytes(), lease)?;
    let query = sqlx::query(
        "INSERT INTO prodops_control.lease (id, workspace_id, key_id, sealed) VALUES ($1, $2, $3, $4)",
    );
    frame.run(query.bind(own).bind(workspace).bind(key_id).bind(sealed)).await?;
    let query = sqlx::query(
        "UPDATE prodops_control.hold SET epoch = $3, lease_id = $4 WHERE workspace_id = $1 AND connection_id = $2",
    );
    let query = query.bind(workspace).bind(id(lease.connection.as_bytes()));
    frame.run(query.bind(number(lease.epoch)).bind(own)).await.map(drop)
}

pub(super) async fn renew(frame: &mut Frame, lease: LeaseId, expires: Timestamp) -> Result<bool, StoreError> {
    // Whoever takes the connection after it ran out removes it: as long as it is here, nobody did.
    let Some(record) = read(frame, lease.as_bytes(), LOCK).await? else { return Ok(false) };
    let (key_id, sealed) = frame.seal(LEASES, lease.as_bytes(), &LeaseRecord { expires, ..record })?;
    let query = sqlx::query("UPDATE prodops_control.lease SET key_id = $2, sealed = $3 WHERE id = $1");
    frame.run(query.bind(id(lease.as_bytes())).bind(key_id).bind(sealed)).await?;
    Ok(true)
}

pub(super) async fn release(frame: &mut Frame, lease: &LeaseRecord) -> Result<bool, StoreError> {
    let (workspace, own) = (frame.workspace()?, id(lease.id.as_bytes()));
    let query = sqlx::query(
        "UPDATE prodops_control.hold SET lease_id = NULL \
         WHERE workspace_id = $1 AND connection_id = $2 AND lease_id = $3",
    );
    frame.run(query.bind(workspace).bind(id(lease.connection.as_bytes())).bind(own)).await?;
    let query = sqlx::query("DELETE FROM prodops_control.lease WHERE id = $1");
    Ok(frame.run(query.bind(own)).await? > 0)
}

/// Lets only the writer with the connection's latest epoch pass, and gives it the connection. Until the transaction ends,
/// nobody disconnects it and nobody takes it over. A writer who will change the connection itself says so with `change`.
pub(super) async fn fence(
    frame: &mut Frame,
    connection: ConnectionId,
    epoch: u64,
    change: bool,
) -> Result<Versioned<ConnectionRecord>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query(if change {
        "SELECT workspace_id, sealed FROM prodops.connection WHERE workspace_id = $1 AND id = $2 \
         FOR NO KEY UPDATE"
    } else {
        "SELECT workspace_id, sealed FROM prodops.connection WHERE workspace_id = $1 AND id = $2 FOR SHARE"
    });
    let row = frame.one(query.bind(workspace).bind(id(connection.as_bytes()))).await?;
    let row = row.ok_or(StoreError::invalid("connection", "does not exist"))?;
    let key = key(&[workspace.as_bytes(), connection.as_bytes()]);
    let stored: Versioned<ConnectionRecord> =
        frame.place(CONNECTIONS)?.open(&key, &column::<Vec<u8>>(&row, 1)?)?;
    let query = sqlx::query(
        "SELECT epoch FROM prodops_control.hold WHERE workspace_id = $1 AND connection_id = $2 FOR SHARE",
    );
    let hold = frame.one(query.bind(workspace).bind(id(connection.as_bytes()))).await?;
    let latest = hold.map(|row| column::<i64>(&row, 0)).transpose()?;
    let held = latest == i64::try_from(epoch).ok().filter(|epoch| *epoch > 0);
    let held = held && latest.is_some();
    if held && stored.value.state == ConnectionState::Active { Ok(stored) } else { Err(StoreError::Fenced) }
}
