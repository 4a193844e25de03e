//! The ledger of deletions: a file outside the database, beside the keyring, that says what must stay deleted.
//!
//! A database that comes back from a backup comes back as it was then, with what was deleted since. The ledger is replayed
//! before it is opened, so that what was deleted stays deleted. It holds ids and times only.
//!
//! The file is text: a first line that says what it is, then one line per entry with a MAC over the line and all before it,
//! under a key of the deployment. Lines are only ever added. A line that a kill cut off was never confirmed and is dropped by the
//! next one. Changed, exchanged and missing lines are found; lines cut off at the end are found by whoever knows how many there
//! were: every backup's manifest says so.
//!
//! Back it up with the keyring, or more often: the newest copy is always the right one.

mod entry;
mod text;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use prodops_core::environment::Environment;
use prodops_core::secret::Secret;

use crate::durable;

pub use entry::{LedgerEntry, LedgerEvent, LedgerHead, Standing};
use text::Seal;

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
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    place: Place,
    seal: Seal,
}

#[derive(Debug)]
enum Place {
    File(PathBuf),
    Memory(Mutex<String>),
}

impl Ledger {
    /// The ledger in this file, which is made with the first entry.
    #[must_use]
    pub fn file(path: &Path, environment: Environment, key: Secret<[u8; 32]>) -> Self {
        Self::at(Place::File(path.to_owned()), environment, key)
    }

    /// A ledger that ends with the process, as the data that it is about.
    #[must_use]
    pub fn memory(environment: Environment, key: Secret<[u8; 32]>) -> Self {
        Self::at(Place::Memory(Mutex::default()), environment, key)
    }

    fn at(place: Place, environment: Environment, key: Secret<[u8; 32]>) -> Self {
        Self { inner: Arc::new(Inner { place, seal: Seal::new(environment, key) }) }
    }

    /// Every entry, oldest first.
    ///
    /// # Errors
    /// [`LedgerError::Damaged`] when anything in it is not what was written.
    pub async fn entries(&self) -> Result<Vec<LedgerEntry>, LedgerError> {
        let inner = Arc::clone(&self.inner);
        inner.blocking(|inner| inner.entries()).await
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
        let inner = Arc::clone(&self.inner);
        inner.blocking(move |inner| inner.append(&event)).await
    }
}

impl Inner {
    async fn blocking<T: Send + 'static>(
        self: Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let path = self.path().to_owned();
        // It runs to its end also when the caller goes away.
        let done = tokio::task::spawn_blocking(move || work(&self)).await;
        done.unwrap_or_else(|stopped| Err(LedgerError::Io { path, reason: io::Error::other(stopped) }))
    }

    fn path(&self) -> &Path {
        match &self.place {
            Place::File(path) => path,
            Place::Memory(_) => Path::new("in memory"),
        }
    }

    fn failed(&self) -> impl Fn(io::Error) -> LedgerError {
        |reason| LedgerError::Io { path: self.path().to_owned(), reason }
    }

    fn entries(&self) -> Result<Vec<LedgerEntry>, LedgerError> {
        let text = match &self.place {
            Place::Memory(text) => text.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            Place::File(path) => match std::fs::read_to_string(path) {
                Ok(text) => text,
                Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
                Err(error) => return Err(self.failed()(error)),
            },
        };
        self.seal.read(&text, self.path()).map(|(entries, _)| entries)
    }

    fn append(&self, event: &LedgerEvent) -> Result<LedgerHead, LedgerError> {
        match &self.place {
            Place::Memory(text) => {
                let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
                let (addition, head) = self.addition(&text, event)?;
                text.push_str(&addition);
                Ok(head)
            }
            Place::File(path) => {
                let open = durable::private().create(true).truncate(false).open(path);
                let mut file = open.map_err(self.failed())?;
                // Another process of the deployment may append as well; the lock ends with the file.
                file.lock().map_err(self.failed())?;
                self.append_to(&mut file, event)
            }
        }
    }

    fn append_to(&self, file: &mut File, event: &LedgerEvent) -> Result<LedgerHead, LedgerError> {
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(self.failed())?;
        // What a kill cut off is overwritten: nobody was told that it is there.
        let whole = text.rfind('\n').map_or(0, |end| end.saturating_add(1));
        text.truncate(whole);
        let (addition, head) = self.addition(&text, event)?;
        let end = u64::try_from(whole).unwrap_or(u64::MAX);
        let write = |file: &mut File| {
            file.set_len(end)?;
            file.seek(SeekFrom::Start(end))?;
            file.write_all(addition.as_bytes())?;
            file.sync_all()?;
            durable::sync_folder(self.path())
        };
        write(file).map_err(self.failed())?;
        Ok(head)
    }

    /// The text that an entry adds: its line, after the first line where there is none yet.
    fn addition(&self, text: &str, event: &LedgerEvent) -> Result<(String, LedgerHead), LedgerError> {
        let (entries, chain) = self.seal.read(text, self.path())?;
        let seq = entries.last().map_or(1, |last| last.seq.saturating_add(1));
        let (line, mac) = self.seal.line(&chain, seq, event);
        let first = if text.is_empty() { self.seal.first_line() } else { String::new() };
        Ok((format!("{first}{line}"), LedgerHead { seq, mac }))
    }
}
