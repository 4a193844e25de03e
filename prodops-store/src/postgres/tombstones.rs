//! Tombstones, and the state of the workspace that one is about.

use prodops_core::audit::AuditEvent;
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::WorkspaceState;
use prodops_core::time::Timestamp;

use super::control;
use super::frame::{Frame, Sealed};
use super::log::Log;
use super::value::{bytes, column, key};
use crate::contract::{ErasureSubject, Plane, PurgeState, TombstoneRecord};
use crate::error::StoreError;

pub(super) const TOMBSTONES: Sealed = Sealed("tombstones", Plane::Control);

/// The key of a subject: what kind it is, then its ids.
fn place(subject: &ErasureSubject) -> Vec<u8> {
    match subject {
        ErasureSubject::Workspace(id) => key(&[&[1], id.as_bytes()]),
        ErasureSubject::User(id) => key(&[&[2], id.as_bytes()]),
        ErasureSubject::Member { workspace, user, membership } => {
            key(&[&[3], workspace.as_bytes(), user.as_bytes(), membership.as_bytes()])
        }
        ErasureSubject::Person { workspace, person } => key(&[&[4], workspace.as_bytes(), person.as_bytes()]),
    }
}

async fn read(
    frame: &mut Frame,
    subject: &ErasureSubject,
    query: &'static str,
) -> Result<Option<TombstoneRecord>, StoreError> {
    let key = place(subject);
    let found = bytes(frame.one(sqlx::query(query).bind(&key)).await?.as_ref())?;
    let place = frame.place(TOMBSTONES)?;
    found.map(|sealed| place.open(&key, &sealed)).transpose()
}

const LOOK: &str = "SELECT sealed FROM prodops_control.tombstone WHERE subject = $1";
const LOCK: &str = "SELECT sealed FROM prodops_control.tombstone WHERE subject = $1 FOR UPDATE";

pub(super) async fn find(
    frame: &mut Frame,
    subject: &ErasureSubject,
) -> Result<Option<TombstoneRecord>, StoreError> {
    read(frame, subject, LOOK).await
}

pub(super) async fn list(frame: &mut Frame) -> Result<Vec<TombstoneRecord>, StoreError> {
    let query = sqlx::query("SELECT subject, sealed FROM prodops_control.tombstone ORDER BY subject");
    let rows = frame.all(query).await?;
    let place = frame.place(TOMBSTONES)?;
    rows.iter().map(|row| place.open(&column::<Vec<u8>>(row, 0)?, &column::<Vec<u8>>(row, 1)?)).collect()
}

pub(super) async fn add(frame: &mut Frame, row: &TombstoneRecord) -> Result<(), StoreError> {
    let key = place(&row.subject);
    let (key_id, sealed) = frame.seal(TOMBSTONES, &key, row)?;
    let query =
        sqlx::query("INSERT INTO prodops_control.tombstone (subject, key_id, sealed) VALUES ($1, $2, $3)");
    frame.run(query.bind(key).bind(key_id).bind(sealed)).await.map(drop)
}

pub(super) async fn request(
    frame: &mut Frame,
    workspace: WorkspaceId,
    tombstone: &TombstoneRecord,
    event: &AuditEvent,
) -> Result<(), StoreError> {
    let before = control::set_state(frame, workspace, WorkspaceState::Deleting).await?;
    let restores = Some(before.ok_or(StoreError::invalid("workspace", "does not exist"))?);
    add(frame, &TombstoneRecord { restores, ..tombstone.clone() }).await?;
    Log::of(Some(workspace)).append(frame, std::slice::from_ref(event)).await
}

/// When it answers `false` the frame is to be rolled back.
pub(super) async fn cancel(
    frame: &mut Frame,
    workspace: WorkspaceId,
    now: Timestamp,
    event: &AuditEvent,
) -> Result<bool, StoreError> {
    let subject = ErasureSubject::Workspace(workspace);
    // The workspace before its tombstone, as when a deletion is asked for.
    let Some(seen) = read(frame, &subject, LOOK).await? else { return Ok(false) };
    control::set_state(frame, workspace, seen.restores.unwrap_or(WorkspaceState::Active)).await?;
    let Some(row) = read(frame, &subject, LOCK).await? else { return Ok(false) };
    if row != seen || row.state != PurgeState::Pending || row.grace_ends <= now {
        return Ok(false);
    }
    let query = sqlx::query("DELETE FROM prodops_control.tombstone WHERE subject = $1");
    frame.run(query.bind(place(&subject))).await?;
    Log::of(Some(workspace)).append(frame, std::slice::from_ref(event)).await?;
    Ok(true)
}

/// When it answers `false` the frame is to be rolled back.
pub(super) async fn advance(
    frame: &mut Frame,
    from: Option<PurgeState>,
    to: &TombstoneRecord,
    event: &AuditEvent,
) -> Result<bool, StoreError> {
    if read(frame, &to.subject, LOCK).await?.map(|row| row.state) != from {
        return Ok(false);
    }
    let key = place(&to.subject);
    let (key_id, sealed) = frame.seal(TOMBSTONES, &key, to)?;
    let query = sqlx::query(match from {
        Some(_) => "UPDATE prodops_control.tombstone SET key_id = $2, sealed = $3 WHERE subject = $1",
        None => {
            "INSERT INTO prodops_control.tombstone (subject, key_id, sealed) VALUES ($1, $2, $3) \
             ON CONFLICT DO NOTHING"
        }
    });
    if frame.run(query.bind(key).bind(key_id).bind(sealed)).await? == 0 {
        return Ok(false);
    }
    Log::of(None).append(frame, std::slice::from_ref(event)).await?;
    Ok(true)
}
