//! The files at a head with their source bytes: as with commits, the code passes, and only facts leave the reading threads.

use std::fmt;
use std::sync::Arc;

use prodops_core::fact::{CommitId, Fact};
use prodops_core::id::RepositoryId;
use prodops_core::source::Content;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::Sender;

use super::content::{AttributesFile, Intake, IntakeWorker};
use super::cursor::Cursor;
use super::error::{ConnectorError, Result};

/// The `.gitattributes` of a folder, by what the provider knows it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributesEntry {
    /// The folder, bytes as git has them; empty at the top.
    pub folder: Vec<u8>,
    /// What the provider knows its content by.
    pub object: Vec<u8>,
}

/// A regular file at a head, before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TipEntry {
    /// Its path, bytes as git has them.
    pub path: Vec<u8>,
    /// What the provider knows its content by: another content has another one.
    pub object: Vec<u8>,
    /// What its folders say of it, from the top.
    pub attributes: Arc<[AttributesEntry]>,
}

impl TipEntry {
    /// Bytes that are the same as long as its content and what its folders say of it are.
    #[must_use]
    pub fn revision(&self) -> Vec<u8> {
        let mut revision = self.object.clone();
        self.attributes.iter().for_each(|one| revision.extend_from_slice(&one.object));
        revision
    }
}

/// A file at a head on its way to its fingerprints. Not serialisable, not clonable, prints no text.
#[derive(Debug)]
pub struct TipContent {
    /// Of which repository.
    pub repository: RepositoryId,
    /// Which.
    pub entry: TipEntry,
    /// What its folders say of it, from the top.
    pub attributes: Vec<AttributesFile>,
    /// What it holds; absent when nobody wanted it.
    pub content: Content,
}

/// How far the stored files are at a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TipCursor {
    /// The head; `None` without a commit.
    pub head: Option<CommitId>,
    /// Whether they are all as they are there, or only some of them.
    pub complete: bool,
}

impl Cursor for TipCursor {
    // Another one has all files compared again, which it must when other things are kept of them.
    const VERSION: u16 = 1;
}

/// The way of files from a source to the driver.
#[derive(Clone)]
pub struct TipPassage {
    intake: Arc<dyn Intake>,
    facts: Sender<Fact>,
}

impl TipPassage {
    pub(crate) const fn new(intake: Arc<dyn Intake>, facts: Sender<Fact>) -> Self {
        Self { intake, facts }
    }

    /// A worker for the calling thread.
    #[must_use]
    pub fn worker(&self) -> TipWorker {
        TipWorker { worker: self.intake.worker(), facts: self.facts.clone() }
    }
}

impl fmt::Debug for TipPassage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TipPassage")
    }
}

/// One reading thread's end of a [`TipPassage`].
pub struct TipWorker {
    worker: Box<dyn IntakeWorker>,
    facts: Sender<Fact>,
}

impl TipWorker {
    /// Whether the content of a file has to be read, given what its folders say of it.
    pub fn wants(&mut self, path: &[u8], attributes: &[AttributesFile]) -> bool {
        self.worker.wants(path, attributes)
    }

    /// Derives the facts of a file and passes them on; waits while the driver is behind. Not for an executor's thread.
    ///
    /// # Errors
    /// [`Cancelled`](ConnectorError::Cancelled) when nobody listens any more.
    pub fn send(&mut self, file: TipContent) -> Result<()> {
        let Some(fact) = self.worker.file(file) else { return Ok(()) };
        self.facts.blocking_send(fact).map_err(|_| ConnectorError::Cancelled)
    }
}

impl fmt::Debug for TipWorker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TipWorker")
    }
}
