//! A store in memory that checks what the driver promises, and fails on demand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use prodops_connectors::contract::{TipEntry, WalkPlan};
use prodops_connectors::driver::{SinkError, SyncBatch, SyncSink};
use prodops_core::fact::{
    CommitFact, CommitId, ContentKey, CoverageFact, Entity, Fact, PathKey, RepositoryFact, TipFile,
};
use prodops_core::id::RepositoryId;
use prodops_core::input::StreamName;
use tokio::sync::Notify;

/// A number for some bytes: no key is needed where nothing is kept.
pub(crate) fn number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(7, |sum: u64, byte| sum.wrapping_mul(31) ^ u64::from(*byte))
}

/// What is stored.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Stored {
    pub(crate) cursors: BTreeMap<StreamName, Vec<u8>>,
    pub(crate) commits: BTreeMap<CommitId, CommitFact>,
    pub(crate) repository: Option<RepositoryFact>,
    pub(crate) coverage: Option<CoverageFact>,
    /// Files at the head.
    pub(crate) files: BTreeMap<PathKey, TipFile>,
}

/// What was asked for, in order.
#[derive(Debug, Default, Clone)]
pub(crate) struct Asked {
    /// The commits of every stored batch.
    pub(crate) order: Vec<CommitId>,
    /// How many facts each stored batch had.
    pub(crate) batches: Vec<usize>,
    /// The files of every stored batch, by the number of their paths.
    pub(crate) files: Vec<u64>,
    /// Removals.
    pub(crate) retained: Vec<BTreeSet<CommitId>>,
}

/// What happens at the calls that are to go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Nothing is stored, and that is said.
    Refuse,
    /// It is stored, but the answer is lost.
    LoseAnswer,
    /// Nothing is stored, and no answer comes.
    HangBefore,
    /// It is stored, and no answer comes.
    HangAfter,
}

/// The store.
#[derive(Default)]
pub(crate) struct MemorySink {
    stored: Mutex<Stored>,
    asked: Mutex<Asked>,
    trouble: Mutex<Option<(u64, Trouble)>>,
    calls: AtomicU64,
    /// A call hangs.
    pub(crate) hanging: Notify,
}

impl MemorySink {
    pub(crate) fn stored(&self) -> MutexGuard<'_, Stored> {
        self.stored.lock().unwrap()
    }

    pub(crate) fn asked(&self) -> MutexGuard<'_, Asked> {
        self.asked.lock().unwrap()
    }

    /// From now on, the `n`th writing call goes wrong, once.
    pub(crate) fn upset(&self, n: u64, trouble: Trouble) {
        self.calls.store(0, Ordering::SeqCst);
        *self.trouble.lock().unwrap() = Some((n, trouble));
    }

    /// From now on, nothing goes wrong.
    pub(crate) fn calm(&self) {
        *self.trouble.lock().unwrap() = None;
    }

    /// How many writing calls there were since the last [`upset`](Self::upset).
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    fn trouble(&self) -> Option<Trouble> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        self.trouble.lock().unwrap().filter(|(n, _)| *n == call).map(|(_, trouble)| trouble)
    }

    /// Runs a write with whatever trouble is due.
    async fn write<T>(&self, write: impl FnOnce() -> Result<T, SinkError> + Send) -> Result<T, SinkError> {
        let trouble = self.trouble();
        let done = match trouble {
            Some(Trouble::Refuse) => return Err(SinkError::Store("refused".into())),
            Some(Trouble::HangBefore) => return self.hang().await,
            _ => write(),
        };
        match trouble {
            Some(Trouble::LoseAnswer) => Err(SinkError::Store("answer lost".into())),
            Some(Trouble::HangAfter) => self.hang().await,
            _ => done,
        }
    }

    async fn hang<T>(&self) -> T {
        self.hanging.notify_one();
        std::future::pending().await
    }

    fn put(&self, batch: SyncBatch) -> Result<(), SinkError> {
        let (mut stored, mut asked) = (self.stored(), self.asked());
        if stored.cursors.get(&batch.stream) != batch.expected_cursor.as_ref() {
            return Err(SinkError::Conflict);
        }
        asked.batches.push(batch.facts.len());
        stored.cursors.insert(batch.stream, batch.next_cursor);
        for fact in batch.facts {
            match fact {
                Fact::Commit(commit) => {
                    asked.order.push(commit.id);
                    stored.commits.insert(commit.id, commit);
                }
                Fact::TipFile(file) => {
                    asked.files.push(file.path.0);
                    stored.files.insert(file.path, file);
                }
                Fact::Repository(repository) => stored.repository = Some(repository),
                Fact::Coverage(coverage) if coverage.entity == Entity::TipFile => {}
                Fact::Coverage(coverage) => stored.coverage = Some(coverage),
                other => panic!("no test makes {other:?}"),
            }
        }
        Ok(())
    }
}

#[async_trait]
impl SyncSink for MemorySink {
    async fn begin_walk(&self, _plan: &WalkPlan) -> Result<(), SinkError> {
        Ok(())
    }

    async fn cursor(&self, stream: &StreamName) -> Result<Option<Vec<u8>>, SinkError> {
        Ok(self.stored().cursors.get(stream).cloned())
    }

    async fn commit(&self, batch: SyncBatch) -> Result<(), SinkError> {
        self.write(|| self.put(batch)).await
    }

    async fn retain_commits(
        &self,
        _repository: RepositoryId,
        keep: &BTreeSet<CommitId>,
    ) -> Result<u64, SinkError> {
        self.write(|| {
            self.asked().retained.push(keep.clone());
            let commits = &mut self.stored().commits;
            let before = commits.len();
            commits.retain(|id, _| keep.contains(id));
            Ok((before - commits.len()) as u64)
        })
        .await
    }

    async fn changed_files(
        &self,
        _repository: RepositoryId,
        files: &[TipEntry],
    ) -> Result<Vec<TipEntry>, SinkError> {
        let stored = &self.stored().files;
        let is_new = |file: &&TipEntry| {
            let known = stored.get(&PathKey(number(&file.path))).map(|file| file.content);
            known != Some(ContentKey(number(&file.revision())))
        };
        Ok(files.iter().filter(is_new).cloned().collect())
    }

    async fn retain_files(&self, _repository: RepositoryId, files: &[TipEntry]) -> Result<u64, SinkError> {
        let keep: BTreeSet<PathKey> = files.iter().map(|file| PathKey(number(&file.path))).collect();
        self.write(|| {
            let stored = &mut self.stored().files;
            let before = stored.len();
            stored.retain(|path, _| keep.contains(path));
            Ok((before - stored.len()) as u64)
        })
        .await
    }
}
