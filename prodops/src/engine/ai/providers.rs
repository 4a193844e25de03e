//! The AI providers of a deployment, and what runs at them now.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use prodops_core::id::WorkspaceId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::super::builder::{BuildError, EngineBuilder};
use super::super::entry::Engine;
use super::super::error::EngineError;
use crate::ai::{
    BatchDriver, ClassificationProvider, Pace, Pause, ProviderEntry, RunProgress, Stage, StoredJournal,
    TokioPause,
};

/// Runs of one process at the same time. They do little but wait, and take no place from other jobs.
const RUNS: usize = 16;

/// How far a run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AiProgress {
    /// What it is doing.
    pub stage: Stage,
    /// Commits that are answered.
    pub done: u64,
    /// Commits that were sent.
    pub total: u64,
}

/// The AI providers of a deployment, and what runs at them in this process.
pub(in super::super) struct AiProviders {
    providers: Vec<Arc<dyn ClassificationProvider>>,
    pub(super) pause: Arc<dyn Pause>,
    pace: Pace,
    places: Arc<Semaphore>,
    running: Mutex<BTreeMap<WorkspaceId, AiProgress>>,
}

impl Default for AiProviders {
    fn default() -> Self {
        Self {
            providers: Vec::new(),
            pause: Arc::new(TokioPause),
            pace: Pace::default(),
            places: Arc::new(Semaphore::new(RUNS)),
            running: Mutex::default(),
        }
    }
}

impl EngineBuilder {
    /// Offers an AI provider. Every workspace decides for itself whether it is asked anything; none is unless it chose one.
    pub fn ai_provider(mut self, provider: Arc<dyn ClassificationProvider>) -> Self {
        self.ai.providers.push(provider);
        self
    }

    /// How AI providers are waited for; once a minute for up to 25 hours unless said otherwise.
    pub fn ai_pace(mut self, pace: Pace, pause: Arc<dyn Pause>) -> Self {
        (self.ai.pace, self.ai.pause) = (pace, pause);
        self
    }
}

impl AiProviders {
    pub(in super::super) fn check_names(&self) -> Result<(), BuildError> {
        let mut names: Vec<&str> = self.entries().map(|entry| entry.name.as_str()).collect();
        names.sort_unstable();
        match names.iter().zip(names.iter().skip(1)).find(|(one, two)| one == two) {
            Some((name, _)) => Err(BuildError::DuplicateProvider((*name).to_owned())),
            None => Ok(()),
        }
    }

    pub(in super::super) fn is_empty(&self) -> bool {
        self.providers.is_empty()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &ProviderEntry> {
        self.providers.iter().map(|provider| provider.entry())
    }

    pub(super) fn all(&self) -> &[Arc<dyn ClassificationProvider>] {
        &self.providers
    }

    pub(super) fn of(&self, name: &str) -> Result<&Arc<dyn ClassificationProvider>, EngineError> {
        let found = self.providers.iter().find(|provider| provider.entry().name == name);
        found.ok_or_else(|| EngineError::UnknownProvider {
            offered: self.entries().map(|entry| entry.name.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    /// A place for a run; `None` while all are taken.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    pub(super) fn progress_of(&self, workspace: WorkspaceId) -> Option<AiProgress> {
        self.with_running(|running| running.get(&workspace).copied())
    }

    fn with_running<R>(&self, work: impl FnOnce(&mut BTreeMap<WorkspaceId, AiProgress>) -> R) -> R {
        work(&mut self.running.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Engine {
    /// What there is to know of the AI providers that this engine offers.
    pub fn ai_providers(&self) -> impl Iterator<Item = &ProviderEntry> {
        self.parts().ai.entries()
    }

    pub(super) fn ai_driver(
        &self,
        provider: &Arc<dyn ClassificationProvider>,
        stop: CancellationToken,
    ) -> BatchDriver {
        let parts = self.parts();
        let (clock, entropy) = (Arc::clone(&parts.clock), Arc::clone(&parts.entropy));
        let journal = Arc::new(StoredJournal::of(self.clone()));
        BatchDriver::new(Arc::clone(provider), journal, clock, entropy, Arc::clone(&parts.ai.pause))
            .at_pace(parts.ai.pace)
            .until(stop)
    }
}

/// Shows how far the run of a workspace is, for as long as it lives.
pub(super) struct Shown<'e> {
    pub(super) providers: &'e AiProviders,
    pub(super) workspace: WorkspaceId,
}

impl RunProgress for Shown<'_> {
    fn moved(&self, stage: Stage, done: u64, total: u64) {
        self.providers.with_running(|running| {
            running.insert(self.workspace, AiProgress { stage, done, total });
        });
    }
}

impl Drop for Shown<'_> {
    fn drop(&mut self) {
        self.providers.with_running(|running| running.remove(&self.workspace));
    }
}
