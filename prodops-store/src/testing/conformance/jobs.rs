//! The job queue: who gets what, and that nothing is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use prodops_core::id::{ConnectionId, JobId, WorkerId, WorkspaceId};
use prodops_core::time::Timestamp;

use super::super::fixture::{Fixture, Subject};
use crate::StoreError;
use crate::contract::{
    Heartbeat, JobClaim, JobFailure, JobHold, JobPlan, JobPriority, JobRecord, JobState, JobTask, NewJob,
};

/// How long a hold lasts in these tests, in seconds.
pub(super) const HOLD: i64 = 60;

pub(super) fn seconds(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

impl Fixture {
    pub(super) fn job(&self, workspace: Option<WorkspaceId>, plan: JobPlan) -> NewJob {
        NewJob {
            id: JobId::from_bytes(self.generate.bytes()),
            workspace,
            task: JobTask::SyncConnection(ConnectionId::from_bytes(self.generate.bytes())),
            plan,
            run_after: self.now(),
            hasten: false,
        }
    }

    pub(super) fn some_workspace(&self) -> Option<WorkspaceId> {
        Some(WorkspaceId::from_bytes(self.generate.bytes()))
    }

    pub(super) async fn put(&self, workspace: Option<WorkspaceId>, plan: JobPlan) -> JobRecord {
        self.jobs().enqueue(&self.job(workspace, plan)).await.unwrap()
    }

    pub(super) fn claim_at(&self, now: Timestamp) -> JobClaim {
        JobClaim {
            worker: WorkerId::from_bytes(self.generate.bytes()),
            now,
            expires: now.plus_seconds(HOLD),
            per_workspace: 1_000,
        }
    }

    pub(super) async fn take(&self, now: Timestamp) -> Option<JobRecord> {
        self.jobs().claim(&self.claim_at(now)).await.unwrap()
    }
}

pub(super) fn fenced<T>(outcome: &Result<T, StoreError>) -> bool {
    matches!(outcome, Err(StoreError::Fenced))
}

/// One job at a time has the same workspace, kind and subject, however often it is asked for, and it keeps its id.
pub async fn a_job_is_in_the_queue_once(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 200);
    let (jobs, now) = (fixture.jobs(), fixture.now());
    let new =
        NewJob { run_after: now.plus_seconds(100), ..fixture.job(fixture.some_workspace(), JobPlan::ONCE) };
    let first = jobs.enqueue(&new).await.unwrap();
    assert_eq!(first, JobRecord::new(&new));
    let again = NewJob { id: JobId::from_bytes(fixture.generate.bytes()), run_after: now, ..new.clone() };
    assert_eq!(jobs.enqueue(&again).await.unwrap(), first, "nobody asked to hasten");
    let later = NewJob { run_after: now.plus_seconds(200), hasten: true, ..again.clone() };
    assert_eq!(jobs.enqueue(&later).await.unwrap(), first, "to hasten is not to put off");
    let sooner = NewJob { run_after: now.plus_seconds(50), ..later };
    assert_eq!(jobs.enqueue(&sooner).await.unwrap().run_after, now.plus_seconds(50));
    assert_eq!(jobs.list(new.workspace, None, 10).await.unwrap().len(), 1);

    let elsewhere = NewJob { id: again.id, workspace: fixture.some_workspace(), ..new.clone() };
    assert_eq!(jobs.enqueue(&elsewhere).await.unwrap().id, again.id, "another workspace, another job");
    let other = NewJob { task: JobTask::RenewKeys, ..elsewhere.clone() };
    let taken = jobs.enqueue(&other).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists { .. })), "{taken:?}");
    let own = NewJob { id: JobId::from_bytes(fixture.generate.bytes()), workspace: None, ..new.clone() };
    assert_eq!(jobs.enqueue(&own).await.unwrap().workspace, None, "the deployment is one more");
    assert_eq!(jobs.find(None, own.task).await.unwrap().unwrap().id, own.id);
    assert_eq!(jobs.find(new.workspace, new.task).await.unwrap().unwrap().id, new.id);
    assert_eq!(jobs.find(new.workspace, JobTask::SequenceAudit).await.unwrap(), None);
}

/// What is asked for while it runs runs once more; what is done once is gone then, and its id is free of it.
pub async fn what_is_asked_for_while_it_runs_runs_once_more(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 201);
    let (jobs, now) = (fixture.jobs(), fixture.now());
    let new = fixture.job(fixture.some_workspace(), JobPlan::ONCE);
    jobs.enqueue(&new).await.unwrap();
    let first = fixture.take(now).await.unwrap();
    for asked in [30, 20, 40] {
        let more = NewJob { run_after: now.plus_seconds(asked), hasten: true, ..new.clone() };
        assert_eq!(jobs.enqueue(&more).await.unwrap().state, first.state, "it runs on");
    }
    jobs.complete(first.hold(), now).await.unwrap();
    let waiting = jobs.find(new.workspace, new.task).await.unwrap().unwrap();
    assert_eq!((waiting.state, waiting.run_after), (JobState::Queued, now.plus_seconds(20)));
    assert_eq!(waiting.succeeded, Some(now));
    assert_eq!(fixture.take(now).await, None, "not yet");
    let second = fixture.take(now.plus_seconds(20)).await.unwrap();
    assert!(second.epoch > first.epoch);
    jobs.complete(second.hold(), now.plus_seconds(20)).await.unwrap();
    assert_eq!(jobs.find(new.workspace, new.task).await.unwrap(), None, "done is gone");
    assert!(fenced(&jobs.complete(second.hold(), now).await), "done once");
    jobs.enqueue(&NewJob { id: JobId::from_bytes(fixture.generate.bytes()), ..new }).await.unwrap();
}

/// Of many workers at once, each job goes to one.
pub async fn each_job_is_claimed_by_one_worker(subject: Subject) {
    let fixture = Arc::new(Fixture::new(subject.backend(), 202));
    let mut expected = BTreeSet::new();
    for _ in 0..4 {
        let workspace = fixture.some_workspace();
        for _ in 0..10 {
            expected.insert(fixture.put(workspace, JobPlan::ONCE).await.id);
        }
    }
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let fixture = Arc::clone(&fixture);
            tokio::spawn(async move {
                let (mut taken, mut misses) = (Vec::new(), 0);
                // A claim may come back empty while others hold the rows that it would take.
                while misses < 50 {
                    match fixture.take(fixture.now()).await {
                        Some(job) => taken.push((job.id, job.epoch)),
                        None => misses += 1,
                    }
                    tokio::task::yield_now().await;
                }
                taken
            })
        })
        .collect();
    let mut taken = Vec::new();
    for worker in workers {
        taken.extend(worker.await.unwrap());
    }
    assert!(taken.iter().all(|(_, epoch)| *epoch == 1));
    assert_eq!(taken.len(), expected.len(), "none twice");
    assert_eq!(taken.into_iter().map(|(id, _)| id).collect::<BTreeSet<_>>(), expected, "none left");
}

/// A hold ends by the claimer's clock, is renewed by its holder, also late, and fences who lost it.
pub async fn a_hold_ends_is_renewed_and_fences(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 203);
    let (jobs, now) = (fixture.jobs(), fixture.now());
    fixture.put(fixture.some_workspace(), JobPlan::ONCE).await;
    let first = fixture.take(now).await.unwrap();
    assert_eq!(fixture.take(now.plus_seconds(HOLD - 1)).await, None, "still held");
    jobs.renew(first.hold(), now.plus_seconds(2 * HOLD)).await.unwrap();
    assert_eq!(fixture.take(now.plus_seconds(HOLD)).await, None, "renewed");

    let late = now.plus_seconds(2 * HOLD);
    let second = fixture.take(late).await.expect("the first hold is over");
    assert!(second.epoch > first.epoch);
    assert_eq!((second.id, second.attempts), (first.id, 2));
    assert_eq!(second.failed, Some((late, JobFailure::Abandoned)));
    let of_nobody = JobHold { epoch: second.epoch + 1, ..second.hold() };
    for lost in [first.hold(), of_nobody, JobHold { job: JobId::from_bytes([9; 16]), epoch: 1 }] {
        assert!(fenced(&jobs.renew(lost, late.plus_seconds(HOLD)).await));
        assert!(fenced(&jobs.complete(lost, late).await));
        assert!(fenced(&jobs.fail(lost, JobFailure::Defect, late, None).await));
        assert!(fenced(&jobs.release(lost, late).await));
    }
    jobs.renew(second.hold(), late.plus_seconds(10 * HOLD)).await.expect("nobody else took it");
    jobs.complete(second.hold(), late).await.unwrap();

    let mut over = fixture.claim_at(now);
    over.expires = over.now;
    assert!(matches!(jobs.claim(&over).await, Err(StoreError::Invalid { what: "claim", .. })));
    let none = JobClaim { per_workspace: 0, ..fixture.claim_at(now) };
    assert!(matches!(jobs.claim(&none).await, Err(StoreError::Invalid { what: "claim", .. })));
}

/// A job that is handed back is the next one's, and the attempt does not count.
pub async fn a_job_is_handed_back(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 204);
    let (jobs, now) = (fixture.jobs(), fixture.now());
    fixture.put(fixture.some_workspace(), JobPlan::ONCE).await;
    let first = fixture.take(now).await.unwrap();
    jobs.release(first.hold(), now.plus_seconds(5)).await.unwrap();
    assert!(fenced(&jobs.complete(first.hold(), now).await), "it is not held any more");
    assert_eq!(fixture.take(now).await, None);
    let second = fixture.take(now.plus_seconds(5)).await.unwrap();
    assert_eq!((second.attempts, second.failed), (1, None));
    assert!(second.epoch > first.epoch);
}

/// Ten thousand jobs of one workspace keep nobody waiting, and no workspace has more running than its share.
pub async fn workspaces_take_turns(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 205);
    let now = fixture.now();
    let (greedy, modest, deployment) = (fixture.some_workspace(), fixture.some_workspace(), None);
    for _ in 0..200 {
        fixture.put(greedy, JobPlan::ONCE).await;
    }
    assert_eq!(fixture.take(now).await.unwrap().workspace, greedy);
    for owner in [modest, deployment] {
        for _ in 0..3 {
            fixture.put(owner, JobPlan::ONCE).await;
        }
    }
    let mut order = Vec::new();
    for _ in 0..12 {
        order.push(fixture.take(now).await.unwrap().workspace);
    }
    for round in order.chunks(3).take(3) {
        let served: BTreeSet<_> = round.iter().copied().collect();
        assert_eq!(served, BTreeSet::from([greedy, modest, deployment]), "each once in every round");
    }
    assert!(order[9..].iter().all(|owner| *owner == greedy), "the others have nothing left");
    let late = fixture.some_workspace();
    fixture.put(late, JobPlan::ONCE).await;
    let next: BTreeSet<_> =
        [fixture.take(now).await.unwrap().workspace, fixture.take(now).await.unwrap().workspace].into();
    assert!(next.contains(&late), "who comes to the line has a turn within one round");
}

/// No workspace has more jobs running than it may, whatever waits, and others do not wait for it.
pub async fn a_workspace_has_its_share_of_workers(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 206);
    let (jobs, now) = (fixture.jobs(), fixture.now());
    let (one, two) = (fixture.some_workspace(), fixture.some_workspace());
    for _ in 0..5 {
        fixture.put(one, JobPlan::ONCE).await;
    }
    fixture.put(two, JobPlan::ONCE).await;
    let claim = || JobClaim { per_workspace: 2, ..fixture.claim_at(now) };
    let mut running: BTreeMap<_, Vec<JobRecord>> = BTreeMap::new();
    while let Some(job) = jobs.claim(&claim()).await.unwrap() {
        running.entry(job.workspace).or_default().push(job);
    }
    assert_eq!((running[&one].len(), running[&two].len()), (2, 1));
    jobs.complete(running[&two][0].hold(), now).await.unwrap();
    assert_eq!(jobs.claim(&claim()).await.unwrap(), None, "room is of no use to others");
    jobs.fail(running[&one][0].hold(), JobFailure::Busy, now, None).await.unwrap();
    assert_eq!(jobs.claim(&claim()).await.unwrap().unwrap().workspace, one);
    assert_eq!(jobs.claim(&claim()).await.unwrap(), None);
}

/// Within a workspace: by priority, then by the time that a job is due. What is not due is not taken.
pub async fn urgent_jobs_come_first(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 207);
    let (jobs, now) = (fixture.jobs(), fixture.now());
    let workspace = fixture.some_workspace();
    let mut expected = Vec::new();
    for (priority, due) in [
        (JobPriority::Low, -50),
        (JobPriority::Normal, -10),
        (JobPriority::High, -5),
        (JobPriority::High, 1),
        (JobPriority::Normal, -20),
        (JobPriority::High, -7),
    ] {
        let plan = JobPlan { priority, ..JobPlan::ONCE };
        let job = NewJob { run_after: now.plus_seconds(due), ..fixture.job(workspace, plan) };
        jobs.enqueue(&job).await.unwrap();
        expected.push((priority, due));
    }
    expected.retain(|(_, due)| *due <= 0);
    expected.sort_by_key(|(priority, due)| (priority.rank(), *due));
    let mut order = Vec::new();
    while let Some(job) = fixture.take(now).await {
        order.push((job.plan.priority, job.run_after.seconds_since(now)));
    }
    assert_eq!(order, expected);
    assert!(fixture.take(now.plus_seconds(1)).await.is_some());
}

/// Jobs are taken out of the queue singly or all of a workspace at once, also while they run.
pub async fn jobs_are_cancelled(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 213);
    let (jobs, now) = (fixture.jobs(), fixture.now());
    let (one, two) = (fixture.some_workspace(), fixture.some_workspace());
    let mut own = Vec::new();
    for _ in 0..4 {
        own.push(fixture.put(one, JobPlan::every(seconds(60))).await);
    }
    let kept = fixture.put(two, JobPlan::ONCE).await;
    let running = fixture.take(now).await.unwrap();
    assert_eq!(running.workspace, one);
    assert!(jobs.cancel(one, running.task).await.unwrap());
    assert!(!jobs.cancel(one, running.task).await.unwrap());
    assert!(!jobs.cancel(two, own[1].task).await.unwrap(), "that is another workspace's");
    assert!(fenced(&jobs.complete(running.hold(), now).await), "what was cancelled comes back by no report");
    assert_eq!(jobs.cancel_all(one.unwrap()).await.unwrap(), 3);
    assert_eq!(jobs.cancel_all(one.unwrap()).await.unwrap(), 0);
    assert_eq!(jobs.list(one, None, 10).await.unwrap(), []);
    assert_eq!(fixture.take(now).await.unwrap().id, kept.id);
    assert_eq!(fixture.take(now).await, None);
    fixture.put(one, JobPlan::ONCE).await;
    assert_eq!(fixture.take(now).await.unwrap().workspace, one, "a workspace may come back");
}

/// A workspace's jobs are listed by id, page by page, wherever they are, and no other's.
pub async fn jobs_are_listed_by_workspace(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 214);
    let (jobs, now) = (fixture.jobs(), fixture.now());
    let (one, two) = (fixture.some_workspace(), fixture.some_workspace());
    let mut expected = BTreeSet::new();
    for _ in 0..5 {
        expected.insert(fixture.put(one, JobPlan::ONCE).await.id);
    }
    fixture.put(two, JobPlan::ONCE).await;
    let running = fixture.take(now).await.unwrap();
    jobs.fail(running.hold(), JobFailure::Store, now, None).await.unwrap();
    let (mut listed, mut after) = (Vec::new(), None);
    while let Some(last) = jobs.list(one, after, 2).await.unwrap().last() {
        let page = jobs.list(one, after, 2).await.unwrap();
        listed.extend(page.iter().map(|job| job.id));
        after = Some(last.id);
    }
    assert_eq!(listed, expected.into_iter().collect::<Vec<_>>());
    assert_eq!(jobs.list(two, None, 10).await.unwrap().len(), 1);
    assert_eq!(jobs.list(None, None, 10).await.unwrap(), []);
    assert_eq!(jobs.list(one, None, 0).await.unwrap(), []);
}

/// A future that is dropped between any two of its steps leaves a job as it was or as it should be: nothing is lost, and
/// nothing is held for longer than its hold.
pub async fn a_dropped_claim_loses_no_job(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 215);
    let (jobs, mut now) = (fixture.jobs(), fixture.now());
    let mut left = BTreeSet::new();
    for _ in 0..12 {
        left.insert(
            fixture.put(fixture.some_workspace(), JobPlan { attempts: None, ..JobPlan::ONCE }).await.id,
        );
    }
    let mut polls = 0;
    while !left.is_empty() {
        let claim = fixture.claim_at(now);
        drop(polled(jobs.claim(&claim), polls));
        if let Some(job) = fixture.take(now).await {
            drop(polled(jobs.complete(job.hold(), now), polls));
            match jobs.complete(job.hold(), now).await {
                Ok(()) => {}
                Err(StoreError::Fenced) => {
                    assert_eq!(jobs.find(job.workspace, job.task).await.unwrap(), None)
                }
                Err(other) => panic!("{other}"),
            }
            assert!(left.remove(&job.id), "done twice");
        }
        // What a dropped claim took is up again when its hold is over.
        now = now.plus_seconds(HOLD);
        polls = (polls + 1) % 4;
    }
    assert_eq!(fixture.take(now).await, None);
}

/// Polls a future so many times at most.
fn polled<T>(future: impl Future<Output = T>, polls: u32) -> Option<T> {
    let mut future = Box::pin(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..polls {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut context) {
            return Some(outcome);
        }
    }
    None
}

/// Workers are noted by their signs of life, and forgotten when they end or were not seen for long.
pub async fn workers_give_signs_of_life(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 216);
    let (jobs, now) = (fixture.jobs(), fixture.now());
    let beat = |number: u8, at: Timestamp| Heartbeat {
        worker: WorkerId::from_bytes([number; 16]),
        started: now,
        at,
        every: 30,
    };
    assert_eq!(jobs.heartbeats().await.unwrap(), []);
    jobs.beat(&beat(2, now), now).await.unwrap();
    jobs.beat(&beat(1, now), now).await.unwrap();
    let later = now.plus_seconds(30);
    jobs.beat(&beat(1, later), now).await.unwrap();
    assert_eq!(jobs.heartbeats().await.unwrap(), [beat(1, later), beat(2, now)]);
    jobs.beat(&beat(3, later), later).await.unwrap();
    assert_eq!(
        jobs.heartbeats().await.unwrap(),
        [beat(1, later), beat(3, later)],
        "one was not seen for long"
    );
    jobs.forget_worker(WorkerId::from_bytes([1; 16])).await.unwrap();
    jobs.forget_worker(WorkerId::from_bytes([1; 16])).await.unwrap();
    assert_eq!(jobs.heartbeats().await.unwrap(), [beat(3, later)]);
}
