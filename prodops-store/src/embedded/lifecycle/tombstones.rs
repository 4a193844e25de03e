//! Tombstones in their table, and the state of the workspace that one is about.

use prodops_core::audit::AuditEvent;
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::{WorkspaceRecord, WorkspaceState};
use prodops_core::time::Timestamp;

use crate::contract::{ErasureSubject, PurgeState, TombstoneRecord};
use crate::embedded::key::Exact;
use crate::embedded::log::Log;
use crate::embedded::tables::{TOMBSTONES, WORKSPACES};
use crate::embedded::transaction::{Reading, Writing};
use crate::error::StoreError;

/// The key of a subject: what kind it is, then its ids.
pub(super) fn place(subject: &ErasureSubject) -> Exact {
    match subject {
        ErasureSubject::Workspace(id) => Exact::new(&[1]).then(id.as_bytes()),
        ErasureSubject::User(id) => Exact::new(&[2]).then(id.as_bytes()),
        ErasureSubject::Member { workspace, user, membership } => {
            Exact::new(&[3]).then(workspace.as_bytes()).then(user.as_bytes()).then(membership.as_bytes())
        }
        ErasureSubject::Person { workspace, person } => {
            Exact::new(&[4]).then(workspace.as_bytes()).then(person.as_bytes())
        }
    }
}

pub(super) fn find(tx: &Reading, subject: &ErasureSubject) -> Result<Option<TombstoneRecord>, StoreError> {
    TOMBSTONES.read(tx)?.get(&place(subject))
}

pub(super) fn list(tx: &Reading) -> Result<Vec<TombstoneRecord>, StoreError> {
    TOMBSTONES.read(tx)?.all(&Exact::new(&[]))
}

pub(super) fn request(
    tx: &Writing,
    workspace: WorkspaceId,
    tombstone: TombstoneRecord,
    event: &AuditEvent,
) -> Result<(), StoreError> {
    let before = set_state(tx, workspace, WorkspaceState::Deleting)?;
    let restores = Some(before.ok_or(StoreError::invalid("workspace", "does not exist"))?);
    let row = TombstoneRecord { restores, ..tombstone };
    TOMBSTONES.write(tx)?.add(&place(&row.subject), &row, "deletion")?;
    Log::of(workspace).append(tx, std::slice::from_ref(event))
}

pub(super) fn cancel(
    tx: &Writing,
    workspace: WorkspaceId,
    now: Timestamp,
    event: &AuditEvent,
) -> Result<bool, StoreError> {
    let place = place(&ErasureSubject::Workspace(workspace));
    let mut tombstones = TOMBSTONES.write(tx)?;
    let Some(row) = tombstones.get(&place)? else { return Ok(false) };
    if row.state != PurgeState::Pending || row.grace_ends <= now {
        return Ok(false);
    }
    tombstones.remove(&place)?;
    set_state(tx, workspace, row.restores.unwrap_or(WorkspaceState::Active))?;
    Log::of(workspace).append(tx, std::slice::from_ref(event))?;
    Ok(true)
}

pub(super) fn advance(
    tx: &Writing,
    from: Option<PurgeState>,
    to: &TombstoneRecord,
    event: &AuditEvent,
) -> Result<bool, StoreError> {
    let mut tombstones = TOMBSTONES.write(tx)?;
    let place = place(&to.subject);
    if tombstones.get(&place)?.map(|row| row.state) != from {
        return Ok(false);
    }
    tombstones.put(&place, to)?;
    Log::deployment().append(tx, std::slice::from_ref(event))?;
    Ok(true)
}

/// Changes the state of a workspace, and tells which it was; `None` when there is no such workspace.
fn set_state(
    tx: &Writing,
    workspace: WorkspaceId,
    state: WorkspaceState,
) -> Result<Option<WorkspaceState>, StoreError> {
    let mut workspaces = WORKSPACES.write(tx)?;
    let key = Exact::new(workspace.as_bytes());
    let Some(row) = workspaces.get(&key)? else { return Ok(None) };
    workspaces.put(&key, &WorkspaceRecord { state, ..row.clone() })?;
    Ok(Some(row.state))
}
