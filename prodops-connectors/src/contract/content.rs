//! Commits with their source bytes: the code passes, nothing of it is a fact.
//!
//! A [`ContentSource`] reads on threads of its own. Each thread takes a [`PassageWorker`] and hands every commit to it;
//! the worker derives the facts at once, on the same thread, and the source bytes are wiped there. Only facts leave the
//! thread, so no queue ever holds code.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use prodops_core::fact::{CommitEdits, CommitId, Fact, Gap};
use prodops_core::id::RepositoryId;
use prodops_core::source::{Change, Content, Transient};
use prodops_core::time::OffsetTimestamp;

use super::api::Api;
use super::cursor::CommitCursor;
use super::error::Result;
use super::passage::Channel;
use super::source::Window;
use super::tip::{TipContent, TipEntry, TipPassage};

/// Who wrote or committed, and when, as the commit says.
pub struct RawSignature {
    /// The name, bytes as git has them, mailmap applied.
    pub name: Vec<u8>,
    /// The address, bytes as git has them, mailmap applied.
    pub email: Vec<u8>,
    /// The time and the offset of the clock it was read on.
    pub time: OffsetTimestamp,
}

impl fmt::Debug for RawSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawSignature").field("time", &self.time).finish_non_exhaustive()
    }
}

/// What a commit says of itself.
#[derive(Debug)]
pub struct RawCommitHeader {
    /// Where.
    pub repository: RepositoryId,
    /// Which.
    pub id: CommitId,
    /// Its parents, first parent first.
    pub parents: Vec<CommitId>,
    /// Who wrote it.
    pub author: RawSignature,
    /// Who brought it in.
    pub committer: RawSignature,
    /// The message. People paste code into messages.
    pub message: Transient,
}

/// A file that differs from one parent or more.
#[derive(Debug)]
pub struct LineageFile {
    /// Its path, bytes as git has them.
    pub path: Vec<u8>,
    /// What it holds after the commit.
    pub new: Content,
    /// What it holds in each parent; `None` where that is the same as in the commit.
    pub old: Vec<Option<Content>>,
}

/// What a folder says of the files in it.
#[derive(Debug, Clone)]
pub struct AttributesFile {
    /// The folder, bytes as git has them; empty at the top.
    pub folder: Vec<u8>,
    /// The text of its `.gitattributes`.
    pub text: Arc<Transient>,
}

/// One commit on its way to classification. Not serialisable, not clonable, prints no text.
#[derive(Debug)]
pub struct CommitContent {
    /// What the commit says of itself.
    pub header: RawCommitHeader,
    /// The changed files against the first parent; empty for merges.
    pub changes: Vec<Change>,
    /// The parents that the walk knows: each once, and none where a shallow history ends.
    pub walked_parents: Vec<CommitId>,
    /// Of a merge the files in which it differs from one of these parents or more; else empty.
    pub merged: Vec<LineageFile>,
    /// What the folders of the changed files, and those above them, say of their files.
    pub attributes: Vec<AttributesFile>,
    /// What had to be passed over in it.
    pub gaps: Vec<(Gap, u64)>,
}

/// What a source is about to read: it decides this from the window and the state of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WalkPlan {
    /// Where the walk starts: `done` and `head` of the walk, and how many of its commits are stored already.
    pub from: CommitCursor,
    /// How many commits the walk has in all.
    pub total: u64,
    /// After a rewrite of history: every commit that is still part of it. What is not in here is removed once the walk
    /// is complete, never before.
    pub keep: Option<BTreeSet<CommitId>>,
    /// The repository that is walked.
    pub repository: RepositoryId,
    /// Of how many of the commits that are still to be read each commit is a parent.
    pub children: BTreeMap<CommitId, u32>,
}

/// Derives facts from commits. Implemented by the engine with `prodops-classify`.
pub trait Intake: Send + Sync {
    /// A worker for one thread, with scratch of its own.
    fn worker(&self) -> Box<dyn IntakeWorker>;
}

/// One thread's share of an [`Intake`].
pub trait IntakeWorker: Send {
    /// Derives the facts of one commit; its source bytes end here.
    fn derive(&mut self, content: CommitContent) -> Yield;

    /// Whether it reads the content of a file at a head, given what its folders say of it.
    fn wants(&mut self, _path: &[u8], _attributes: &[AttributesFile]) -> bool {
        false
    }

    /// Derives the fact of a file at a head; its source bytes end here. `None` where nothing is kept of such files.
    fn file(&mut self, _file: TipContent) -> Option<Fact> {
        None
    }
}

/// What came of one commit.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Yield {
    /// Its facts.
    pub facts: Vec<Fact>,
    /// What it does to lines; how old those are is told where commits come in order.
    pub edits: Option<CommitEdits>,
    /// What was passed over in it.
    pub gaps: Vec<(Gap, u64)>,
}

/// The way from a source to the driver.
#[derive(Clone)]
pub struct Passage {
    intake: Arc<dyn Intake>,
    channel: Channel,
}

impl Passage {
    pub(crate) fn new(intake: Arc<dyn Intake>, channel: Channel) -> Self {
        Self { intake, channel }
    }

    /// Tells what will be read; comes once, before any commit.
    ///
    /// # Errors
    /// [`Cancelled`](super::ConnectorError::Cancelled) when nobody listens any more.
    pub fn plan(&self, plan: WalkPlan) -> Result<()> {
        self.channel.plan(plan)
    }

    /// Stops the other readers: a place will never come, so nothing behind it can be stored. What lies before it still
    /// is.
    pub fn abandon(&self) {
        self.channel.abandon();
    }

    /// A worker for the calling thread.
    #[must_use]
    pub fn worker(&self) -> PassageWorker {
        PassageWorker { worker: self.intake.worker(), channel: self.channel.clone() }
    }
}

impl fmt::Debug for Passage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passage")
    }
}

/// One reading thread's end of a [`Passage`].
pub struct PassageWorker {
    worker: Box<dyn IntakeWorker>,
    channel: Channel,
}

impl PassageWorker {
    /// Derives the facts of the commit at this place of the walk and passes them on.
    ///
    /// Places may come in any order from several threads, each exactly once; a place far ahead of the others waits.
    ///
    /// # Errors
    /// [`Cancelled`](super::ConnectorError::Cancelled) when nobody listens any more.
    pub fn send(&mut self, position: u64, content: CommitContent) -> Result<()> {
        let derived = self.worker.derive(content);
        self.channel.put(position, derived)
    }

    /// Says that the commit at this place could not be read.
    ///
    /// # Errors
    /// [`Cancelled`](super::ConnectorError::Cancelled) when nobody listens any more.
    pub fn skip(&mut self, position: u64, gap: Gap) -> Result<()> {
        self.channel.put(position, Yield { gaps: vec![(gap, 1)], ..Yield::default() })
    }
}

impl Drop for PassageWorker {
    fn drop(&mut self) {
        // A reader that panics will never send its place: the others must not wait for it.
        if std::thread::panicking() {
            self.channel.abandon();
        }
    }
}

impl fmt::Debug for PassageWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PassageWorker")
    }
}

/// A stream of commits with their source bytes.
#[async_trait]
pub trait ContentSource: Send + Sync {
    /// Its name, unique within the connector: a slug.
    fn name(&self) -> &'static str;

    /// Makes a plan from the window, then sends every commit of it, reading on blocking threads of its own.
    ///
    /// # Errors
    /// As the provider or the data demand; what was sent before stays valid.
    async fn run(&self, api: &Api, window: Window<CommitCursor>, out: Passage) -> Result<()>;

    /// Reads single commits of a repository once more, for what is not kept of them, and hands each to a worker of `out`, in
    /// any order. Commits that are not there any more, and repositories of other streams, are left out; so is everything by a
    /// source that cannot go back.
    ///
    /// # Errors
    /// As the provider or the data demand.
    async fn read_again(
        &self,
        _api: &Api,
        _repository: RepositoryId,
        _commits: Vec<CommitId>,
        _out: Arc<dyn Intake>,
    ) -> Result<()> {
        Ok(())
    }

    /// The regular files of a repository at a head; `None` where the source cannot tell, or the commit is not there any more.
    ///
    /// # Errors
    /// As the provider or the data demand.
    async fn tip(
        &self,
        _api: &Api,
        _repository: RepositoryId,
        _head: CommitId,
    ) -> Result<Option<Vec<TipEntry>>> {
        Ok(None)
    }

    /// Reads files that [`tip`](Self::tip) told of and sends each to a worker of `out`, in any order, on blocking threads of its
    /// own.
    ///
    /// # Errors
    /// As the provider or the data demand; what was sent before stays valid.
    async fn read_tip(
        &self,
        _api: &Api,
        _repository: RepositoryId,
        _files: Vec<TipEntry>,
        _out: TipPassage,
    ) -> Result<()> {
        Ok(())
    }
}

/// Adds up gaps of the same kind.
pub fn add_gaps(total: &mut Vec<(Gap, u64)>, more: &[(Gap, u64)]) {
    for (gap, count) in more {
        match total.iter_mut().find(|(known, _)| known == gap) {
            Some((_, sum)) => *sum = sum.saturating_add(*count),
            None => total.push((*gap, *count)),
        }
    }
    total.sort_unstable_by_key(|(gap, _)| *gap);
}
