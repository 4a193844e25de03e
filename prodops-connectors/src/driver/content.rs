//! Drains a stream of commits: batches in the order of the walk, each stored together with the place it reaches.
//!
//! A walk ends with a closing batch that moves `done` to its head and states the coverage. Between the last commits and
//! the closing batch lies the removal of commits that a rewrite took out of history, so that a kill at any point leaves
//! either the old history or the new one plus leftovers that the next sync removes.

use prodops_core::fact::{CommitEdits, CoverageFact, Entity, Fact};
use prodops_core::id::RepositoryId;
use prodops_core::input::StreamName;
use prodops_core::time::Timestamp;

use super::port::{SyncBatch, WalkPart};
use super::sync::{SyncDriver, SyncError, SyncSummary, stream_name};
use super::tip::Tip;
use crate::contract::passage::{Collector, Next};
use crate::contract::{
    Api, CommitCursor, ConnectorError, ContentSource, Passage, ProgressEvent, WalkPlan, Window, Yield,
    add_gaps, decode_cursor, encode_cursor,
};

/// The first batch is of this size, so that a dashboard has something to show at once; a later one is no smaller, so that
/// a quick store does not take each commit by itself.
const FIRST_BATCH: usize = 64;
/// Later batches are as large as one transaction is good for.
const BATCH: usize = 512;

pub(super) async fn drain(
    driver: &SyncDriver<'_>,
    source: &dyn ContentSource,
    api: &Api,
    summary: &mut SyncSummary,
) -> Result<(), SyncError> {
    let mut walk = Walk::resume(driver, source, api).await?;
    // A walk that was interrupted is finished first; what was pushed meanwhile is read by the walk after it.
    while walk.once(source, summary).await? {
        api.proceed()?;
    }
    let head = walk.cursor.as_ref().and_then(|cursor| cursor.done);
    match walk.repository {
        Some(repository) => Tip { driver, source, api, repository, head }.update(summary).await,
        None => Ok(()),
    }
}

struct Walk<'a> {
    driver: &'a SyncDriver<'a>,
    api: &'a Api,
    stream: StreamName,
    began: Timestamp,
    stored: Option<Vec<u8>>,
    cursor: Option<CommitCursor>,
    /// The repository that is walked.
    repository: Option<RepositoryId>,
}

impl<'a> Walk<'a> {
    async fn resume(
        driver: &'a SyncDriver<'a>,
        source: &dyn ContentSource,
        api: &'a Api,
    ) -> Result<Self, SyncError> {
        let stream = stream_name(source.name())?;
        let stored = driver.sink.cursor(&stream).await?;
        let unreadable = |_| ConnectorError::Cursor { stream: source.name() };
        let cursor = stored.as_deref().map(decode_cursor::<CommitCursor>).transpose().map_err(unreadable)?;
        Ok(Self { driver, api, stream, began: driver.clock.now(), stored, cursor, repository: None })
    }

    /// Runs one walk and says whether another may follow.
    async fn once(
        &mut self,
        source: &dyn ContentSource,
        summary: &mut SyncSummary,
    ) -> Result<bool, SyncError> {
        self.began = self.driver.clock.now();
        let (channel, collector) = Collector::channel();
        let passage = Passage::new(std::sync::Arc::clone(&self.driver.intake), channel);
        let reading = source.run(self.api, Window { since: self.cursor.clone() }, passage);
        let storing = self.store(source.name(), collector, summary);
        // Whichever fails first ends both: dropping the collector stops the readers, dropping the passage the storing.
        let (read, stored) = join_failing_early(reading, storing).await;
        let plan = stored?;
        read?;
        let Some(plan) = plan else { return Err(ConnectorError::Bug { what: "a walk had no plan" }.into()) };
        let more = plan.total > 0;
        self.close(plan, summary).await?;
        Ok(more)
    }

    /// Stores what comes until the readers are gone. `None` when there was nothing to read.
    async fn store(
        &mut self,
        name: &'static str,
        collector: Collector,
        summary: &mut SyncSummary,
    ) -> Result<Option<WalkPlan>, SyncError> {
        let mut plan: Option<Box<WalkPlan>> = None;
        let mut most = FIRST_BATCH;
        loop {
            match collector.next(FIRST_BATCH as u64, most).await {
                Next::Plan(announced) => {
                    self.driver.sink.begin_walk(&announced).await?;
                    self.cursor = Some(announced.from.clone());
                    self.repository = Some(announced.repository);
                    plan = Some(announced);
                }
                Next::Commits(commits) => {
                    let Some(plan) = &plan else {
                        return Err(ConnectorError::Bug { what: "commits came before the plan" }.into());
                    };
                    self.batch(plan, commits, summary).await?;
                    let done = self.cursor.as_ref().map_or(0, |cursor| cursor.position);
                    self.driver.progress.report(ProgressEvent {
                        stream: name,
                        done,
                        estimate: Some(plan.total),
                    });
                    most = BATCH;
                }
                Next::End => return Ok(plan.map(|plan| *plan)),
            }
        }
    }

    async fn batch(
        &mut self,
        plan: &WalkPlan,
        commits: Vec<Yield>,
        summary: &mut SyncSummary,
    ) -> Result<(), SyncError> {
        let mut cursor = self.cursor.clone().unwrap_or_else(|| plan.from.clone());
        let count = commits.len() as u64;
        let part = part(plan, &cursor, false);
        let (mut facts, mut edits) =
            (Vec::with_capacity(commits.len() * 2), Vec::with_capacity(commits.len()));
        for derived in commits {
            facts.extend(derived.facts);
            edits.extend(derived.edits);
            add_gaps(&mut cursor.gaps, &derived.gaps);
        }
        cursor.position += count;
        summary.commits += count;
        self.commit(cursor, (facts, edits, part), summary).await
    }

    /// Removes what a rewrite took out, then states that the walk is complete and what it covers.
    async fn close(&mut self, plan: WalkPlan, summary: &mut SyncSummary) -> Result<(), SyncError> {
        let Some(mut cursor) = self.cursor.clone() else { return Ok(()) };
        if cursor.position != plan.total {
            return Err(ConnectorError::Bug { what: "a walk ended before its last commit" }.into());
        }
        if let Some(keep) = &plan.keep {
            summary.pruned += self.driver.sink.retain_commits(plan.repository, keep).await?;
        }
        let part = part(&plan, &cursor, plan.total > 0);
        cursor = CommitCursor { done: cursor.head, position: 0, walk: cursor.walk + 1, ..cursor };
        let coverage = CoverageFact {
            connection: self.api.connection(),
            repository: plan.repository,
            entity: Entity::Commit,
            from: None,
            to: self.began,
            gaps: cursor.gaps.clone(),
        };
        self.commit(cursor, (vec![Fact::Coverage(coverage)], Vec::new(), part), summary).await
    }

    async fn commit(
        &mut self,
        cursor: CommitCursor,
        (facts, edits, part): (Vec<Fact>, Vec<CommitEdits>, WalkPart),
        summary: &mut SyncSummary,
    ) -> Result<(), SyncError> {
        let next =
            encode_cursor(&cursor).map_err(|_| ConnectorError::Bug { what: "a cursor cannot be stored" })?;
        summary.facts += facts.len() as u64;
        let batch = SyncBatch {
            stream: self.stream.clone(),
            expected_cursor: self.stored.clone(),
            next_cursor: next.clone(),
            facts,
            edits,
            part: Some(part),
        };
        self.driver.sink.commit(batch).await?;
        self.stored = Some(next);
        self.cursor = Some(cursor);
        Ok(())
    }
}

/// Where the next batch of a walk lies.
const fn part(plan: &WalkPlan, cursor: &CommitCursor, last: bool) -> WalkPart {
    let whole = cursor.done.is_none();
    WalkPart { repository: plan.repository, walk: cursor.walk, place: cursor.position, whole, last }
}

/// Runs both to the end. When storing fails, reading is dropped at once.
pub(super) async fn join_failing_early<R, S, T, E>(reading: R, storing: S) -> (R::Output, Result<T, E>)
where
    R: Future<Output = Result<(), ConnectorError>>,
    S: Future<Output = Result<T, E>>,
{
    let mut reading = std::pin::pin!(reading);
    let mut storing = std::pin::pin!(storing);
    let read = tokio::select! {
        biased;
        stored = &mut storing => {
            // Storing ends by itself only when the readers are gone; else it failed, and reading must not go on.
            let read = if stored.is_ok() { reading.await } else { Err(ConnectorError::Cancelled) };
            return (read, stored);
        }
        read = &mut reading => read,
    };
    (read, storing.await)
}
