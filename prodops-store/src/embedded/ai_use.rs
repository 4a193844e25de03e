//! What a workspace lets AI providers be asked, in its table.

use prodops_core::audit::AuditEvent;
use prodops_core::id::WorkspaceId;

use super::key::Scoped;
use super::log::Log;
use super::tables::AI_USE;
use super::transaction::Writing;
use crate::contract::{AiUseRecord, Version, Versioned};
use crate::error::{Current, StoreError};

pub(super) fn put(
    tx: &Writing,
    workspace: WorkspaceId,
    expected: Option<Version>,
    row: AiUseRecord,
    event: &AuditEvent,
) -> Result<Version, StoreError> {
    let (key, mut table) = (Scoped::of(workspace), AI_USE.write(tx)?);
    let current = table.get(&key)?.map(|stored| stored.version);
    if current != expected {
        let current = current.map_or(Current::Absent, Current::Version);
        return Err(StoreError::Conflict { current });
    }
    let row = Versioned { version: expected.map_or(Version::FIRST, Version::next), value: row };
    table.put(&key, &row)?;
    Log::of(workspace).append(tx, std::slice::from_ref(event))?;
    Ok(row.version)
}
