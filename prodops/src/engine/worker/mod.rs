//! The background work of an engine: one loop over the queue of jobs, in one process of a deployment or in several.
//!
//! What every process must do for itself, such as forgetting keys and writing down what it counted, is no job: it is done
//! with each sign of life.

mod classify;
mod failure;
mod perform;
mod schedule;
mod sync;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prodops_core::id::WorkerId;
use prodops_core::time::Timestamp;
use prodops_store::contract::{Heartbeat, JobClaim, JobRecord, JobTask};
use tokio_util::sync::CancellationToken;

use super::entry::Engine;
use super::error::EngineError;
use perform::Running;
pub(super) use schedule::Wake;
pub use sync::RunSyncs;

/// How often a worker gives a sign of life, in seconds.
const HEARTBEAT: u32 = 30;
/// A worker that gave no sign of life for so long is forgotten, in seconds.
const FORGOTTEN: i64 = 24 * 3_600;
/// How long a job is held without a renewal, in seconds: what a worker that dies had in hand is up again after this.
const HOLD: i64 = 60;
/// How often a hold is renewed.
const RENEWAL: Duration = Duration::from_secs(20);
/// How long a worker with nothing to do waits before it looks again: other processes may have brought something.
const PAUSE: Duration = Duration::from_secs(2);
/// How many jobs a worker does at the same time, those apart that do nothing but wait for AI providers.
const AT_ONCE: usize = 4;
/// How many jobs of one workspace run at the same time in the whole deployment, so that others are not kept waiting.
const PER_WORKSPACE: u32 = 2;
/// How long jobs may take to come to a stop.
const GRACE: Duration = Duration::from_secs(10);

/// The background work of one engine. Run it in a task of its own, in one process of a deployment or in several.
///
/// It may be killed at any point: what it had in hand is up for others when its hold ends, and whoever was overtaken is
/// refused by the store.
#[derive(Clone)]
pub struct Worker {
    engine: Engine,
    syncs: Arc<dyn RunSyncs>,
}

impl Engine {
    /// The engine's background work.
    #[must_use]
    pub fn worker(&self) -> Worker {
        Worker { engine: self.clone(), syncs: Arc::new(sync::Unwatched) }
    }
}

impl Worker {
    /// Has its syncs run by the application, so that it can show how far they are.
    #[must_use]
    pub fn running_syncs(mut self, syncs: Arc<dyn RunSyncs>) -> Self {
        self.syncs = syncs;
        self
    }

    /// Works until it is told to stop; then what is in hand comes to an end or is handed back. What fails is logged and tried
    /// again.
    pub async fn run(self, cancel: &CancellationToken) {
        let Some(shift) = self.begin() else { return cancel.cancelled().await };
        let mut running = Running::default();
        let mut heartbeat = tokio::time::interval(Duration::from_secs(u64::from(HEARTBEAT)));
        // A sign of life before the first job: whoever sees that something is done sees that somebody works.
        heartbeat.tick().await;
        logged("a worker's own work", shift.tend().await);
        logged("what lies at AI providers", self.engine.hasten_sweep().await);
        loop {
            tokio::select! {
                () = cancel.cancelled() => break,
                _ = heartbeat.tick() => logged("a worker's own work", shift.tend().await),
                ended = running.next() => logged("a job", shift.settle(ended).await),
                () = self.engine.audit_due() => logged("the audit log", self.engine.hasten(None, JobTask::SequenceAudit).await),
                () = self.engine.jobs_due() => {}
                () = tokio::time::sleep(PAUSE) => {}
            }
            logged("the queue of jobs", shift.fill(&mut running, cancel).await);
        }
        if tokio::time::timeout(GRACE, shift.finish(&mut running)).await.is_err() {
            tracing::warn!(
                jobs = running.len(),
                "jobs did not stop in time: others take them when their holds end"
            );
        }
        drop(running);
        logged("a worker's end", shift.end().await);
    }

    /// Does everything that is due now, one after another, and comes back: for programs that call it from time to time instead
    /// of running a worker.
    ///
    /// # Errors
    /// When the store or the keyring fails; what was done before stays done. A job that fails is no error: it is in the queue.
    pub async fn round(&self) -> Result<(), EngineError> {
        let Some(shift) = self.begin() else { return Ok(()) };
        shift.tend().await?;
        while let Some(job) = shift.claim().await? {
            shift.perform(job, CancellationToken::new()).await;
        }
        Ok(())
    }

    /// `None` without access to keys or random bytes: there is nothing that it could do.
    fn begin(&self) -> Option<Shift> {
        let parts = self.engine.parts();
        if parts.keyring().is_err() {
            return None;
        }
        match WorkerId::generate(parts.clock.as_ref(), parts.entropy.as_ref()) {
            Ok(id) => Some(Shift { worker: self.clone(), id, started: parts.clock.now() }),
            Err(error) => {
                tracing::error!(%error, "background work cannot begin");
                None
            }
        }
    }
}

/// One worker from its start to its end, by the id that it holds jobs under.
#[derive(Clone)]
struct Shift {
    worker: Worker,
    id: WorkerId,
    started: Timestamp,
}

impl Shift {
    const fn engine(&self) -> &Engine {
        &self.worker.engine
    }

    /// Gives a sign of life, and does what every process must do for itself.
    async fn tend(&self) -> Result<(), EngineError> {
        let parts = self.engine().parts();
        parts.keyring()?.sweep();
        // First of all: whoever asks whether somebody works must not be told of a failure further down.
        let now = parts.clock.now();
        let heartbeat = Heartbeat { worker: self.id, started: self.started, at: now, every: HEARTBEAT };
        let capability = parts.authority.control();
        parts.store.jobs(&capability)?.beat(&heartbeat, now.plus_seconds(-FORGOTTEN)).await?;
        self.engine().write_permit_counts().await?;
        self.engine().plan_upkeep().await
    }

    async fn claim(&self) -> Result<Option<JobRecord>, EngineError> {
        let parts = self.engine().parts();
        let now = parts.clock.now();
        let claim =
            JobClaim { worker: self.id, now, expires: now.plus_seconds(HOLD), per_workspace: PER_WORKSPACE };
        let capability = parts.authority.control();
        Ok(parts.store.jobs(&capability)?.claim(&claim).await?)
    }

    /// Takes jobs for as long as there is room.
    async fn fill(&self, running: &mut Running, cancel: &CancellationToken) -> Result<(), EngineError> {
        while running.busy() < AT_ONCE && !cancel.is_cancelled() {
            let Some(job) = self.claim().await? else { break };
            let (shift, cancel) = (self.clone(), cancel.child_token());
            running.begin(job.clone(), async move { shift.perform(job, cancel).await });
        }
        Ok(())
    }

    /// Waits for everything in hand; it was told to stop.
    async fn finish(&self, running: &mut Running) {
        while running.len() > 0 {
            logged("a job", self.settle(running.next().await).await);
        }
    }

    /// What came in since the last sign of life would wait, or in the case of counters be lost.
    async fn end(&self) -> Result<(), EngineError> {
        let upkeep = self.engine().audit_upkeep().await;
        let parts = self.engine().parts();
        let capability = parts.authority.control();
        parts.store.jobs(&capability)?.forget_worker(self.id).await?;
        upkeep.map(drop)
    }
}

fn logged(what: &'static str, outcome: Result<(), EngineError>) {
    if let Err(error) = outcome {
        tracing::warn!(%error, what, "background work");
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("engine", &self.engine).finish_non_exhaustive()
    }
}
