//! The ledger of deletions: a text outside the database, beside the keyring, that says what must stay deleted.
//!
//! A database that comes back from a backup comes back as it was then, with what was deleted since. The ledger is replayed
//! before it is opened, so that what was deleted stays deleted. It holds ids and times only.
//!
//! It has a first line that says what it is, then one line per entry with a MAC over the line and all before it,
//! under a key of the deployment. Lines are only ever added. A line that a kill cut off was never confirmed and is dropped by the
//! next one. Changed, exchanged and missing lines are found; lines cut off at the end are found by whoever knows how many there
//! were: every backup's manifest says so.
//!
//! Back it up with the keyring, or more often: the newest copy is always the right one.

mod entry;
mod place;
mod text;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_core::secret::Secret;

pub use entry::{LedgerEntry, LedgerEvent, LedgerHead, Standing};
pub use place::LedgerPlace;
use place::{FilePlace, MemoryPlace};
use text::Seal;

/// How often an entry is made anew when somebody else was faster.
const ATTEMPTS: u32 = 64;

/// The ledger cannot be used. Nothing is deleted or restored without it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// A line is not what was written.
    #[error(
        "line {line} of the deletion ledger {path} was changed, or its key is another one: put its newest copy back"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// It belongs to another environment, or is no ledger.
    #[error("{0} is no deletion ledger of this environment")]
    NotALedger(PathBuf),
    /// It cannot be read or written.
    #[error("the deletion ledger {path}: {reason}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
}

/// The ledger of one deployment. Cheap to clone; clones are the same ledger.
#[derive(Debug, Clone)]
pub struct Ledger {
    place: Arc<dyn LedgerPlace>,
    seal: Arc<Seal>,
}

impl Ledger {
    /// Where the ledger of a keyring in a file is: `facts.redb.keyring` has it in `facts.redb.keyring.deletions`.
    #[must_use]
    pub fn beside(keyring: &Path) -> PathBuf {
        crate::durable::companion(keyring, ".deletions")
    }

    /// The ledger in this file, which is made with the first entry.
    #[must_use]
    pub fn file(path: &Path, environment: Environment, key: Secret<[u8; 32]>) -> Self {
        Self::at(Arc::new(FilePlace::new(path)), environment, key)
    }

    /// A ledger that ends with the process, as the data that it is about.
    #[must_use]
    pub fn memory(environment: Environment, key: Secret<[u8; 32]>) -> Self {
        Self::at(Arc::new(MemoryPlace::default()), environment, key)
    }

    /// The ledger in a place that several processes may share.
    #[must_use]
    pub fn at(place: Arc<dyn LedgerPlace>, environment: Environment, key: Secret<[u8; 32]>) -> Self {
        Self { place, seal: Arc::new(Seal::new(environment, key)) }
    }

    /// Every entry, oldest first.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] when anything in it is not what was written.
    pub async fn entries(&self) -> Result<Vec<LedgerEntry>, LedgerError> {
        let text = self.place.read().await?;
        self.seal.read(&text, &self.place.name()).map(|(entries, _)| entries)
    }

    /// What holds for each subject now.
    ///
    /// # Errors
    /// As [`Ledger::entries`].
    pub async fn standing(&self) -> Result<Standing, LedgerError> {
        Ok(Standing::of(self.entries().await?))
    }

    /// Adds an entry; it is on the disk when this returns. Its number is the ledger's to give.
    ///
    /// # Errors
    /// As [`Ledger::entries`], and when it cannot be written.
    pub async fn append(&self, event: LedgerEvent) -> Result<LedgerHead, LedgerError> {
        for _ in 0..ATTEMPTS {
            let text = self.place.read().await?;
            let (lines, head) = self.addition(&text, &event)?;
            if self.place.append(&text, &lines).await? {
                return Ok(head);
            }
        }
        let reason = io::Error::other("others keep adding to it: try again");
        Err(LedgerError::Io { path: self.place.name(), reason })
    }

    /// The text that an entry adds: its line, after the first line where there is none yet.
    fn addition(&self, text: &str, event: &LedgerEvent) -> Result<(String, LedgerHead), LedgerError> {
        let (entries, chain) = self.seal.read(text, &self.place.name())?;
        let seq = entries.last().map_or(1, |last| last.seq.saturating_add(1));
        let (line, mac) = self.seal.line(&chain, seq, event);
        let first = if text.contains('\n') { String::new() } else { self.seal.first_line() };
        Ok((format!("{first}{line}"), LedgerHead { seq, mac }))
    }
}
