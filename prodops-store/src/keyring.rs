//! A keyring in one file of its own, apart from the data.
//!
//! The file is text: a first line that says what it is, one line of JSON per row, and a last line with the SHA-256 of all
//! before it. It is small and is written anew with every change: beside its place first, then moved into it, so that a
//! kill at any point leaves the old one or the new one. What was removed is in no file any more. Where its path is a symbolic
//! link, the file that the link leads to is the keyring: the lock and every write are beside that one, and the link stays.
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
    Change, DataKeyRecord, KeyOwner, KeyringContents, KeyringError, KeyringRow, KeyringStore, RootRecord,
    SealedKeyKind, SealedKeyRecord,
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
    /// The file itself, whatever links led to it.
    path: PathBuf,
    environment: Environment,
    contents: Mutex<KeyringContents>,
    /// Held by who changes the file, so that readers need not wait for the disk.
    writer: Mutex<()>,
    sync_folder: fn(&Path) -> io::Result<()>,
    /// Held for as long as this process may change the file.
    _lock: File,
}

impl FileKeyring {
    /// Where the keyring of a store in a file is unless somebody says otherwise: `facts.redb` has it in `facts.redb.keyring`.
    #[must_use]
    pub fn beside(store: &Path) -> PathBuf {
        durable::companion(store, ".keyring")
    }

    /// Opens the keyring for changing; a file that is not there yet is an empty keyring, and is made with the first change.
    ///
    /// # Errors
    /// With the reason and what to do about it. A link that leads nowhere is an error and no empty keyring.
    pub fn open(path: &Path, environment: Environment) -> Result<Self, KeyringFileError> {
        let io = |reason| KeyringFileError::Io { path: path.to_owned(), reason };
        let path = resolved(path).map_err(io)?;
        let lock = lock(&path)?;
        let contents = Mutex::new(load(&path, environment)?);
        let (writer, sync_folder) = (Mutex::new(()), durable::sync_folder as fn(&Path) -> _);
        let inner = Inner { path, environment, contents, writer, sync_folder, _lock: lock };
        Ok(Self { inner: Arc::new(inner) })
    }
}

/// The text of a keyring file with these rows: the form in which a keyring of any kind is copied.
///
/// # Errors
/// When a row cannot be written down.
pub fn to_text(
    rows: impl IntoIterator<Item = KeyringRow>,
    environment: Environment,
) -> Result<String, serde_json::Error> {
    text::write(rows.into_iter(), environment)
}

/// The rows in a file that nobody changes, such as a copy.
///
/// # Errors
/// As [`FileKeyring::open`]; also when there is no such file.
pub fn rows_in(path: &Path, environment: Environment) -> Result<Vec<KeyringRow>, KeyringFileError> {
    let text = fs::read_to_string(path);
    let text = text.map_err(|reason| KeyringFileError::Io { path: path.to_owned(), reason })?;
    Ok(text::read(&text, path, environment)?.rows().collect())
}

/// The place of the file without links. Looked up once: a link that is turned later does not turn this keyring.
fn resolved(path: &Path) -> io::Result<PathBuf> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            Ok(folder.unwrap_or(Path::new(".")).canonicalize()?.join(name))
        }
        Err(error) => Err(error),
        Ok(_) => path.canonicalize(),
    }
}

fn load(path: &Path, environment: Environment) -> Result<KeyringContents, KeyringFileError> {
    match fs::read_to_string(path) {
        Ok(text) => text::read(&text, path, environment),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(KeyringContents::default()),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(KeyringFileError::Damaged(path.to_owned()))
        }
        Err(reason) => Err(KeyringFileError::Io { path: path.to_owned(), reason }),
    }
}

/// A lock file beside the keyring: the keyring itself is another file after every change.
fn lock(path: &Path) -> Result<File, KeyringFileError> {
    let io = |reason| KeyringFileError::Io { path: path.to_owned(), reason };
    let name = beside(path, ".lock").map_err(io)?;
    let file = durable::private().create(true).truncate(false).open(name).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(KeyringFileError::InUse(path.to_owned())),
        Err(TryLockError::Error(reason)) => Err(io(reason)),
    }
}

fn beside(path: &Path, suffix: &str) -> io::Result<PathBuf> {
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(suffix);
    Ok(path.with_file_name(name))
}

impl Inner {
    fn contents(&self) -> MutexGuard<'_, KeyringContents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// INVARIANT: what is in memory is what is in the file, also when writing it failed; and nobody reads what a power cut may
    /// still take back.
    fn apply(&self, changes: &[Change]) -> Result<(), KeyringError> {
        let _turn = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut after = self.contents().clone();
        after.apply(changes)?;
        let failed = |reason| failed(KeyringFileError::Io { path: self.path.clone(), reason });
        self.replace(&after).map_err(failed)?;
        let synced = (self.sync_folder)(&self.path);
        // Whether or not the name is on the disk for good, the file is the new one from here on.
        *self.contents() = after;
        synced.map_err(failed)
    }

    /// When this fails the file is the one before.
    fn replace(&self, contents: &KeyringContents) -> io::Result<()> {
        let text = text::write(contents.rows(), self.environment)?;
        let unfinished = beside(&self.path, ".unfinished")?;
        let mut file = durable::private().create(true).truncate(true).open(&unfinished)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&unfinished, &self.path)
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

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    use prodops_core::time::Timestamp;
    use prodops_core::vault::KeyId;

    use super::*;

    /// A keyring whose folder is synced by this function.
    fn opened(folder: &Path, sync_folder: fn(&Path) -> io::Result<()>) -> FileKeyring {
        let ring = FileKeyring::open(&folder.join("keyring"), Environment::Test).unwrap();
        let inner = Arc::into_inner(ring.inner).unwrap();
        FileKeyring { inner: Arc::new(Inner { sync_folder, ..inner }) }
    }

    fn key(n: u64) -> Vec<Change> {
        let row = DataKeyRecord {
            id: KeyId::from_bytes([1; 16]),
            owner: KeyOwner::Deployment,
            generation: n,
            state: prodops_core::keyring::KeyState::Active,
            created: Timestamp::UNIX_EPOCH,
            superseded: None,
            seals: 0,
            wrappings: Vec::new(),
        };
        vec![Change::DataKey { before: None, after: Box::new(row) }]
    }

    #[tokio::test]
    async fn after_a_folder_that_could_not_be_synced_memory_is_what_the_file_is() {
        let folder = tempfile::tempdir().unwrap();
        let ring = opened(folder.path(), |_| Err(io::ErrorKind::PermissionDenied.into()));
        let refused = ring.apply(key(1)).await.unwrap_err();
        assert!(matches!(refused, KeyringError::Store(_)), "{refused}");
        let kept = ring.data_keys(KeyOwner::Deployment).await.unwrap();
        drop(ring);
        let again = FileKeyring::open(&folder.path().join("keyring"), Environment::Test).unwrap();
        assert_eq!(again.data_keys(KeyOwner::Deployment).await.unwrap(), kept);
        assert_eq!(kept.len(), 1);
    }

    /// Tells that a write has come to the sync, and waits to be let on.
    static GATE: Mutex<Option<(Sender<()>, Receiver<()>)>> = Mutex::new(None);

    fn at_the_gate(_: &Path) -> io::Result<()> {
        let (arrived, go_on) = GATE.lock().unwrap().take().unwrap();
        arrived.send(()).unwrap();
        go_on.recv().unwrap();
        Ok(())
    }

    #[test]
    fn readers_do_not_wait_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let ring = opened(folder.path(), at_the_gate);
        let ((arrived, at_gate), (let_on, go_on)) = (channel(), channel());
        *GATE.lock().unwrap() = Some((arrived, go_on));
        let writer = Arc::clone(&ring.inner);
        let writing = std::thread::spawn(move || writer.apply(&key(1)));
        at_gate.recv().unwrap();
        let (read, was_read) = channel();
        let reader = Arc::clone(&ring.inner);
        std::thread::spawn(move || read.send(reader.contents().data_keys(KeyOwner::Deployment).len()));
        let seen = was_read.recv_timeout(Duration::from_secs(20));
        let_on.send(()).unwrap();
        writing.join().unwrap().unwrap();
        assert_eq!(seen, Ok(0), "what may still be lost is not read");
        assert_eq!(ring.inner.contents().data_keys(KeyOwner::Deployment).len(), 1);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_link_stays_and_leads_to_the_keyring() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        let ring = FileKeyring::open(&real, Environment::Test).unwrap();
        ring.apply(key(1)).await.unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let refused = FileKeyring::open(&link, Environment::Test);
        assert!(matches!(refused, Err(KeyringFileError::InUse(_))), "one lock whatever the name");
        drop(ring);
        let ring = FileKeyring::open(&link, Environment::Test).unwrap();
        assert_eq!(ring.data_keys(KeyOwner::Deployment).await.unwrap().len(), 1);
        ring.apply(key(2)).await.unwrap();
        drop(ring);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        let ring = FileKeyring::open(&real, Environment::Test).unwrap();
        assert_eq!(ring.data_keys(KeyOwner::Deployment).await.unwrap().len(), 2);
        drop(ring);
        fs::remove_file(&real).unwrap();
        let refused = FileKeyring::open(&link, Environment::Test);
        assert!(matches!(refused, Err(KeyringFileError::Io { .. })), "a lost keyring is no empty one");
    }
}
