//! Connections.

use prodops_core::audit::AuditEvent;
use prodops_core::filter::Filter;
use prodops_core::id::ConnectionId;
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;

use super::filter::{FilterColumn, Filtered};
use super::frame::{Frame, Sealed};
use super::leases::fence;
use super::log::Log;
use super::value::{bytes, column, id, key, number};
use crate::contract::{ConnectionRecord, ConnectionState, Plane, SyncRecord, Version, Versioned};
use crate::error::{Current, StoreError};

pub(super) const CONNECTIONS: Sealed = Sealed("connections", Plane::Workspace);

/// What lists of connections can be filtered by.
const COLUMNS: &[FilterColumn] = &[
    FilterColumn::id(ConnectionRecord::ID, "id"),
    FilterColumn::name(
        ConnectionRecord::STATE,
        "state",
        &[named(ConnectionState::Active), named(ConnectionState::Disconnected)],
    ),
];

const fn named(of: ConnectionState) -> (&'static str, i16) {
    (of.as_str(), state(of))
}

/// The state as its column has it.
const fn state(state: ConnectionState) -> i16 {
    match state {
        ConnectionState::Active => 0,
        ConnectionState::Disconnected => 1,
    }
}

fn place(workspace: Uuid, connection: ConnectionId) -> Vec<u8> {
    key(&[workspace.as_bytes(), connection.as_bytes()])
}

pub(super) async fn create(
    frame: &mut Frame,
    row: &ConnectionRecord,
    event: &AuditEvent,
) -> Result<Version, StoreError> {
    Log::of_frame(frame)?.append(frame, std::slice::from_ref(event)).await?;
    demand_free_target(frame, row).await?;
    let stored = Versioned { version: Version::FIRST, value: row.clone() };
    add(frame, &stored).await?;
    Ok(stored.version)
}

/// INVARIANT: after the entry is appended. Who appends to the log holds its head, so that whoever connects in this workspace
/// takes turns here.
async fn demand_free_target(frame: &mut Frame, row: &ConnectionRecord) -> Result<(), StoreError> {
    if active(frame).await?.iter().any(|other| other.value.duplicates(row)) {
        return Err(StoreError::AlreadyExists { what: "a connection to this target" });
    }
    Ok(())
}

pub(super) async fn add(frame: &mut Frame, row: &Versioned<ConnectionRecord>) -> Result<(), StoreError> {
    let workspace = frame.workspace()?;
    let (key_id, sealed) = frame.seal(CONNECTIONS, &place(workspace, row.value.id), row)?;
    let query = sqlx::query(
        "INSERT INTO prodops.connection (workspace_id, id, version, state, key_id, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    );
    let query = query.bind(workspace).bind(id(row.value.id.as_bytes())).bind(number(row.version.number()));
    frame.run(query.bind(state(row.value.state)).bind(key_id).bind(sealed)).await.map(drop)
}

async fn update(frame: &mut Frame, row: &Versioned<ConnectionRecord>) -> Result<(), StoreError> {
    let workspace = frame.workspace()?;
    let (key_id, sealed) = frame.seal(CONNECTIONS, &place(workspace, row.value.id), row)?;
    let query = sqlx::query(
        "UPDATE prodops.connection SET version = $3, state = $4, key_id = $5, sealed = $6 \
         WHERE workspace_id = $1 AND id = $2",
    );
    let query = query.bind(workspace).bind(id(row.value.id.as_bytes())).bind(number(row.version.number()));
    frame.run(query.bind(state(row.value.state)).bind(key_id).bind(sealed)).await.map(drop)
}

pub(super) async fn replace(
    frame: &mut Frame,
    version: Version,
    row: &ConnectionRecord,
    event: &AuditEvent,
) -> Result<Version, StoreError> {
    const LOCK: &str = "SELECT sealed FROM prodops.connection WHERE workspace_id = $1 AND id = $2 \
                        FOR NO KEY UPDATE";
    let current = read(frame, row.id, LOCK).await?.map(|stored| stored.version);
    if current != Some(version) {
        let current = current.map_or(Current::Absent, Current::Version);
        return Err(StoreError::Conflict { current });
    }
    Log::of_frame(frame)?.append(frame, std::slice::from_ref(event)).await?;
    demand_free_target(frame, row).await?;
    let row = Versioned { version: version.next(), value: row.clone() };
    update(frame, &row).await?;
    Ok(row.version)
}

pub(super) async fn record_sync(
    frame: &mut Frame,
    connection: ConnectionId,
    epoch: u64,
    sync: SyncRecord,
    event: &AuditEvent,
) -> Result<(), StoreError> {
    let Versioned { version, mut value } = fence(frame, connection, epoch, true).await?;
    value.last_sync = Some(sync);
    update(frame, &Versioned { version: version.next(), value }).await?;
    Log::of_frame(frame)?.append(frame, std::slice::from_ref(event)).await
}

async fn read(
    frame: &mut Frame,
    connection: ConnectionId,
    query: &'static str,
) -> Result<Option<Versioned<ConnectionRecord>>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query(query).bind(workspace).bind(id(connection.as_bytes()));
    let found = bytes(frame.one(query).await?.as_ref())?;
    let rows = frame.place(CONNECTIONS)?;
    found.map(|sealed| rows.open(&place(workspace, connection), &sealed)).transpose()
}

pub(super) async fn find(
    frame: &mut Frame,
    connection: ConnectionId,
) -> Result<Option<Versioned<ConnectionRecord>>, StoreError> {
    const LOOK: &str = "SELECT sealed FROM prodops.connection WHERE workspace_id = $1 AND id = $2";
    read(frame, connection, LOOK).await
}

/// The connections that the filter admits.
pub(super) async fn list(
    frame: &mut Frame,
    filter: &Filter,
) -> Result<Vec<Versioned<ConnectionRecord>>, StoreError> {
    const BEGINNING: &str = "SELECT id, sealed FROM prodops.connection WHERE workspace_id = ";
    let workspace = frame.workspace()?;
    let mut query = Filtered::new(BEGINNING, workspace, COLUMNS, filter, " ORDER BY id");
    let rows = frame.all(query.build()).await?;
    opened(frame, &rows)
}

/// Those that are in use.
async fn active(frame: &mut Frame) -> Result<Vec<Versioned<ConnectionRecord>>, StoreError> {
    let query =
        sqlx::query("SELECT id, sealed FROM prodops.connection WHERE workspace_id = $1 AND state = 0");
    let workspace = frame.workspace()?;
    let rows = frame.all(query.bind(workspace)).await?;
    opened(frame, &rows)
}

fn opened(frame: &Frame, rows: &[PgRow]) -> Result<Vec<Versioned<ConnectionRecord>>, StoreError> {
    let (workspace, place) = (frame.workspace()?, frame.place(CONNECTIONS)?);
    let open = |row| {
        let key = key(&[workspace.as_bytes(), column::<Uuid>(row, 0)?.as_bytes()]);
        place.open(&key, &column::<Vec<u8>>(row, 1)?)
    };
    rows.iter().map(open).collect()
}
