//! The job queue. Many workers claim at once: each takes the turn of an owner whom nobody else serves just then.
//!
//! An owner's turn is locked before its jobs, wherever both are, so that nobody waits in a circle.

use async_trait::async_trait;
use prodops_core::audit::AuditEvent;
use prodops_core::id::{JobId, WorkerId, WorkspaceId};
use prodops_core::time::Timestamp;
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;

use super::Postgres;
use super::frame::{Acting, Frame, Sealed};
use super::log::Log;
use super::value::{column, id, key, limit as most};
use crate::backend::JobBackend;
use crate::contract::{
    Heartbeat, JobClaim, JobFailure, JobHold, JobRecord, JobState, JobTask, NewJob, Plane,
};
use crate::error::StoreError;

pub(super) const JOBS: Sealed = Sealed("jobs", Plane::Control);
pub(super) const HEARTBEATS: Sealed = Sealed("heartbeats", Plane::Control);

/// How many owners are asked for a job before a claim comes back with nothing: another worker took what they had.
const TURNS: u32 = 64;

/// A workspace, or zeros for the deployment.
fn owner_id(owner: Option<WorkspaceId>) -> Uuid {
    owner.map_or_else(Uuid::nil, |workspace| id(workspace.as_bytes()))
}

fn what(frame: &Frame, task: JobTask) -> Result<[u8; 16], StoreError> {
    frame.keys.lookup(&key(&[b"job\0", task.kind().as_bytes(), &[0], &task.subject()]))
}

fn open(frame: &Frame, rows: &[PgRow]) -> Result<Vec<JobRecord>, StoreError> {
    let place = frame.place(JOBS)?;
    let open = |row| place.open(column::<Uuid>(row, 0)?.as_bytes(), &column::<Vec<u8>>(row, 1)?);
    rows.iter().map(open).collect()
}

/// Makes sure that an owner has a place in the line, and keeps everybody else from it.
async fn lock_turn(frame: &mut Frame, owner: Uuid) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT INTO prodops_control.job_turn (owner, place) \
         SELECT $1, coalesce(max(place), 0) + 1 FROM prodops_control.job_turn \
         ON CONFLICT (owner) DO UPDATE SET owner = excluded.owner",
    );
    frame.run(query.bind(owner)).await.map(drop)
}

/// An owner without jobs leaves the line.
async fn leave_if_empty(frame: &mut Frame, owner: Uuid) -> Result<(), StoreError> {
    let query = sqlx::query(
        "DELETE FROM prodops_control.job_turn WHERE owner = $1 \
         AND NOT EXISTS (SELECT FROM prodops_control.job WHERE owner = $1)",
    );
    frame.run(query.bind(owner)).await.map(drop)
}

async fn find(
    frame: &mut Frame,
    owner: Option<WorkspaceId>,
    task: JobTask,
) -> Result<Option<JobRecord>, StoreError> {
    let hash = what(frame, task)?;
    let query = sqlx::query("SELECT id, sealed FROM prodops_control.job WHERE owner = $1 AND what = $2");
    let rows = frame.all(query.bind(owner_id(owner)).bind(&hash[..])).await?;
    Ok(open(frame, &rows)?.pop())
}

async fn add(frame: &mut Frame, job: &JobRecord) -> Result<(), StoreError> {
    let hash = what(frame, job.task)?;
    let (key_id, sealed) = frame.seal(JOBS, job.id.as_bytes(), job)?;
    let query = sqlx::query(
        "INSERT INTO prodops_control.job (id, owner, what, state, priority, due_ms, expires_ms, key_id, sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    );
    let (state, expires) = state(job);
    let query = query.bind(id(job.id.as_bytes())).bind(owner_id(job.workspace)).bind(&hash[..]);
    let query = query.bind(state).bind(i16::from(job.plan.priority.rank()));
    let query = query.bind(job.run_after.as_millis()).bind(expires);
    frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
}

const fn state(job: &JobRecord) -> (i16, Option<i64>) {
    match job.state {
        JobState::Queued => (0, None),
        JobState::Running { expires, .. } => (1, Some(expires.as_millis())),
        JobState::Dead => (2, None),
    }
}

async fn update(frame: &mut Frame, job: &JobRecord) -> Result<(), StoreError> {
    let (key_id, sealed) = frame.seal(JOBS, job.id.as_bytes(), job)?;
    let query = sqlx::query(
        "UPDATE prodops_control.job SET state = $2, priority = $3, due_ms = $4, expires_ms = $5, key_id = $6, \
         sealed = $7 WHERE id = $1",
    );
    let (state, expires) = state(job);
    let query = query.bind(id(job.id.as_bytes())).bind(state).bind(i16::from(job.plan.priority.rank()));
    let query = query.bind(job.run_after.as_millis()).bind(expires);
    frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
}

async fn remove(frame: &mut Frame, job: &JobRecord) -> Result<(), StoreError> {
    let query = sqlx::query("DELETE FROM prodops_control.job WHERE id = $1");
    frame.run(query.bind(id(job.id.as_bytes()))).await?;
    leave_if_empty(frame, owner_id(job.workspace)).await
}

/// A job with its owner's turn locked; `None` when it is gone.
async fn lock(frame: &mut Frame, job: JobId) -> Result<Option<JobRecord>, StoreError> {
    const LOOK: &str = "SELECT owner FROM prodops_control.job WHERE id = $1";
    const LOCK: &str = "SELECT id, sealed FROM prodops_control.job WHERE id = $1 FOR UPDATE";
    let job = id(job.as_bytes());
    let Some(row) = frame.one(sqlx::query(LOOK).bind(job)).await? else { return Ok(None) };
    let owner: Uuid = column(&row, 0)?;
    lock_turn(frame, owner).await?;
    let rows = frame.all(sqlx::query(LOCK).bind(job)).await?;
    if rows.is_empty() {
        // It went while this waited, and so may its owner have.
        leave_if_empty(frame, owner).await?;
    }
    Ok(open(frame, &rows)?.pop())
}

/// The job that a hold is on, if it still is.
async fn held(frame: &mut Frame, hold: JobHold) -> Result<JobRecord, StoreError> {
    let job = lock(frame, hold.job).await?;
    let running = |job: &JobRecord| matches!(job.state, JobState::Running { .. });
    job.filter(|job| running(job) && job.hold() == hold).ok_or(StoreError::Fenced)
}

async fn enqueue(frame: &mut Frame, job: &NewJob) -> Result<JobRecord, StoreError> {
    lock_turn(frame, owner_id(job.workspace)).await?;
    let Some(before) = find(frame, job.workspace, job.task).await? else {
        let job = JobRecord::new(job);
        add(frame, &job).await?;
        return Ok(job);
    };
    let mut after = before.clone();
    after.ask_again(job);
    if after != before {
        update(frame, &after).await?;
    }
    Ok(after)
}

/// Puts back what workers held and were not heard of any more. What another worker puts back just then is left to it.
async fn put_back(frame: &mut Frame, now: Timestamp) -> Result<(), StoreError> {
    let query = sqlx::query(
        "SELECT id, sealed FROM prodops_control.job WHERE state = 1 AND expires_ms <= $1 \
         ORDER BY expires_ms, id FOR UPDATE SKIP LOCKED",
    );
    let rows = frame.all(query.bind(now.as_millis())).await?;
    for mut job in open(frame, &rows)? {
        job.abandon(now);
        update(frame, &job).await?;
    }
    Ok(())
}

/// The owner who waited longest and has something to do; its turn is locked.
async fn next_owner(
    frame: &mut Frame,
    claim: &JobClaim,
    passed: &[Uuid],
) -> Result<Option<Uuid>, StoreError> {
    let query = sqlx::query(
        "SELECT t.owner FROM prodops_control.job_turn t WHERE NOT (t.owner = ANY($3)) \
         AND EXISTS (SELECT FROM prodops_control.job j WHERE j.owner = t.owner AND j.state = 0 AND j.due_ms <= $1) \
         AND (SELECT count(*) FROM prodops_control.job j WHERE j.owner = t.owner AND j.state = 1) < $2 \
         ORDER BY t.place, t.owner LIMIT 1 FOR UPDATE OF t SKIP LOCKED",
    );
    let query = query.bind(claim.now.as_millis()).bind(i64::from(claim.per_workspace));
    frame.one(query.bind(passed.to_vec())).await?.map(|row| column(&row, 0)).transpose()
}

/// The owner's first job that is due. Its turn is locked: what others did before that is seen now.
async fn next_job(frame: &mut Frame, claim: &JobClaim, owner: Uuid) -> Result<Option<JobRecord>, StoreError> {
    let query = sqlx::query(
        "SELECT id, sealed FROM prodops_control.job WHERE owner = $1 AND state = 0 AND due_ms <= $2 \
         AND (SELECT count(*) FROM prodops_control.job WHERE owner = $1 AND state = 1) < $3 \
         ORDER BY priority, due_ms, id LIMIT 1 FOR UPDATE SKIP LOCKED",
    );
    let query = query.bind(owner).bind(claim.now.as_millis()).bind(i64::from(claim.per_workspace));
    let rows = frame.all(query).await?;
    Ok(open(frame, &rows)?.pop())
}

async fn claim(frame: &mut Frame, claim: &JobClaim) -> Result<Option<JobRecord>, StoreError> {
    put_back(frame, claim.now).await?;
    let mut passed = Vec::new();
    for _ in 0..TURNS {
        let Some(owner) = next_owner(frame, claim, &passed).await? else { break };
        let Some(mut job) = next_job(frame, claim, owner).await? else {
            passed.push(owner);
            continue;
        };
        job.take(claim);
        update(frame, &job).await?;
        let query = sqlx::query(
            "UPDATE prodops_control.job_turn \
             SET place = (SELECT max(place) + 1 FROM prodops_control.job_turn) WHERE owner = $1",
        );
        frame.run(query.bind(owner)).await?;
        return Ok(Some(job));
    }
    Ok(None)
}

async fn cancel_all(frame: &mut Frame, owner: Uuid) -> Result<u64, StoreError> {
    lock_turn(frame, owner).await?;
    let query = sqlx::query("DELETE FROM prodops_control.job WHERE owner = $1");
    let removed = frame.run(query.bind(owner)).await?;
    leave_if_empty(frame, owner).await?;
    Ok(removed)
}

async fn requeue(
    frame: &mut Frame,
    owner: Option<WorkspaceId>,
    job: JobId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let own = |job: &JobRecord| job.workspace == owner && job.state == JobState::Dead;
    let Some(mut job) = lock(frame, job).await?.filter(own) else { return Ok(false) };
    job.revive(now);
    update(frame, &job).await?;
    Ok(true)
}

async fn beat(frame: &mut Frame, heartbeat: &Heartbeat, forget: Timestamp) -> Result<(), StoreError> {
    let query = sqlx::query("DELETE FROM prodops_control.heartbeat WHERE at_ms < $1");
    frame.run(query.bind(forget.as_millis())).await?;
    let (key_id, sealed) = frame.seal(HEARTBEATS, heartbeat.worker.as_bytes(), heartbeat)?;
    let query = sqlx::query(
        "INSERT INTO prodops_control.heartbeat (worker, at_ms, key_id, sealed) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (worker) DO UPDATE \
         SET at_ms = excluded.at_ms, key_id = excluded.key_id, sealed = excluded.sealed",
    );
    let query = query.bind(id(heartbeat.worker.as_bytes())).bind(heartbeat.at.as_millis());
    frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
}

impl Postgres {
    /// Changes a job that a hold is on.
    async fn change_job(&self, hold: JobHold, change: impl FnOnce(&mut JobRecord)) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        let mut job = held(&mut frame, hold).await?;
        change(&mut job);
        update(&mut frame, &job).await?;
        frame.commit().await
    }

    async fn list_jobs(
        &self,
        query: &'static str,
        owner: Uuid,
        after: Option<JobId>,
        limit: usize,
    ) -> Result<Vec<JobRecord>, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let after = after.map(|job| id(job.as_bytes()));
        let rows = frame.all(sqlx::query(query).bind(owner).bind(after).bind(most(limit))).await?;
        let jobs = open(&frame, &rows)?;
        frame.end().await?;
        Ok(jobs)
    }
}

#[async_trait]
impl JobBackend for Postgres {
    async fn enqueue_job(&self, job: &NewJob) -> Result<JobRecord, StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        let job = enqueue(&mut frame, job).await?;
        frame.commit().await?;
        Ok(job)
    }

    async fn claim_job(&self, request: &JobClaim) -> Result<Option<JobRecord>, StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        let job = claim(&mut frame, request).await?;
        frame.commit().await?;
        Ok(job)
    }

    async fn renew_job(&self, hold: JobHold, expires: Timestamp) -> Result<(), StoreError> {
        self.change_job(hold, |job| {
            if let JobState::Running { worker, .. } = job.state {
                job.state = JobState::Running { worker, expires };
            }
        })
        .await
    }

    async fn complete_job(&self, hold: JobHold, now: Timestamp) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        let before = held(&mut frame, hold).await?;
        match before.clone().done(now) {
            Some(after) => update(&mut frame, &after).await?,
            None => remove(&mut frame, &before).await?,
        }
        frame.commit().await
    }

    async fn fail_job(
        &self,
        hold: JobHold,
        failure: JobFailure,
        now: Timestamp,
        retry: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.change_job(hold, |job| job.fail(failure, now, retry)).await
    }

    async fn release_job(&self, hold: JobHold, run_after: Timestamp) -> Result<(), StoreError> {
        self.change_job(hold, |job| job.release(run_after)).await
    }

    async fn job(
        &self,
        workspace: Option<WorkspaceId>,
        task: JobTask,
    ) -> Result<Option<JobRecord>, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let job = find(&mut frame, workspace, task).await?;
        frame.end().await?;
        Ok(job)
    }

    async fn jobs(
        &self,
        workspace: Option<WorkspaceId>,
        after: Option<JobId>,
        limit: usize,
    ) -> Result<Vec<JobRecord>, StoreError> {
        const OWN: &str = "SELECT id, sealed FROM prodops_control.job WHERE owner = $1 \
                           AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3";
        self.list_jobs(OWN, owner_id(workspace), after, limit).await
    }

    async fn dead_jobs(&self, after: Option<JobId>, limit: usize) -> Result<Vec<JobRecord>, StoreError> {
        const DEAD: &str = "SELECT id, sealed FROM prodops_control.job WHERE state = 2 AND $1::uuid IS NOT NULL \
                            AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3";
        self.list_jobs(DEAD, Uuid::nil(), after, limit).await
    }

    async fn requeue_job(
        &self,
        workspace: Option<WorkspaceId>,
        job: JobId,
        now: Timestamp,
        audit: &AuditEvent,
    ) -> Result<bool, StoreError> {
        let acting = workspace.map_or(Acting::control(), Acting::control_of);
        let mut frame = self.write(acting).await?;
        if !requeue(&mut frame, workspace, job, now).await? {
            frame.end().await?;
            return Ok(false);
        }
        Log::of(workspace).append(&mut frame, std::slice::from_ref(audit)).await?;
        frame.commit().await?;
        Ok(true)
    }

    async fn cancel_job(&self, workspace: Option<WorkspaceId>, task: JobTask) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        lock_turn(&mut frame, owner_id(workspace)).await?;
        let job = find(&mut frame, workspace, task).await?;
        match &job {
            Some(job) => remove(&mut frame, job).await?,
            None => leave_if_empty(&mut frame, owner_id(workspace)).await?,
        }
        frame.commit().await?;
        Ok(job.is_some())
    }

    async fn cancel_jobs(&self, workspace: WorkspaceId) -> Result<u64, StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        let removed = cancel_all(&mut frame, owner_id(Some(workspace))).await?;
        frame.commit().await?;
        Ok(removed)
    }

    async fn beat(&self, heartbeat: &Heartbeat, forget: Timestamp) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        beat(&mut frame, heartbeat, forget).await?;
        frame.commit().await
    }

    async fn forget_worker(&self, worker: WorkerId) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        let query = sqlx::query("DELETE FROM prodops_control.heartbeat WHERE worker = $1");
        frame.run(query.bind(id(worker.as_bytes()))).await?;
        frame.commit().await
    }

    async fn heartbeats(&self) -> Result<Vec<Heartbeat>, StoreError> {
        let mut frame = self.read(Acting::control()).await?;
        let query = sqlx::query("SELECT worker, sealed FROM prodops_control.heartbeat ORDER BY worker");
        let rows = frame.all(query).await?;
        let place = frame.place(HEARTBEATS)?;
        let open = |row| place.open(column::<Uuid>(row, 0)?.as_bytes(), &column::<Vec<u8>>(row, 1)?);
        let found = rows.iter().map(open).collect::<Result<_, StoreError>>()?;
        frame.end().await?;
        Ok(found)
    }
}
