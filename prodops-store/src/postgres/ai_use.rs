//! What a workspace lets AI providers be asked.

use prodops_core::audit::AuditEvent;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::log::Log;
use super::value::{bytes, key};
use crate::contract::{AiUseRecord, Plane, Version, Versioned};
use crate::error::{Current, StoreError};

pub(super) const AI_USE: Sealed = Sealed("ai_use", Plane::Workspace);

fn place(workspace: Uuid) -> Vec<u8> {
    key(&[workspace.as_bytes()])
}

pub(super) async fn put(
    frame: &mut Frame,
    expected: Option<Version>,
    row: &AiUseRecord,
    event: &AuditEvent,
) -> Result<Version, StoreError> {
    // INVARIANT: the entry comes first. Who appends to the log holds its head, so that whoever changes this takes turns here.
    Log::of_frame(frame)?.append(frame, std::slice::from_ref(event)).await?;
    let current = find(frame).await?.map(|stored| stored.version);
    if current != expected {
        let current = current.map_or(Current::Absent, Current::Version);
        return Err(StoreError::Conflict { current });
    }
    let row = Versioned { version: expected.map_or(Version::FIRST, Version::next), value: row.clone() };
    if expected.is_none() {
        add(frame, &row).await?
    } else {
        update(frame, &row).await?
    }
    Ok(row.version)
}

pub(super) async fn add(frame: &mut Frame, row: &Versioned<AiUseRecord>) -> Result<(), StoreError> {
    let workspace = frame.workspace()?;
    let (key_id, sealed) = frame.seal(AI_USE, &place(workspace), row)?;
    let query = sqlx::query("INSERT INTO prodops.ai_use (workspace_id, key_id, sealed) VALUES ($1, $2, $3)");
    frame.run(query.bind(workspace).bind(key_id).bind(sealed)).await.map(drop)
}

async fn update(frame: &mut Frame, row: &Versioned<AiUseRecord>) -> Result<(), StoreError> {
    let workspace = frame.workspace()?;
    let (key_id, sealed) = frame.seal(AI_USE, &place(workspace), row)?;
    let query = sqlx::query("UPDATE prodops.ai_use SET key_id = $2, sealed = $3 WHERE workspace_id = $1");
    frame.run(query.bind(workspace).bind(key_id).bind(sealed)).await.map(drop)
}

pub(super) async fn find(frame: &mut Frame) -> Result<Option<Versioned<AiUseRecord>>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query("SELECT sealed FROM prodops.ai_use WHERE workspace_id = $1").bind(workspace);
    let found = bytes(frame.one(query).await?.as_ref())?;
    let rows = frame.place(AI_USE)?;
    found.map(|sealed| rows.open(&place(workspace), &sealed)).transpose()
}
