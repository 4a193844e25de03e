//! Brings the stored files of a repository to its head, after its commits.
//!
//! What is stored is compared with what the head has; what differs is read and stored in batches, then what is gone is removed,
//! and at last the cursor says that it is complete. Whoever is killed before leaves rows that the next sync finds to be right or
//! not. Rows speak of the head alone: a rewritten history needs nothing else.

use prodops_core::fact::{CommitId, CoverageFact, Entity, Fact};
use prodops_core::id::RepositoryId;
use prodops_core::input::StreamName;
use tokio::sync::mpsc::{self, Receiver};

use super::content::join_failing_early;
use super::port::SyncBatch;
use super::sync::{SyncDriver, SyncError, SyncSummary};
use crate::contract::{
    Api, ConnectorError, ContentSource, TipCursor, TipEntry, TipPassage, decode_cursor, encode_cursor,
};

/// So many files may wait between the readers and the store.
const WAITING: usize = 256;
/// So many files are stored together,
const BATCH: usize = 2_048;
/// or so many bytes of grams.
const BATCH_BYTES: usize = 4 << 20;

/// One repository's files.
pub(super) struct Tip<'a> {
    pub(super) driver: &'a SyncDriver<'a>,
    pub(super) source: &'a dyn ContentSource,
    pub(super) api: &'a Api,
    pub(super) repository: RepositoryId,
    /// The head whose commits are stored.
    pub(super) head: Option<CommitId>,
}

impl Tip<'_> {
    /// Stores the files of the head, unless they are, and states that; does nothing for a source that cannot tell them.
    pub(super) async fn update(&self, summary: &mut SyncSummary) -> Result<(), SyncError> {
        let stream = StreamName::new(&format!("{}-tip", self.source.name()))
            .map_err(|_| ConnectorError::Bug { what: "a stream's name is no slug" })?;
        let (stored, began) = (self.driver.sink.cursor(&stream).await?, self.driver.clock.now());
        let there = stored.as_deref().and_then(|bytes| decode_cursor(bytes).ok());
        let mut at = At { stream, stored };
        let done = TipCursor { head: self.head, complete: true };
        if there != Some(done) && !self.bring(&mut at, summary).await? {
            return Ok(());
        }
        let coverage = CoverageFact {
            connection: self.api.connection(),
            repository: self.repository,
            entity: Entity::TipFile,
            from: None,
            to: began,
            gaps: Vec::new(),
        };
        self.commit(&mut at, done, vec![Fact::Coverage(coverage)], summary).await
    }

    /// Brings the rows to the head; `false` when the source cannot tell what is there.
    async fn bring(&self, at: &mut At, summary: &mut SyncSummary) -> Result<bool, SyncError> {
        let files = match self.head {
            Some(head) => self.source.tip(self.api, self.repository, head).await?,
            None => Some(Vec::new()),
        };
        let Some(files) = files else { return Ok(false) };
        let changed = self.driver.sink.changed_files(self.repository, &files).await?;
        if !changed.is_empty() {
            self.read(changed, at, summary).await?;
        }
        self.driver.sink.retain_files(self.repository, &files).await?;
        Ok(true)
    }

    async fn read(
        &self,
        files: Vec<TipEntry>,
        at: &mut At,
        summary: &mut SyncSummary,
    ) -> Result<(), SyncError> {
        let (sender, receiver) = mpsc::channel(WAITING);
        let passage = TipPassage::new(std::sync::Arc::clone(&self.driver.intake), sender);
        let reading = self.source.read_tip(self.api, self.repository, files, passage);
        let (read, stored) = join_failing_early(reading, self.store(receiver, at, summary)).await;
        stored?;
        Ok(read?)
    }

    /// Stores what comes until the readers are gone.
    async fn store(
        &self,
        mut receiver: Receiver<Fact>,
        at: &mut At,
        summary: &mut SyncSummary,
    ) -> Result<(), SyncError> {
        let under_way = TipCursor { head: self.head, complete: false };
        let (mut facts, mut bytes) = (Vec::new(), 0);
        while let Some(fact) = receiver.recv().await {
            bytes += match &fact {
                Fact::TipFile(file) => file.grams.bytes(),
                _ => 0,
            };
            facts.push(fact);
            if facts.len() >= BATCH || bytes >= BATCH_BYTES {
                self.commit(at, under_way, std::mem::take(&mut facts), summary).await?;
                bytes = 0;
            }
        }
        if facts.is_empty() { Ok(()) } else { self.commit(at, under_way, facts, summary).await }
    }

    async fn commit(
        &self,
        at: &mut At,
        reached: TipCursor,
        facts: Vec<Fact>,
        summary: &mut SyncSummary,
    ) -> Result<(), SyncError> {
        summary.facts += facts.len() as u64;
        let next =
            encode_cursor(&reached).map_err(|_| ConnectorError::Bug { what: "a cursor cannot be stored" })?;
        let batch = SyncBatch {
            stream: at.stream.clone(),
            expected_cursor: at.stored.clone(),
            next_cursor: next.clone(),
            facts,
            edits: Vec::new(),
            part: None,
        };
        self.driver.sink.commit(batch).await?;
        at.stored = Some(next);
        Ok(())
    }
}

/// The stream of files, and the cursor that is stored of it.
struct At {
    stream: StreamName,
    stored: Option<Vec<u8>>,
}
