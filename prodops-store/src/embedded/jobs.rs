//! The job queue in its tables.
//!
//! `JOB_ORDER` has two keys for each job: one below its workspace, and one where it is, in the order of that place.

use std::ops::ControlFlow;

use async_trait::async_trait;
use prodops_core::audit::AuditEvent;
use prodops_core::id::{JobId, WorkerId, WorkspaceId};
use prodops_core::time::Timestamp;

use super::Embedded;
use super::job_line::{self, JobOwner, owner_key};
use super::key::Exact;
use super::log::Log;
use super::permits::instant;
use super::tables::{HEARTBEATS, JOB_ORDER, JOB_SUBJECTS, JOBS};
use super::transaction::{Reading, Writing};
use crate::backend::JobBackend;
use crate::contract::{
    Heartbeat, JobClaim, JobFailure, JobHold, JobPriority, JobRecord, JobState, JobTask, NewJob,
};
use crate::error::StoreError;

const CORRUPT: StoreError = StoreError::Corrupt { table: "jobs" };

/// Places in `JOB_ORDER`.
#[derive(Clone, Copy)]
enum Place {
    /// ‖ workspace ‖ priority ‖ due ‖ job.
    Waiting = 0,
    /// ‖ end of the hold ‖ job.
    Held = 1,
    /// ‖ job.
    Dead = 2,
    /// ‖ workspace ‖ job.
    Own = 3,
}

impl Place {
    fn key(self) -> Exact {
        Exact::new(&[self as u8])
    }

    fn of_owner(self, owner: JobOwner) -> Exact {
        use super::key::Key;
        self.key().then(owner_key(owner).bytes())
    }
}

fn key(id: JobId) -> Exact {
    Exact::new(id.as_bytes())
}

fn subject(owner: JobOwner, task: JobTask) -> Exact {
    owner_key(owner).then(task.kind().as_bytes()).then(&[0]).then(&task.subject())
}

fn places(job: &JobRecord) -> [Exact; 2] {
    let place = match job.state {
        JobState::Queued => waiting(job.workspace, job.plan.priority).then(&instant(job.run_after)),
        JobState::Running { expires, .. } => Place::Held.key().then(&instant(expires)),
        JobState::Dead => Place::Dead.key(),
    };
    let id = job.id.as_bytes();
    [place.then(id), Place::Own.of_owner(job.workspace).then(id)]
}

fn waiting(owner: JobOwner, priority: JobPriority) -> Exact {
    Place::Waiting.of_owner(owner).then(&[priority.rank()])
}

/// Writes a job down as it is now, and where it is found. One of the two is there.
fn change(tx: &Writing, before: Option<&JobRecord>, after: Option<&JobRecord>) -> Result<(), StoreError> {
    let Some(any) = after.or(before) else { return Ok(()) };
    let mut order = JOB_ORDER.write(tx)?;
    for place in before.iter().flat_map(|job| places(job)) {
        order.remove(&place)?;
    }
    for place in after.iter().flat_map(|job| places(job)) {
        order.put(&place, &())?;
    }
    let (mut jobs, mut subjects) = (JOBS.write(tx)?, JOB_SUBJECTS.write(tx)?);
    match after {
        Some(job) => {
            jobs.put(&key(job.id), job)?;
            subjects.put(&subject(job.workspace, job.task), &job.id)?;
        }
        None => {
            jobs.remove(&key(any.id))?;
            subjects.remove(&subject(any.workspace, any.task))?;
        }
    }
    job_line::count(tx, any.workspace, before, after)
}

fn get(tx: &Writing, id: JobId) -> Result<JobRecord, StoreError> {
    JOBS.write(tx)?.get(&key(id))?.ok_or(CORRUPT)
}

fn find(tx: &Writing, owner: JobOwner, task: JobTask) -> Result<Option<JobRecord>, StoreError> {
    let id = JOB_SUBJECTS.write(tx)?.get(&subject(owner, task))?;
    id.map(|id| get(tx, id)).transpose()
}

/// The job that a hold is on, if it still is.
fn held(tx: &Writing, hold: JobHold) -> Result<JobRecord, StoreError> {
    let job = JOBS.write(tx)?.get(&key(hold.job))?;
    let running = |job: &JobRecord| matches!(job.state, JobState::Running { .. });
    job.filter(|job| running(job) && job.hold() == hold).ok_or(StoreError::Fenced)
}

/// Changes a job that a hold is on.
fn update(tx: &Writing, hold: JobHold, with: impl FnOnce(&mut JobRecord)) -> Result<(), StoreError> {
    let before = held(tx, hold)?;
    let mut after = before.clone();
    with(&mut after);
    change(tx, Some(&before), Some(&after))
}

fn enqueue(tx: &Writing, job: &NewJob) -> Result<JobRecord, StoreError> {
    let before = find(tx, job.workspace, job.task)?;
    if before.is_none() && JOBS.write(tx)?.contains(&key(job.id))? {
        return Err(StoreError::AlreadyExists { what: "job" });
    }
    let after = match &before {
        Some(there) => {
            let mut there = there.clone();
            there.ask_again(job);
            there
        }
        None => JobRecord::new(job),
    };
    if before.as_ref() != Some(&after) {
        change(tx, before.as_ref(), Some(&after))?;
    }
    Ok(after)
}

/// The job that comes first in a place, unless it lies beyond `until`.
fn first(tx: &Writing, place: &Exact, until: Timestamp) -> Result<Option<JobId>, StoreError> {
    let mut found = None;
    JOB_ORDER.write(tx)?.walk(place, None, false, |rest, _| {
        let (at, id) = rest.split_first_chunk::<8>().ok_or(CORRUPT)?;
        if *at <= instant(until) {
            found = Some(JobId::from_bytes(id.try_into().map_err(|_| CORRUPT)?));
        }
        Ok(ControlFlow::Break(()))
    })?;
    Ok(found)
}

/// Puts back what workers held and were not heard of any more.
fn put_back(tx: &Writing, now: Timestamp) -> Result<(), StoreError> {
    while let Some(id) = first(tx, &Place::Held.key(), now)? {
        let before = get(tx, id)?;
        let mut after = before.clone();
        after.abandon(now);
        change(tx, Some(&before), Some(&after))?;
    }
    Ok(())
}

/// Puts back every job that is held. The file has one owner at a time: whoever held a job before this process opened it is
/// gone. The epochs stay, and so do the attempts: a job that ends the process each time is given up as well.
pub(super) fn put_back_all(tx: &Writing) -> Result<(), StoreError> {
    let mut held = Vec::new();
    JOB_ORDER.write(tx)?.walk(&Place::Held.key(), None, false, |rest, _| {
        let (_, id) = rest.split_first_chunk::<8>().ok_or(CORRUPT)?;
        held.push(JobId::from_bytes(id.try_into().map_err(|_| CORRUPT)?));
        Ok(ControlFlow::Continue(()))
    })?;
    for id in held {
        let before = get(tx, id)?;
        let mut after = before.clone();
        // As of the time that it was due: the file knows no present.
        after.abandon(before.run_after);
        change(tx, Some(&before), Some(&after))?;
    }
    Ok(())
}

/// The first job of an owner that is due.
fn due(tx: &Writing, owner: JobOwner, now: Timestamp) -> Result<Option<JobId>, StoreError> {
    for priority in JobPriority::ALL {
        if let Some(id) = first(tx, &waiting(owner, priority), now)? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

fn claim(tx: &Writing, claim: &JobClaim) -> Result<Option<JobRecord>, StoreError> {
    put_back(tx, claim.now)?;
    let mut next = None;
    let owner = job_line::first(tx, |owner, turn| {
        if turn.running < claim.per_workspace {
            next = due(tx, owner, claim.now)?;
        }
        Ok(next.is_some())
    })?;
    let (Some(owner), Some(id)) = (owner, next) else { return Ok(None) };
    let before = get(tx, id)?;
    let mut after = before.clone();
    after.take(claim);
    change(tx, Some(&before), Some(&after))?;
    job_line::serve(tx, owner)?;
    Ok(Some(after))
}

/// The first `limit` jobs in a place whose keys end with their ids, beyond `after`.
fn list(
    tx: &Reading,
    place: &Exact,
    after: Option<JobId>,
    limit: usize,
) -> Result<Vec<JobRecord>, StoreError> {
    let jobs = JOBS.read(tx)?;
    let mut found = Vec::new();
    if limit == 0 {
        return Ok(found);
    }
    let after = after.map(|id| place.clone().then(id.as_bytes()));
    JOB_ORDER.read(tx)?.walk(place, after.as_ref(), false, |id, _| {
        let id = JobId::from_bytes(id.try_into().map_err(|_| CORRUPT)?);
        found.push(jobs.get(&key(id))?.ok_or(CORRUPT)?);
        Ok(if found.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
    })?;
    Ok(found)
}

fn requeue(tx: &Writing, owner: JobOwner, id: JobId, now: Timestamp) -> Result<bool, StoreError> {
    let job = JOBS.write(tx)?.get(&key(id))?;
    let own = |job: &JobRecord| job.workspace == owner && job.state == JobState::Dead;
    let Some(before) = job.filter(own) else { return Ok(false) };
    let mut after = before.clone();
    after.revive(now);
    change(tx, Some(&before), Some(&after))?;
    Ok(true)
}

fn cancel(tx: &Writing, owner: JobOwner, task: JobTask) -> Result<bool, StoreError> {
    let job = find(tx, owner, task)?;
    change(tx, job.as_ref(), None)?;
    Ok(job.is_some())
}

/// Removes up to `limit` jobs of an owner.
pub(super) fn cancel_all(tx: &Writing, owner: JobOwner, limit: usize) -> Result<u64, StoreError> {
    let mut ids = Vec::new();
    JOB_ORDER.write(tx)?.walk(&Place::Own.of_owner(owner), None, false, |id, _| {
        if ids.len() >= limit {
            return Ok(ControlFlow::Break(()));
        }
        ids.push(JobId::from_bytes(id.try_into().map_err(|_| CORRUPT)?));
        Ok(ControlFlow::Continue(()))
    })?;
    for id in &ids {
        change(tx, Some(&get(tx, *id)?), None)?;
    }
    Ok(u64::try_from(ids.len()).unwrap_or(u64::MAX))
}

fn beat(tx: &Writing, heartbeat: &Heartbeat, forget: Timestamp) -> Result<(), StoreError> {
    let mut table = HEARTBEATS.write(tx)?;
    for old in table.all(&Exact::new(&[]))?.iter().filter(|old| old.at < forget) {
        table.remove(&Exact::new(old.worker.as_bytes()))?;
    }
    table.put(&Exact::new(heartbeat.worker.as_bytes()), heartbeat)
}

#[async_trait]
impl JobBackend for Embedded {
    async fn enqueue_job(&self, job: &NewJob) -> Result<JobRecord, StoreError> {
        let job = job.clone();
        self.write(move |tx| enqueue(tx, &job)).await
    }

    async fn claim_job(&self, request: &JobClaim) -> Result<Option<JobRecord>, StoreError> {
        let request = request.clone();
        self.write(move |tx| claim(tx, &request)).await
    }

    async fn renew_job(&self, hold: JobHold, expires: Timestamp) -> Result<(), StoreError> {
        let renew = move |job: &mut JobRecord| {
            if let JobState::Running { worker, .. } = job.state {
                job.state = JobState::Running { worker, expires };
            }
        };
        self.write(move |tx| update(tx, hold, renew)).await
    }

    async fn complete_job(&self, hold: JobHold, now: Timestamp) -> Result<(), StoreError> {
        self.write(move |tx| {
            let before = held(tx, hold)?;
            change(tx, Some(&before), before.clone().done(now).as_ref())
        })
        .await
    }

    async fn fail_job(
        &self,
        hold: JobHold,
        failure: JobFailure,
        now: Timestamp,
        retry: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.write(move |tx| update(tx, hold, |job| job.fail(failure, now, retry))).await
    }

    async fn release_job(&self, hold: JobHold, run_after: Timestamp) -> Result<(), StoreError> {
        self.write(move |tx| update(tx, hold, |job| job.release(run_after))).await
    }

    async fn job(
        &self,
        workspace: Option<WorkspaceId>,
        task: JobTask,
    ) -> Result<Option<JobRecord>, StoreError> {
        self.peek(|tx| match JOB_SUBJECTS.read(tx)?.get(&subject(workspace, task))? {
            Some(id) => JOBS.read(tx)?.get(&key(id)),
            None => Ok(None),
        })
        .await
    }

    async fn jobs(
        &self,
        workspace: Option<WorkspaceId>,
        after: Option<JobId>,
        limit: usize,
    ) -> Result<Vec<JobRecord>, StoreError> {
        self.read(move |tx| list(tx, &Place::Own.of_owner(workspace), after, limit)).await
    }

    async fn dead_jobs(&self, after: Option<JobId>, limit: usize) -> Result<Vec<JobRecord>, StoreError> {
        self.read(move |tx| list(tx, &Place::Dead.key(), after, limit)).await
    }

    async fn requeue_job(
        &self,
        workspace: Option<WorkspaceId>,
        job: JobId,
        now: Timestamp,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let event = audit.clone();
        match workspace {
            Some(id) => {
                let append = move |tx: &Writing| Log::of(id).append(tx, std::slice::from_ref(&event));
                self.write_in(id, move |tx| {
                    Ok(requeue(tx, workspace, job, now)? && append(tx).map(|()| true)?)
                })
                .await
            }
            None => {
                let append = move |tx: &Writing| Log::deployment().append(tx, std::slice::from_ref(&event));
                self.write(move |tx| Ok(requeue(tx, None, job, now)? && append(tx).map(|()| true)?)).await
            }
        }
    }

    async fn cancel_job(&self, workspace: Option<WorkspaceId>, task: JobTask) -> Result<bool, StoreError> {
        self.write(move |tx| cancel(tx, workspace, task)).await
    }

    async fn cancel_jobs(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        self.write(move |tx| cancel_all(tx, Some(workspace), usize::MAX)).await
    }

    async fn beat(&self, heartbeat: &Heartbeat, forget: Timestamp) -> Result<(), StoreError> {
        let heartbeat = *heartbeat;
        self.write(move |tx| beat(tx, &heartbeat, forget)).await
    }

    async fn forget_worker(&self, worker: WorkerId) -> Result<(), StoreError> {
        self.write(move |tx| HEARTBEATS.write(tx)?.remove(&Exact::new(worker.as_bytes())).map(drop)).await
    }

    async fn heartbeats(&self) -> Result<Vec<Heartbeat>, StoreError> {
        self.peek(|tx| HEARTBEATS.read(tx)?.all(&Exact::new(&[]))).await
    }
}
