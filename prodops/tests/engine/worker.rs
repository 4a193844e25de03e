//! What the worker does by itself, and what it leaves behind when it fails or ends.

use std::num::NonZeroU32;
use std::sync::Arc;

use async_trait::async_trait;
use prodops::connectors::contract::Silent;
use prodops::connectors::git::GitConnector;
use prodops::core::audit::Decision;
use prodops::core::environment::Environment;
use prodops::core::id::ConnectionId;
use prodops::core::tenancy::Role;
use prodops::engine::{Engine, EngineError, Integration, RunSyncs, SyncReport, SyncRun, Unready};
use prodops::store::contract::{JobFailure, JobRecord, JobState, SyncOutcome};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::place::{NOW, Place, Tenant, git, target, tenant};
use crate::repository::history;

/// Seconds between two syncs of a connection unless said otherwise.
const INTERVAL: i64 = 15 * 60;

async fn connect(tenant: &Tenant, repository: &crate::repository::Repository) -> ConnectionId {
    tenant.workspace.connect(&git(), &target(repository.path())).await.unwrap().id
}

async fn only(tenant: &Tenant) -> Integration {
    let mut all = tenant.workspace.integrations().await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

async fn job(tenant: &Tenant) -> JobRecord {
    only(tenant).await.job.expect("it is planned")
}

#[tokio::test]
async fn connections_are_read_by_themselves_again_and_again() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let repository = place.repository("api", &history(5));
    connect(&one, &repository).await;
    assert_eq!(one.report().await.latest_commit, None);
    engine.worker().round().await.unwrap();
    assert!(one.report().await.latest_commit.is_some(), "it was due at once");

    let planned = job(&one).await;
    let now = NOW.parse().unwrap();
    assert_eq!((planned.state, planned.succeeded), (JobState::Queued, Some(now)));
    assert_eq!(planned.run_after, now.plus_seconds(INTERVAL));
    let last = only(&one).await.connection.last_sync.unwrap();
    assert_eq!((last.finished, last.outcome), (now, SyncOutcome::Complete));

    place.advance_seconds(INTERVAL - 1);
    engine.worker().round().await.unwrap();
    assert_eq!(only(&one).await.connection.last_sync.unwrap(), last, "not yet");
    place.advance_seconds(1);
    engine.worker().round().await.unwrap();
    assert_eq!(only(&one).await.connection.last_sync.unwrap().finished, now.plus_seconds(INTERVAL));
}

#[tokio::test]
async fn a_running_worker_reads_what_is_connected_and_asked_for() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (seen, stop) = (Arc::new(Seen::default()), CancellationToken::new());
    let worker = engine.worker().running_syncs(Arc::<Seen>::clone(&seen) as Arc<dyn RunSyncs>);
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { worker.run(&stop).await }
    });
    let id = connect(&one, &place.repository("api", &history(5))).await;
    seen.ended.notified().await;
    one.workspace.request_sync(id).await.unwrap();
    seen.ended.notified().await;
    stop.cancel();
    running.await.unwrap();
    let asked = one.log().await.into_iter().filter(|event| event.action == "RunSync").count();
    assert_eq!(asked, 1, "what is due by itself nobody asked for");
}

/// Tells when a sync has ended.
#[derive(Default)]
struct Seen {
    ended: Notify,
}

#[async_trait]
impl RunSyncs for Seen {
    async fn run(&self, sync: SyncRun, cancel: &CancellationToken) -> Result<SyncReport, EngineError> {
        let result = sync.run(&Silent, cancel).await;
        self.ended.notify_one();
        result
    }
}

#[tokio::test]
async fn a_failing_sync_backs_off_is_given_up_and_put_back_by_somebody() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let repository = place.repository("api", &history(5));
    let id = connect(&one, &repository).await;
    let hidden = place.path("hidden");
    std::fs::rename(repository.path(), &hidden).unwrap();

    let mut waits = Vec::new();
    while job(&one).await.state != JobState::Dead {
        engine.worker().round().await.unwrap();
        let failed = job(&one).await;
        let (at, code) = failed.failed.expect("it cannot be read");
        assert_eq!((code, failed.attempts as usize), (JobFailure::Unusable, waits.len() + 1));
        let wait = failed.run_after.seconds_since(at);
        place.advance_seconds(wait);
        waits.push(wait);
    }
    assert_eq!(waits.len(), 12);
    for (wait, whole) in waits.iter().zip([60, 120, 240, 480, 960, 1_920, 3_600, 3_600]) {
        assert!((whole / 2..=whole).contains(wait), "{wait} of {whole}");
    }
    place.advance_days(30);
    engine.worker().round().await.unwrap();
    assert_eq!(job(&one).await.attempts, 12, "a dead letter waits for somebody");

    let (_, viewer) = one.joined_by(&engine, Role::Viewer).await;
    assert!(matches!(viewer.integrations().await, Err(EngineError::Denied)));
    assert!(matches!(viewer.request_sync(id).await, Err(EngineError::Denied)));
    std::fs::rename(&hidden, repository.path()).unwrap();
    one.workspace.request_sync(id).await.unwrap();
    engine.worker().round().await.unwrap();
    let healthy = job(&one).await;
    assert_eq!((healthy.state, healthy.attempts, healthy.failed), (JobState::Queued, 0, None));
    assert!(one.report().await.latest_commit.is_some());
    let asked: Vec<_> = one.log().await.into_iter().filter(|event| event.action == "RunSync").collect();
    assert_eq!(
        asked.iter().map(|event| event.decision).collect::<Vec<_>>(),
        [Decision::Denied, Decision::Allowed],
        "one entry for each who asked"
    );
}

#[tokio::test]
async fn a_connection_that_is_cut_leaves_the_queue() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    let repository = place.repository("api", &history(5));
    let id = connect(&one, &repository).await;
    assert!(matches!(two.workspace.request_sync(id).await, Err(EngineError::NotFound)));
    one.workspace.disconnect(id).await.unwrap();
    assert_eq!(only(&one).await.job, None);
    assert!(matches!(one.workspace.request_sync(id).await, Err(EngineError::Disconnected)));
    one.workspace.plan_syncs().await.unwrap();
    assert_eq!(only(&one).await.job, None, "what was cut is not planned");
    engine.worker().round().await.unwrap();
    assert_eq!(only(&one).await.connection.last_sync, None);
}

#[tokio::test]
async fn another_interval_is_taken_up() {
    let place = Place::new();
    let file = &place.path("store.redb");
    let engine = place.engine_on(file).await;
    let one = tenant(&engine, "one").await;
    connect(&one, &place.repository("api", &history(3))).await;
    engine.worker().round().await.unwrap();
    let owner = one.owner;
    drop((one, engine));
    let build = || {
        let roots =
            prodops::core::keyring::Roots::new(crate::place::load(&crate::place::root_key(&place.roots())));
        Engine::builder(Environment::Test)
            .store(prodops::engine::StoreLocation::File(file.clone()))
            .root_keys(roots)
            .clock(place.clock.clone())
            .connector(GitConnector::within([place.roots()]).unwrap())
            .sync_interval(NonZeroU32::new(60).unwrap())
            .build()
    };
    let engine = build().await.unwrap();
    let workspace = crate::place::enter(&engine, owner, "one").await.unwrap();
    workspace.plan_syncs().await.unwrap();
    let planned = workspace.integrations().await.unwrap().remove(0).job.unwrap();
    let now = NOW.parse::<prodops::core::time::Timestamp>().unwrap();
    assert_eq!(planned.run_after, now.plus_seconds(60));
    place.advance_seconds(60);
    engine.worker().round().await.unwrap();
    let planned = workspace.integrations().await.unwrap().remove(0).job.unwrap();
    assert_eq!(planned.run_after, now.plus_seconds(120));
}

/// Waits until somebody says stop, and only then begins to read.
#[derive(Default)]
struct Waiting {
    begun: Notify,
}

#[async_trait]
impl RunSyncs for Waiting {
    async fn run(&self, sync: SyncRun, cancel: &CancellationToken) -> Result<SyncReport, EngineError> {
        self.begun.notify_one();
        cancel.cancelled().await;
        sync.run(&Silent, cancel).await
    }
}

#[tokio::test]
async fn a_worker_that_is_told_to_stop_hands_its_jobs_back() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    connect(&one, &place.repository("api", &history(5))).await;
    let (waiting, stop) = (Arc::new(Waiting::default()), CancellationToken::new());
    let worker = engine.worker().running_syncs(Arc::<Waiting>::clone(&waiting) as Arc<dyn RunSyncs>);
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { worker.run(&stop).await }
    });
    waiting.begun.notified().await;
    assert!(matches!(job(&one).await.state, JobState::Running { .. }));
    assert_eq!(engine.readiness().await, Ok(()));
    stop.cancel();
    running.await.unwrap();
    let handed_back = job(&one).await;
    assert_eq!((handed_back.state, handed_back.attempts), (JobState::Queued, 0), "no attempt was spent");
    assert_eq!(handed_back.failed, None);
    assert_eq!(engine.readiness().await, Err(Unready::NoWorker), "it said good-bye");
    engine.worker().round().await.unwrap();
    assert!(one.report().await.latest_commit.is_some(), "the next one has it at once, the connection too");
}

struct Defective;

#[async_trait]
impl RunSyncs for Defective {
    async fn run(&self, _: SyncRun, _: &CancellationToken) -> Result<SyncReport, EngineError> {
        panic!("planned by the test");
    }
}

#[tokio::test]
async fn a_job_that_panics_is_a_failure_and_ends_no_worker() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    connect(&one, &place.repository("api", &history(5))).await;
    let stop = CancellationToken::new();
    let worker = engine.worker().running_syncs(Arc::new(Defective));
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { worker.run(&stop).await }
    });
    while job(&one).await.failed.is_none() {
        tokio::task::yield_now().await;
    }
    let failed = job(&one).await;
    assert_eq!((failed.failed.unwrap().1, failed.state), (JobFailure::Defect, JobState::Queued));
    assert!(!running.is_finished());
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_deployment_without_signs_of_life_is_not_ready() {
    let place = Place::new();
    let engine = place.engine().await;
    assert_eq!(engine.readiness().await, Err(Unready::NoWorker));
    engine.worker().round().await.unwrap();
    for (seconds, ready) in [(0, true), (60, true), (1, false)] {
        place.advance_seconds(seconds);
        assert_eq!(engine.readiness().await.is_ok(), ready);
    }
    engine.worker().round().await.unwrap();
    assert_eq!(engine.readiness().await, Ok(()), "another one came");
}
