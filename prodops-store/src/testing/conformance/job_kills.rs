//! The job queue under workers that are killed.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use prodops_core::id::JobId;
use prodops_core::time::Timestamp;
use tokio::task::JoinHandle;

use super::super::fixture::{Fixture, Subject};
use super::jobs::HOLD;
use crate::StoreError;
use crate::contract::{JobHold, JobPlan};

const WORKERS: usize = 3;
const JOBS: usize = 24;
const KILLS: u64 = 60;

/// What workers saw, whether they lived to tell or not.
struct Scene {
    fixture: Fixture,
    /// Seconds since the beginning.
    clock: AtomicI64,
    taken: Mutex<Vec<JobHold>>,
    done: Mutex<Vec<JobId>>,
}

impl Scene {
    fn now(&self) -> Timestamp {
        self.fixture.now().plus_seconds(self.clock.load(Ordering::SeqCst))
    }

    async fn pause(&self, most: u64) {
        for _ in 0..self.fixture.generate.below(most) {
            tokio::task::yield_now().await;
        }
    }

    /// One job, if there is one: taken, worked on, sometimes renewed, and reported.
    async fn work(&self) -> bool {
        let jobs = self.fixture.jobs();
        let Some(job) = self.fixture.take(self.now()).await else { return false };
        self.taken.lock().unwrap().push(job.hold());
        self.pause(20).await;
        if self.fixture.generate.below(2) == 0 {
            // Whoever lost the job stops working on it.
            match jobs.renew(job.hold(), self.now().plus_seconds(HOLD)).await {
                Err(StoreError::Fenced) => return true,
                renewed => renewed.unwrap(),
            }
            self.pause(20).await;
        }
        match jobs.complete(job.hold(), self.now()).await {
            Ok(()) => self.done.lock().unwrap().push(job.id),
            Err(error) => assert!(matches!(error, StoreError::Fenced), "{error}"),
        }
        true
    }
}

fn worker(scene: &Arc<Scene>) -> JoinHandle<()> {
    let scene = Arc::clone(scene);
    tokio::spawn(async move {
        loop {
            scene.work().await;
            tokio::task::yield_now().await;
        }
    })
}

/// Workers that are killed between any two steps, while clocks jump, lose no job, and no two have one at the same epoch.
pub async fn killed_workers_lose_no_job(subject: Subject) {
    let scene = Arc::new(Scene {
        fixture: Fixture::new(subject.backend(), 217),
        clock: AtomicI64::new(0),
        taken: Mutex::default(),
        done: Mutex::default(),
    });
    let owners = [scene.fixture.some_workspace(), scene.fixture.some_workspace(), None];
    let mut expected = BTreeSet::new();
    for owner in owners.into_iter().cycle().take(JOBS) {
        let plan = JobPlan { attempts: None, ..JobPlan::ONCE };
        expected.insert(scene.fixture.put(owner, plan).await.id);
    }
    let mut workers: Vec<_> = (0..WORKERS).map(|_| worker(&scene)).collect();
    for _ in 0..KILLS {
        scene.pause(60).await;
        let killed = usize::try_from(scene.fixture.generate.below(WORKERS as u64)).unwrap();
        workers[killed].abort();
        scene.clock.fetch_add([1, HOLD][usize::from(scene.fixture.generate.below(2) == 0)], Ordering::SeqCst);
        workers[killed] = worker(&scene);
    }
    for worker in workers {
        worker.abort();
        assert!(worker.await.unwrap_err().is_cancelled(), "no worker failed");
    }
    // What the dead had in hand is up again when their holds are over.
    for _ in 0..3 {
        scene.clock.fetch_add(2 * HOLD, Ordering::SeqCst);
        while scene.work().await {}
    }
    for owner in owners {
        assert_eq!(scene.fixture.jobs().list(owner, None, JOBS).await.unwrap(), [], "every job is done");
    }
    let (taken, done) = (scene.taken.lock().unwrap().clone(), scene.done.lock().unwrap().clone());
    let holds: BTreeSet<_> = taken.iter().map(|hold| (hold.job, hold.epoch)).collect();
    assert_eq!(holds.len(), taken.len(), "no two had a job at the same epoch");
    assert_eq!(taken.iter().map(|hold| hold.job).collect::<BTreeSet<_>>(), expected, "each was somebody's");
    assert_eq!(done.iter().collect::<BTreeSet<_>>().len(), done.len(), "none was done twice");
}
