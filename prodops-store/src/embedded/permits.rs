//! Permit counters in their table.

use std::ops::ControlFlow;

use prodops_core::audit::Actor;
use prodops_core::id::WorkspaceId;
use prodops_core::time::Timestamp;

use super::key::Scoped;
use super::tables::PERMIT_COUNTS;
use super::transaction::{Reading, Writing};
use crate::contract::PermitCount;
use crate::error::StoreError;
use crate::sealed::row;

pub(super) fn add(tx: &Writing, workspace: WorkspaceId, counts: &[PermitCount]) -> Result<(), StoreError> {
    let mut table = PERMIT_COUNTS.write(tx)?;
    for more in counts {
        let key = key(workspace, more)?;
        let before = table.get(&key)?.map_or(0, |row| row.count);
        table.put(&key, &PermitCount { count: before.saturating_add(more.count), ..more.clone() })?;
    }
    Ok(())
}

pub(super) fn list(
    tx: &Reading,
    workspace: WorkspaceId,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<PermitCount>, StoreError> {
    let mut found = Vec::new();
    let prefix = Scoped::of(workspace);
    // Every key of the first hour is longer than the hour itself, and lies beyond it.
    let first = prefix.clone().then(&instant(from));
    PERMIT_COUNTS.read(tx)?.walk(&prefix, Some(&first), false, |_, row| {
        let row = row?;
        if row.hour >= until {
            return Ok(ControlFlow::Break(()));
        }
        found.push(row);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// In the order of instants, those before 1970 too.
pub(super) fn instant(at: Timestamp) -> [u8; 8] {
    at.as_millis().wrapping_sub(i64::MIN).to_be_bytes()
}

pub(super) fn key(workspace: WorkspaceId, count: &PermitCount) -> Result<Scoped, StoreError> {
    let actor: &Actor = &count.actor;
    // Names of actions and types have no zero byte in them.
    let who = row::encode("permit_counts", actor)?;
    let what = [count.action.as_bytes(), &[0], count.object.as_bytes()].concat();
    Ok(Scoped::of(workspace).then(&instant(count.hour)).then(&who).then(&what))
}
