//! The job queue over time: failures, dead letters, runs again and again, and clocks that jump.

use std::collections::{BTreeMap, BTreeSet};

use prodops_core::audit::{AuditEntry, AuditEvent};
use prodops_core::id::JobId;

use super::super::contents::all_events;
use super::super::fixture::{Fixture, Subject};
use super::jobs::{HOLD, fenced, seconds};
use crate::StoreError;
use crate::contract::{Backoff, JobFailure, JobPlan, JobState, NewJob};

/// What fails waits longer each time, and is a dead letter with a code when its attempts are spent.
pub async fn failures_back_off_until_the_dead_letter(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 208);
    let jobs = fixture.jobs();
    let backoff = Backoff { first: 30, longest: 300 };
    let plan = JobPlan { attempts: Some(seconds(5)), ..JobPlan::ONCE };
    let new = fixture.put(fixture.some_workspace(), plan).await;
    let (mut now, mut waits) = (fixture.now(), Vec::new());
    for attempt in 1..=5 {
        let job = fixture.take(now).await.expect("it is due");
        assert_eq!(job.attempts, attempt);
        let retry = backoff.after(now, job.attempts, &fixture.generate.entropy).unwrap();
        jobs.fail(job.hold(), JobFailure::Unreachable, now, Some(retry)).await.unwrap();
        let stored = jobs.find(new.workspace, new.task).await.unwrap().unwrap();
        assert_eq!(stored.failed, Some((now, JobFailure::Unreachable)));
        if attempt < 5 {
            assert_eq!((stored.state, stored.run_after), (JobState::Queued, retry));
            assert_eq!(fixture.take(retry.plus_seconds(-1)).await, None, "not before its time");
            waits.push(retry.seconds_since(now));
            now = retry;
        } else {
            assert_eq!(stored.state, JobState::Dead);
        }
    }
    for (wait, whole) in waits.iter().zip([30, 60, 120, 240]) {
        assert!((whole / 2..=whole).contains(wait), "{wait} of {whole}");
    }
    assert_eq!(fixture.take(now.plus_seconds(1_000_000)).await, None, "a dead letter does not run");
    let mut again = fixture.job(new.workspace, plan);
    (again.task, again.hasten) = (new.task, true);
    assert_eq!(jobs.enqueue(&again).await.unwrap().state, JobState::Dead, "nor by being asked for again");

    let hopeless = fixture.put(new.workspace, plan).await;
    let taken = fixture.take(now).await.unwrap();
    jobs.fail(taken.hold(), JobFailure::Unusable, now, None).await.unwrap();
    let stored = jobs.find(hopeless.workspace, hopeless.task).await.unwrap().unwrap();
    assert_eq!((stored.state, stored.attempts), (JobState::Dead, 1), "nothing to wait for");
}

/// A job that no worker survives is given up like one that fails; one that is tried for ever is tried for ever.
pub async fn a_job_that_nobody_survives_is_given_up(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 209);
    let jobs = fixture.jobs();
    let deadly =
        fixture.put(fixture.some_workspace(), JobPlan { attempts: Some(seconds(3)), ..JobPlan::ONCE }).await;
    let stubborn = fixture.put(None, JobPlan { attempts: None, ..JobPlan::ONCE }).await;
    let mut now = fixture.now();
    let mut taken: BTreeMap<JobId, u32> = BTreeMap::new();
    for _ in 0..10 {
        while let Some(job) = fixture.take(now).await {
            *taken.entry(job.id).or_default() += 1;
        }
        now = now.plus_seconds(HOLD);
    }
    assert_eq!(taken, BTreeMap::from([(deadly.id, 3), (stubborn.id, 10)]));
    let dead = jobs.dead(None, 10).await.unwrap();
    assert_eq!(dead.iter().map(|job| job.id).collect::<Vec<_>>(), [deadly.id]);
    assert_eq!(dead[0].failed.unwrap().1, JobFailure::Abandoned);
}

/// Dead letters are listed, and put back by somebody of their own workspace, with the event that says so.
pub async fn dead_letters_are_listed_and_put_back(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 210);
    let (jobs, now) = (fixture.jobs(), fixture.now());
    let (tenant, other) = (fixture.tenant().await, fixture.tenant().await);
    let workspace = Some(tenant.workspace.id);
    let mut dead = BTreeSet::new();
    for owner in [workspace, workspace, Some(other.workspace.id), None] {
        fixture.put(owner, JobPlan::ONCE).await;
        let job = fixture.take(now).await.unwrap();
        jobs.fail(job.hold(), JobFailure::Refused, now, None).await.unwrap();
        dead.insert((job.id, owner));
    }
    let (mut listed, mut after) = (Vec::new(), None);
    while let Some(job) = jobs.dead(after, 1).await.unwrap().pop() {
        after = Some(job.id);
        listed.push((job.id, job.workspace));
    }
    assert_eq!(listed, dead.into_iter().collect::<Vec<_>>(), "by id, each once");

    let (id, theirs) = (listed.iter().find(|(_, owner)| *owner == workspace).unwrap().0, listed.iter());
    let theirs = theirs.filter(|(_, owner)| *owner != workspace).map(|(id, _)| *id);
    let event = fixture.event(&tenant.scope);
    for foreign in theirs.chain([JobId::from_bytes([7; 16])]) {
        assert!(!jobs.requeue(workspace, foreign, now, &event).await.unwrap());
    }
    let elsewhere = jobs.requeue(None, id, now, &event).await;
    assert!(matches!(elsewhere, Err(StoreError::ScopeViolation)), "{elsewhere:?}");
    let store = fixture.inside(&tenant);
    assert!(all_events(&store, 10).await.unwrap().is_empty(), "no change, no event");
    let long = AuditEvent { action: "x".repeat(AuditEntry::MAX_LEAF), ..event.clone() };
    assert!(jobs.requeue(workspace, id, now, &long).await.is_err());
    assert_eq!(fixture.take(now).await, None, "no event, no change");

    assert!(jobs.requeue(workspace, id, now, &event).await.unwrap());
    assert!(!jobs.requeue(workspace, id, now, &event).await.unwrap(), "it is no dead letter any more");
    let job = fixture.take(now).await.unwrap();
    assert_eq!((job.id, job.attempts), (id, 1));
    let events = all_events(&store, 10).await.unwrap();
    assert_eq!(events.into_iter().map(|entry| entry.event).collect::<Vec<_>>(), [event]);
    let own = listed.iter().find(|(_, owner)| owner.is_none()).unwrap().0;
    assert!(jobs.requeue(None, own, now, &fixture.provisioned()).await.unwrap());
}

/// What is done again and again waits for one interval from its end on; runs that were missed are not caught up on.
pub async fn recurring_jobs_run_again_after_their_end(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 211);
    let (jobs, start) = (fixture.jobs(), fixture.now());
    let new = fixture.job(fixture.some_workspace(), JobPlan::every(seconds(900)));
    jobs.enqueue(&new).await.unwrap();
    let job = fixture.take(start).await.unwrap();
    let end = start.plus_seconds(40);
    jobs.complete(job.hold(), end).await.unwrap();
    let stored = jobs.find(new.workspace, new.task).await.unwrap().unwrap();
    assert_eq!((stored.run_after, stored.attempts), (end.plus_seconds(900), 0));
    assert_eq!((stored.id, stored.succeeded), (new.id, Some(end)));

    // The clock jumps over a hundred runs: one is made.
    let far = end.plus_seconds(90_000);
    let job = fixture.take(far).await.unwrap();
    assert_eq!(fixture.take(far).await, None);
    let retry = far.plus_seconds(10);
    jobs.fail(job.hold(), JobFailure::Unreachable, far, Some(retry)).await.unwrap();
    let job = fixture.take(retry).await.unwrap();
    assert_eq!((job.attempts, job.succeeded), (2, Some(end)), "a failure forgets no success");
    jobs.complete(job.hold(), retry).await.unwrap();
    assert_eq!(fixture.take(retry).await, None, "and the next one an interval later");

    // The clock is set back: what has run does not run again before its time.
    assert_eq!(fixture.take(start).await, None);
    // Whoever plans it anew, by that clock, brings it back to where it belongs: at most one interval away.
    let planned = jobs.enqueue(&NewJob { run_after: start, ..new.clone() }).await.unwrap();
    assert_eq!(planned.run_after, start.plus_seconds(900));
    let shorter = NewJob { plan: JobPlan::every(seconds(60)), run_after: start, ..new };
    let planned = jobs.enqueue(&shorter).await.unwrap();
    assert_eq!((planned.run_after, planned.plan), (start.plus_seconds(60), shorter.plan));
}

/// A clock that is set back or jumps while a job runs neither doubles nor loses it.
pub async fn clock_jumps_neither_double_nor_lose_a_job(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 212);
    let (jobs, now) = (fixture.jobs(), fixture.now());
    fixture.put(fixture.some_workspace(), JobPlan::ONCE).await;
    let first = fixture.take(now).await.unwrap();
    let back = now.plus_seconds(-86_400);
    assert_eq!(fixture.take(back).await, None, "held until later than ever");
    jobs.renew(first.hold(), back.plus_seconds(HOLD)).await.unwrap();
    let far = now.plus_seconds(86_400);
    let second = fixture.take(far).await.expect("by this clock the hold is long over");
    assert!(fenced(&jobs.complete(first.hold(), back).await), "only one of them can finish");
    assert_eq!(fixture.take(back).await, None);
    jobs.complete(second.hold(), far).await.unwrap();
    assert_eq!(fixture.take(far).await, None);
}
