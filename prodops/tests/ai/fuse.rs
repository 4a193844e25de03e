//! Where a run dies: at a step of the journal or a request, before or after it took effect.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use prodops::ai::{BatchTag, DeletionJournal, JournalError, RemoteObjectKind, RemoteObjectRecord};
use tokio::sync::Notify;

/// Whether the step at which a run dies still takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Death {
    Before,
    After,
}

/// Counts steps, and tells one of them to be the last.
#[derive(Debug)]
pub(crate) struct Fuse {
    left: AtomicUsize,
    death: Death,
    burnt: Notify,
}

impl Fuse {
    /// Burns through at the step of this number.
    pub(crate) fn at(step: usize, death: Death) -> Arc<Self> {
        Arc::new(Self { left: AtomicUsize::new(step), death, burnt: Notify::new() })
    }

    /// Never does.
    pub(crate) fn never() -> Arc<Self> {
        Self::at(usize::MAX, Death::Before)
    }

    /// One step; how it dies when it is the last one.
    pub(crate) fn step(&self) -> Option<Death> {
        (self.left.fetch_sub(1, Ordering::SeqCst) == 0).then_some(self.death)
    }

    pub(crate) fn burn(&self) {
        self.burnt.notify_one();
    }

    pub(crate) async fn burnt(&self) {
        self.burnt.notified().await;
    }
}

/// A journal whose writes are steps.
#[derive(Debug)]
pub(crate) struct Fused {
    pub(crate) journal: Arc<dyn DeletionJournal>,
    pub(crate) fuse: Arc<Fuse>,
}

impl Fused {
    async fn step(&self, write: impl Future<Output = Result<(), JournalError>>) -> Result<(), JournalError> {
        match self.fuse.step() {
            None => write.await,
            Some(death) => {
                if death == Death::After {
                    write.await?;
                }
                self.fuse.burn();
                std::future::pending().await
            }
        }
    }
}

#[async_trait]
impl DeletionJournal for Fused {
    async fn write(&self, entry: &RemoteObjectRecord) -> Result<(), JournalError> {
        self.step(self.journal.write(entry)).await
    }

    async fn strike(&self, tag: &BatchTag, kind: RemoteObjectKind) -> Result<(), JournalError> {
        self.step(self.journal.strike(tag, kind)).await
    }

    async fn pending(&self) -> Result<Vec<RemoteObjectRecord>, JournalError> {
        self.journal.pending().await
    }
}
