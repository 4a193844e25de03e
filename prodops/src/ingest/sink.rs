//! Stores what a sync yields, as the system principal that holds the connection's lease.

use std::collections::{BTreeSet, HashMap, HashSet};

use async_trait::async_trait;
use prodops_classify::TipKeys;
use prodops_connectors::contract::{TipEntry, WalkPlan};
use prodops_connectors::driver::{SinkError, SyncBatch, SyncSink, WalkPart};
use prodops_core::fact::{
    CommitEdits, CommitId, CommitLines, ContentKey, CountState, Fact, LineEntry, PathKey, TipFile,
};
use prodops_core::id::RepositoryId;
use prodops_core::input::StreamName;
use prodops_core::tenancy::JobLease;
use prodops_policy::{IngestFacts, Permit};
use prodops_store::StoreError;
use prodops_store::contract::IngestBatch;
use tokio::sync::Mutex;

use super::lines::LineWalk;
use crate::engine::Guarded;

/// One connection's way into the store for as long as its lease holds.
pub(crate) struct LeasedSink<'a> {
    pub(crate) guarded: Guarded<'a>,
    pub(crate) permit: Permit<IngestFacts>,
    pub(crate) lease: &'a JobLease,
    /// The lines of the history that is walked.
    pub(crate) lines: Mutex<Option<LineWalk>>,
    /// What files at the head are known by.
    pub(crate) tip: TipKeys,
}

/// So many entries of a log are read at once; each is at most some hundred commits.
const LOG_PAGE: usize = 64;

/// So many files at a head are looked at together.
const FILE_PAGE: usize = 1_000;

impl LeasedSink<'_> {
    /// What is stored of the history that the walk goes on from: what its commits do to lines.
    async fn stored_lines(&self, plan: &WalkPlan) -> Result<Vec<CommitLines>, StoreError> {
        let here = (plan.from.walk, plan.from.position);
        let (mut lines, mut after) = (Vec::new(), None);
        // A history that is read from its beginning has nothing before it.
        while plan.from.done.is_some() || plan.from.position > 0 {
            let page = self.guarded.line_edits(&self.permit, plan.repository, after, LOG_PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some((last.walk, last.place));
            for entry in page.into_iter().filter(|entry| (entry.walk, entry.place) < here) {
                if let LineEntry::Edits { begins, commits } = entry.entry {
                    if begins {
                        lines.clear();
                    }
                    lines.extend(commits);
                }
            }
        }
        Ok(lines)
    }

    /// What the stored files of a repository hold. One that could not be read is as good as none.
    async fn stored_files(
        &self,
        repository: RepositoryId,
    ) -> Result<HashMap<PathKey, ContentKey>, StoreError> {
        let (mut stored, mut after) = (HashMap::new(), None);
        loop {
            let page = self.guarded.known_files(&self.permit, repository, after, FILE_PAGE).await?;
            let Some(last) = page.last() else { return Ok(stored) };
            after = Some(last.path);
            let read = page.iter().filter(|file| file.counted != CountState::Unreadable);
            stored.extend(read.map(|file: &TipFile| (file.path, file.content)));
        }
    }

    /// Completes facts with what the lines tell that came before them.
    async fn complete(
        &self,
        part: WalkPart,
        edits: Vec<CommitEdits>,
        mut facts: Vec<Fact>,
    ) -> Result<Vec<Fact>, SinkError> {
        let mut lines = self.lines.lock().await;
        let Some(mut walk) = lines.take() else { return Ok(facts) };
        let worked = tokio::task::spawn_blocking(move || {
            walk.add(&part, edits, &mut facts);
            (walk, facts)
        });
        let (walk, facts) = worked.await.map_err(|error| SinkError::Store(Box::new(error)))?;
        *lines = Some(walk);
        Ok(facts)
    }
}

#[async_trait]
impl SyncSink for LeasedSink<'_> {
    async fn cursor(&self, stream: &StreamName) -> Result<Option<Vec<u8>>, SinkError> {
        self.guarded.cursor(&self.permit, self.lease.connection(), stream).await.map_err(sink_error)
    }

    async fn begin_walk(&self, plan: &WalkPlan) -> Result<(), SinkError> {
        let mut lines = self.lines.lock().await;
        *lines = None;
        if plan.total > 0 {
            let stored = self.stored_lines(plan).await.map_err(sink_error)?;
            let plan = plan.clone();
            let begun = tokio::task::spawn_blocking(move || LineWalk::begin(&plan, &stored));
            *lines = Some(begun.await.map_err(|error| SinkError::Store(Box::new(error)))?);
        }
        Ok(())
    }

    async fn commit(&self, batch: SyncBatch) -> Result<(), SinkError> {
        let facts = match batch.part {
            Some(part) => self.complete(part, batch.edits, batch.facts).await?,
            None => batch.facts,
        };
        let batch = IngestBatch {
            connection: self.lease.connection(),
            stream: batch.stream,
            epoch: self.lease.epoch(),
            expected_cursor: batch.expected_cursor,
            next_cursor: batch.next_cursor,
            facts: without_repeats(facts),
        };
        self.guarded.ingest(&self.permit, batch).await.map(|_| ()).map_err(sink_error)
    }

    async fn retain_commits(
        &self,
        repository: RepositoryId,
        keep: &BTreeSet<CommitId>,
    ) -> Result<u64, SinkError> {
        let (connection, epoch) = (self.lease.connection(), self.lease.epoch());
        self.guarded
            .retain_commits(&self.permit, connection, repository, epoch, keep)
            .await
            .map_err(sink_error)
    }

    async fn changed_files(
        &self,
        repository: RepositoryId,
        files: &[TipEntry],
    ) -> Result<Vec<TipEntry>, SinkError> {
        let stored = self.stored_files(repository).await.map_err(sink_error)?;
        let changed = |file: &&TipEntry| {
            stored.get(&self.tip.path(&file.path)) != Some(&self.tip.content(&file.revision()))
        };
        Ok(files.iter().filter(changed).cloned().collect())
    }

    async fn retain_files(&self, repository: RepositoryId, files: &[TipEntry]) -> Result<u64, SinkError> {
        let (connection, epoch) = (self.lease.connection(), self.lease.epoch());
        let keep: BTreeSet<PathKey> = files.iter().map(|file| self.tip.path(&file.path)).collect();
        self.guarded
            .retain_tip_files(&self.permit, connection, repository, epoch, &keep)
            .await
            .map_err(sink_error)
    }
}

/// Every commit brings its people along: within a batch the same statement about a person is kept once.
fn without_repeats(facts: Vec<Fact>) -> Vec<Fact> {
    let mut seen = HashSet::new();
    let mut kept: Vec<Fact> = facts
        .into_iter()
        .rev()
        .filter(|fact| match fact {
            // From the newest back: the latest name is the one that stays, and a nameless mention hides no name.
            Fact::Person(person) => seen.insert((person.id, person.name.is_some())),
            _ => true,
        })
        .collect();
    kept.reverse();
    kept
}

fn sink_error(error: StoreError) -> SinkError {
    match error {
        StoreError::Conflict { .. } => SinkError::Conflict,
        other => SinkError::Store(Box::new(other)),
    }
}
