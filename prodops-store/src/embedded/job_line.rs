//! The line that workspaces stand in for their turn to have a job taken.
//!
//! Whoever is served goes to the end of the line, and so does whoever comes to it. A workspace without jobs leaves it.

use std::ops::ControlFlow;

use prodops_core::id::WorkspaceId;
use serde::{Deserialize, Serialize};

use super::key::Exact;
use super::tables::{JOB_LINE, JOB_TURNS};
use super::transaction::Writing;
use crate::contract::{JobRecord, JobState};
use crate::error::StoreError;

/// Whose jobs they are: a workspace's, or the deployment's own.
pub(super) type JobOwner = Option<WorkspaceId>;

/// Where an owner stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Turn {
    /// The smallest is next.
    pub(super) place: u64,
    /// How many of its jobs there are.
    jobs: u64,
    /// How many of those run.
    pub(super) running: u32,
}

pub(super) fn owner_key(owner: JobOwner) -> Exact {
    Exact::new(owner.as_ref().map_or(&[0; 16], |workspace| workspace.as_bytes()))
}

fn line_key(place: u64) -> Exact {
    Exact::new(&place.to_be_bytes())
}

/// Counts a job that was as `before` and is as `after` now.
pub(super) fn count(
    tx: &Writing,
    owner: JobOwner,
    before: Option<&JobRecord>,
    after: Option<&JobRecord>,
) -> Result<(), StoreError> {
    let corrupt = || StoreError::Corrupt { table: "job_turns" };
    let running =
        |job: Option<&JobRecord>| job.is_some_and(|job| matches!(job.state, JobState::Running { .. }));
    let mut turns = JOB_TURNS.write(tx)?;
    let key = owner_key(owner);
    let mut turn = match turns.get(&key)? {
        Some(turn) => turn,
        None => Turn { place: join(tx, owner)?, jobs: 0, running: 0 },
    };
    let change = |count: u64, from: bool, to: bool| {
        let less = count.checked_sub(u64::from(from)).ok_or_else(corrupt)?;
        less.checked_add(u64::from(to)).ok_or_else(corrupt)
    };
    turn.jobs = change(turn.jobs, before.is_some(), after.is_some())?;
    let busy = change(u64::from(turn.running), running(before), running(after))?;
    turn.running = u32::try_from(busy).map_err(|_| corrupt())?;
    if turn.jobs > 0 {
        return turns.put(&key, &turn);
    }
    JOB_LINE.write(tx)?.remove(&line_key(turn.place))?;
    turns.remove(&key).map(drop)
}

/// Sends an owner to the end of the line.
pub(super) fn serve(tx: &Writing, owner: JobOwner) -> Result<(), StoreError> {
    let (mut turns, key) = (JOB_TURNS.write(tx)?, owner_key(owner));
    let turn = turns.get(&key)?.ok_or(StoreError::Corrupt { table: "job_turns" })?;
    JOB_LINE.write(tx)?.remove(&line_key(turn.place))?;
    turns.put(&key, &Turn { place: join(tx, owner)?, ..turn })
}

/// The first owner in the line that `ready` says has something to do.
pub(super) fn first(
    tx: &Writing,
    mut ready: impl FnMut(JobOwner, Turn) -> Result<bool, StoreError>,
) -> Result<Option<JobOwner>, StoreError> {
    let turns = JOB_TURNS.write(tx)?;
    let mut found = None;
    JOB_LINE.write(tx)?.walk(&Exact::new(&[]), None, false, |_, owner| {
        let owner = owner?;
        let turn = turns.get(&owner_key(owner))?.ok_or(StoreError::Corrupt { table: "job_turns" })?;
        if !ready(owner, turn)? {
            return Ok(ControlFlow::Continue(()));
        }
        found = Some(owner);
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}

/// The last place in the line, taken.
fn join(tx: &Writing, owner: JobOwner) -> Result<u64, StoreError> {
    let (mut line, mut last) = (JOB_LINE.write(tx)?, 0u64);
    line.walk(&Exact::new(&[]), None, true, |place, _| {
        let place = place.try_into().map_err(|_| StoreError::Corrupt { table: "job_line" })?;
        last = u64::from_be_bytes(place);
        Ok(ControlFlow::Break(()))
    })?;
    let place = last.checked_add(1).ok_or(StoreError::Corrupt { table: "job_line" })?;
    line.put(&line_key(place), &owner)?;
    Ok(place)
}
