//! Workers that are killed at random points, while others go on and clocks jump: every job is done, none twice at the same
//! epoch, none is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use prodops::connectors::contract::Silent;
use prodops::connectors::git::GitConnector;
use prodops::core::entropy::Entropy;
use prodops::core::environment::Environment;
use prodops::core::id::ConnectionId;
use prodops::core::keyring::Roots;
use prodops::engine::{Engine, EngineError, RunSyncs, StoreLocation, SyncReport, SyncRun};
use prodops::store::contract::{JobFailure, JobRecord, JobState};
use prodops_core::testing::SeededEntropy;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::place::{Place, Tenant, git, load, root_key, target, tenant};
use crate::repository::history;

const WORKERS: usize = 3;
const LIVES: u64 = 60;
const REPOSITORIES: usize = 4;
/// Longer than any hold, so that what a killed worker had in hand is up again.
const HOLD_OVER: i64 = 61;

/// Notes which connection was read at which epoch, and how often to the end.
#[derive(Default)]
struct Witness {
    epochs: Mutex<BTreeSet<(ConnectionId, u64)>>,
    ends: Mutex<BTreeMap<ConnectionId, u64>>,
    begun: AtomicU64,
    twice: AtomicU64,
}

#[async_trait]
impl RunSyncs for Witness {
    async fn run(&self, sync: SyncRun, cancel: &CancellationToken) -> Result<SyncReport, EngineError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let connection = sync.connection();
        if !self.epochs.lock().unwrap().insert((connection, sync.epoch())) {
            self.twice.fetch_add(1, Ordering::SeqCst);
        }
        let report = sync.run(&Silent, cancel).await?;
        *self.ends.lock().unwrap().entry(connection).or_default() += 1;
        Ok(report)
    }
}

fn start(engine: &Engine, witness: &Arc<Witness>) -> JoinHandle<()> {
    let worker = engine.worker().running_syncs(Arc::<Witness>::clone(witness) as Arc<dyn RunSyncs>);
    tokio::spawn(async move { worker.run(&CancellationToken::new()).await })
}

fn below(luck: &SeededEntropy, bound: u64) -> u64 {
    let mut bytes = [0; 8];
    luck.fill(&mut bytes).unwrap();
    u64::from_le_bytes(bytes) % bound
}

/// What every worker died of counts as doing harm and is given up, as it should be: whoever looks after it puts it back.
async fn put_back(tenants: &[Tenant]) {
    for tenant in tenants {
        for integration in tenant.workspace.integrations().await.unwrap() {
            let job = integration.job.expect("none is lost");
            if job.state == JobState::Dead {
                assert!(matches!(job.failed, Some((_, JobFailure::Abandoned))), "{:?}", job.failed);
                tenant.workspace.request_sync(integration.connection.id).await.unwrap();
            }
        }
    }
}

/// Whether nobody holds a job.
async fn settled(tenants: &[Tenant]) -> bool {
    for tenant in tenants {
        let integrations = tenant.workspace.integrations().await.unwrap();
        let waits = |job: &JobRecord| job.state == JobState::Queued && job.succeeded.is_some();
        if !integrations.iter().all(|integration| integration.job.as_ref().is_some_and(waits)) {
            return false;
        }
    }
    true
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn workers_that_are_killed_lose_no_job_and_do_none_twice_at_one_epoch() {
    let place = Place::new();
    let engine = Engine::builder(Environment::Test)
        .store(StoreLocation::File(place.path("store.redb")))
        .root_keys(Roots::new(load(&root_key(&place.roots()))))
        .clock(place.clock.clone())
        .connector(GitConnector::within([place.roots()]).unwrap())
        // Always due, so that every kill finds something in hand.
        .sync_interval(NonZeroU32::MIN)
        .build()
        .await
        .unwrap();
    let mut tenants = Vec::new();
    for name in ["one", "two"] {
        let tenant = tenant(&engine, name).await;
        for number in 0..REPOSITORIES {
            let repository = place.repository(&format!("{name}-{number}"), &history(20));
            tenant.workspace.connect(&git(), &target(repository.path())).await.unwrap();
        }
        tenants.push(tenant);
    }
    let (witness, luck) = (Arc::new(Witness::default()), SeededEntropy::new(11));
    let mut workers: Vec<_> = (0..WORKERS).map(|_| start(&engine, &witness)).collect();
    for _ in 0..LIVES {
        // Whatever a worker is at then: between any two steps of claiming, reading, storing and reporting.
        let begun = witness.begun.load(Ordering::SeqCst) + below(&luck, 4);
        let mut waited = 0u64;
        while witness.begun.load(Ordering::SeqCst) < begun {
            waited += 1;
            if waited.is_multiple_of(20_000) {
                place.advance_seconds(1);
            }
            tokio::task::yield_now().await;
        }
        for _ in 0..below(&luck, 30_000) {
            tokio::task::yield_now().await;
        }
        let killed = usize::try_from(below(&luck, WORKERS as u64)).unwrap();
        workers[killed].abort();
        place.advance_seconds(if below(&luck, 3) == 0 { HOLD_OVER } else { 1 });
        workers[killed] = start(&engine, &witness);
    }
    for worker in &workers {
        worker.abort();
    }
    for worker in workers {
        assert!(worker.await.unwrap_err().is_cancelled(), "no worker ended by a defect");
    }
    // Whoever comes next finds the rest: what a killed worker's last write took is up again one hold later.
    let survivor = engine.worker().running_syncs(Arc::<Witness>::clone(&witness) as _);
    for _ in 0..10 {
        place.advance_seconds(HOLD_OVER);
        survivor.round().await.unwrap();
        put_back(&tenants).await;
        if settled(&tenants).await {
            break;
        }
    }
    assert_eq!(witness.twice.load(Ordering::SeqCst), 0, "twice at the same epoch");
    let ends = witness.ends.lock().unwrap().clone();
    for tenant in &tenants {
        let integrations = tenant.workspace.integrations().await.unwrap();
        assert_eq!(integrations.len(), REPOSITORIES);
        for integration in integrations {
            let job = integration.job.expect("none is lost");
            assert_eq!(
                job.state,
                JobState::Queued,
                "somebody holds it, or it was given up: {:?}",
                job.failed
            );
            assert!(job.succeeded.is_some() && ends[&integration.connection.id] > 0, "it was done");
        }
        assert_eq!(tenant.workspace.repositories().await.unwrap().len(), REPOSITORIES);
    }
    println!(
        "{LIVES} kills of {WORKERS} workers: {} syncs begun, {} ended",
        witness.begun.load(Ordering::SeqCst),
        ends.values().sum::<u64>()
    );
}
