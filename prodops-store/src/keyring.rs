//! A keyring in one file of its own, apart from the data.
//!
//! The file is text: a first line that says what it is, one line of JSON per row, and a last line with the SHA-256 of all
//! before it. It is small and is written anew with every change: beside its place first, then moved into it, so that a
//! kill at any point leaves the old one or the new one. What was removed is in no file any more.
//!
//! Back it up apart from the data: who has one of the two has nothing.

mod text;

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use prodops_core::environment::Environment;
use prodops_core::keyring::{
    Change, DataKeyRecord, KeyOwner, KeyringContents, KeyringError, KeyringStore, RootRecord, SealedKeyKind,
    SealedKeyRecord,
};

use crate::durable;

/// A keyring file cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringFileError {
    /// Another process changes it.
    #[error("the keyring {0} is in use: one process changes it, stop that one first")]
    InUse(PathBuf),
    /// It belongs to another environment.
    #[error("the keyring {path} belongs to environment {found}, not to {expected}")]
    Environment {
        /// The file.
        path: PathBuf,
        /// The environment in the file.
        found: String,
        /// The environment that asked.
        expected: Environment,
    },
    /// It is cut off, changed by hand, or something else.
    #[error("the keyring {0} is damaged or no keyring: put its backup back")]
    Damaged(PathBuf),
    /// It was opened for looking only.
    #[error("the keyring {0} was opened for reading only")]
    ReadOnly(PathBuf),
    /// It cannot be read or written.
    #[error("the keyring {path}: {reason}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
}

/// A keyring in a file.
#[derive(Debug)]
pub struct FileKeyring {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    environment: Environment,
    contents: Mutex<KeyringContents>,
    /// Held for as long as this process may change the file; `None` when it only looks.
    lock: Option<File>,
}

impl FileKeyring {
    /// Opens the keyring for changing; a file that is not there yet is an empty keyring, and is made with the first change.
    ///
    /// # Errors
    /// With the reason and what to do about it.
    pub fn open(path: &Path, environment: Environment) -> Result<Self, KeyringFileError> {
        let lock = lock(path)?;
        Self::load(path, environment, Some(lock))
    }

    /// Opens the keyring for looking, also while another process changes it: what is seen is the state of now.
    ///
    /// # Errors
    /// With the reason and what to do about it.
    pub fn read_only(path: &Path, environment: Environment) -> Result<Self, KeyringFileError> {
        Self::load(path, environment, None)
    }

    fn load(path: &Path, environment: Environment, lock: Option<File>) -> Result<Self, KeyringFileError> {
        let contents = match fs::read_to_string(path) {
            Ok(text) => text::read(&text, path, environment)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => KeyringContents::default(),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(KeyringFileError::Damaged(path.to_owned()));
            }
            Err(reason) => return Err(KeyringFileError::Io { path: path.to_owned(), reason }),
        };
        let contents = Mutex::new(contents);
        Ok(Self { inner: Arc::new(Inner { path: path.to_owned(), environment, contents, lock }) })
    }
}

/// A lock file beside the keyring: the keyring itself is another file after every change.
fn lock(path: &Path) -> Result<File, KeyringFileError> {
    let io = |reason| KeyringFileError::Io { path: path.to_owned(), reason };
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput.into()).map_err(io)?.to_owned();
    name.push(".lock");
    let file = durable::private().create(true).truncate(false).open(path.with_file_name(name)).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(KeyringFileError::InUse(path.to_owned())),
        Err(TryLockError::Error(reason)) => Err(io(reason)),
    }
}

impl Inner {
    fn contents(&self) -> MutexGuard<'_, KeyringContents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// INVARIANT: what is in memory is what is in the file, also when writing it failed.
    fn apply(&self, changes: &[Change]) -> Result<(), KeyringError> {
        if self.lock.is_none() {
            return Err(failed(KeyringFileError::ReadOnly(self.path.clone())));
        }
        let mut contents = self.contents();
        let mut after = contents.clone();
        after.apply(changes)?;
        self.write(&text::write(&after, self.environment))
            .map_err(|reason| failed(KeyringFileError::Io { path: self.path.clone(), reason }))?;
        *contents = after;
        Ok(())
    }

    fn write(&self, text: &str) -> io::Result<()> {
        let mut name = self.path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(".unfinished");
        let unfinished = self.path.with_file_name(name);
        let mut file = durable::private().create(true).truncate(true).open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, &self.path)?;
        durable::sync_folder(&self.path)
    }
}

fn failed(error: KeyringFileError) -> KeyringError {
    KeyringError::Store(Box::new(error))
}

#[async_trait]
impl KeyringStore for FileKeyring {
    async fn roots(&self) -> Result<Vec<RootRecord>, KeyringError> {
        Ok(self.inner.contents().roots())
    }

    async fn owners(&self, after: Option<KeyOwner>, limit: usize) -> Result<Vec<KeyOwner>, KeyringError> {
        Ok(self.inner.contents().owners(after, limit))
    }

    async fn data_keys(&self, owner: KeyOwner) -> Result<Vec<DataKeyRecord>, KeyringError> {
        Ok(self.inner.contents().data_keys(owner))
    }

    async fn sealed_keys(&self, owner: KeyOwner) -> Result<Vec<SealedKeyRecord>, KeyringError> {
        Ok(self.inner.contents().sealed_keys(owner))
    }

    async fn sealed_key(
        &self,
        owner: KeyOwner,
        kind: SealedKeyKind,
        subject: [u8; 16],
    ) -> Result<Option<SealedKeyRecord>, KeyringError> {
        Ok(self.inner.contents().sealed_key((owner, kind, subject)))
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<(), KeyringError> {
        let inner = Arc::clone(&self.inner);
        // It runs to its end also when the caller goes away.
        let done = tokio::task::spawn_blocking(move || inner.apply(&changes)).await;
        done.unwrap_or_else(|stopped| Err(KeyringError::Store(Box::new(stopped))))
    }
}
