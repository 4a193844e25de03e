//! Where the text of a ledger is kept: in a file, or in memory. A database with a keyring keeps one as well.

use std::fmt::Debug;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::LedgerError;
use crate::durable;

/// A place for the text of a ledger, which only grows.
#[async_trait]
pub trait LedgerPlace: Debug + Send + Sync {
    /// What people find it by.
    fn name(&self) -> PathBuf;

    /// Everything that is there. A line that a kill cut off may be the last one.
    ///
    /// # Errors
    /// When it cannot be read.
    async fn read(&self) -> Result<String, LedgerError>;

    /// Adds whole lines behind the whole lines that were read, durable when it returns; `false`, with nothing added, when
    /// somebody else added some meanwhile.
    ///
    /// # Errors
    /// When it cannot be written.
    async fn append(&self, read: &str, lines: &str) -> Result<bool, LedgerError>;
}

/// The lines that were written to their end.
fn whole(text: &str) -> &str {
    let end = text.rfind('\n').map_or(0, |end| end.saturating_add(1));
    text.get(..end).unwrap_or_default()
}

/// Gone with the process.
#[derive(Debug, Default)]
pub(super) struct MemoryPlace(Mutex<String>);

impl MemoryPlace {
    fn text(&self) -> MutexGuard<'_, String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl LedgerPlace for MemoryPlace {
    fn name(&self) -> PathBuf {
        PathBuf::from("in memory")
    }

    async fn read(&self) -> Result<String, LedgerError> {
        Ok(self.text().clone())
    }

    async fn append(&self, read: &str, lines: &str) -> Result<bool, LedgerError> {
        let mut text = self.text();
        let is_as_read = *text == read;
        if is_as_read {
            text.push_str(lines);
        }
        Ok(is_as_read)
    }
}

/// A file that is made with the first line.
#[derive(Debug)]
pub(super) struct FilePlace(Arc<PathBuf>);

impl FilePlace {
    pub(super) fn new(path: &Path) -> Self {
        Self(Arc::new(path.to_owned()))
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let path = Arc::clone(&self.0);
        // It runs to its end also when the caller goes away.
        let done = tokio::task::spawn_blocking(move || work(&path)).await;
        let failed = |reason| LedgerError::Io { path: self.name(), reason };
        done.unwrap_or_else(|stopped| Err(io::Error::other(stopped))).map_err(failed)
    }
}

#[async_trait]
impl LedgerPlace for FilePlace {
    fn name(&self) -> PathBuf {
        self.0.as_ref().clone()
    }

    async fn read(&self) -> Result<String, LedgerError> {
        let read = |path: &Path| match std::fs::read_to_string(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            read => read,
        };
        self.blocking(read).await
    }

    async fn append(&self, read: &str, lines: &str) -> Result<bool, LedgerError> {
        let (read, lines) = (whole(read).to_owned(), lines.to_owned());
        self.blocking(move |path| append(path, &read, &lines)).await
    }
}

fn append(path: &Path, read: &str, lines: &str) -> io::Result<bool> {
    let mut file = durable::private().create(true).truncate(false).open(path)?;
    // Another process of the deployment may append as well; the lock ends with the file.
    file.lock()?;
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    if whole(&text) != read {
        return Ok(false);
    }
    // What a kill cut off is overwritten: nobody was told that it is there.
    write(&mut file, u64::try_from(read.len()).unwrap_or(u64::MAX), lines)?;
    durable::sync_folder(path)?;
    Ok(true)
}

fn write(file: &mut File, end: u64, lines: &str) -> io::Result<()> {
    file.set_len(end)?;
    file.seek(SeekFrom::Start(end))?;
    file.write_all(lines.as_bytes())?;
    file.sync_all()
}
