//! Copies of the keyring and of the ledger of deletions: small files, kept apart from the backups of the data.
//!
//! Who has one of the two has nothing. They are kept as long as those of the data and no longer: a key that was destroyed is in
//! the copies from before until the last of them is gone. A copy of a keyring in a database has the form of a keyring file.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[cfg(feature = "postgres")]
use prodops_core::environment::Environment;
#[cfg(feature = "postgres")]
use prodops_store::{keyring, ledger::LedgerPlace, postgres::PostgresKeyring};

use super::error::BackupError;
use super::folder::FolderTarget;
use super::retention::BackupInfo;
use super::target::BackupTarget;
use super::write::blocking;
use crate::engine::entry::Engine;
use crate::engine::error::EngineError;

/// The largest file that is copied.
const LONGEST: u64 = 1024 * 1024 * 1024;
/// The names of the copies of a keyring in a database and of its ledger.
#[cfg(feature = "postgres")]
const DATABASE_COPIES: [&str; 2] = ["keyring", "keyring.deletions"];

/// Where copies of the keyring and of the ledger come from.
#[derive(Debug, Clone)]
pub(in crate::engine) struct KeyCopies(Source);

#[derive(Debug, Clone)]
enum Source {
    Files(Vec<PathBuf>),
    #[cfg(feature = "postgres")]
    Database(PostgresKeyring, Environment),
}

/// A file of a copy.
struct Copied {
    name: String,
    bytes: Vec<u8>,
}

impl KeyCopies {
    /// A keyring in memory has none.
    pub(in crate::engine) const fn none() -> Self {
        Self(Source::Files(Vec::new()))
    }

    pub(in crate::engine) const fn of_files(files: Vec<PathBuf>) -> Self {
        Self(Source::Files(files))
    }

    #[cfg(feature = "postgres")]
    pub(in crate::engine) const fn of_database(keyring: PostgresKeyring, environment: Environment) -> Self {
        Self(Source::Database(keyring, environment))
    }

    /// Keys before the ledger: it must know of every deletion that the copy of the keyring shows.
    async fn read(&self) -> Result<Vec<Copied>, EngineError> {
        match &self.0 {
            Source::Files(files) => {
                let files = files.clone();
                Ok(blocking(move || files.iter().filter_map(|file| copied(file).transpose()).collect())
                    .await?)
            }
            #[cfg(feature = "postgres")]
            Source::Database(keyring, environment) => {
                let text = keyring::to_text(keyring.rows().await?, *environment);
                let text = text.map_err(|reason| BackupError::io("the keyring")(reason.into()))?;
                let ledger = keyring.read().await?;
                let texts = DATABASE_COPIES.iter().zip([text, ledger]);
                Ok(texts
                    .map(|(name, text)| Copied { name: (*name).to_owned(), bytes: text.into() })
                    .collect())
            }
        }
    }
}

impl Engine {
    /// Copies the keyring and the ledger into a folder below this one, with the name of the backup that they go with. A store in
    /// memory has none.
    ///
    /// # Security
    /// The folder must not be the one of the data's backups, nor lie on the same disk as the data.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub async fn copy_keys(&self, folder: &Path, backup: &BackupInfo) -> Result<(), EngineError> {
        let (copies, name) = (self.parts().key_copies.read().await?, backup.name());
        let target = FolderTarget::new(folder.to_owned());
        blocking(move || {
            let mut unfinished = target.begin(&name).map_err(BackupError::io(name.clone()))?;
            for Copied { name, bytes } in copies {
                let written = unfinished.create(&name).and_then(|mut copy| {
                    copy.write_all(&bytes)?;
                    copy.sync()
                });
                written.map_err(BackupError::io(name))?;
            }
            unfinished.publish().map_err(BackupError::io(name))
        })
        .await?;
        Ok(())
    }

    pub(super) async fn remove_old_keys(&self, folder: PathBuf, days: u32) -> Result<(), EngineError> {
        let target: Arc<dyn BackupTarget> = Arc::new(FolderTarget::new(folder));
        self.remove_older(&target, days).await
    }
}

fn copied(file: &Path) -> Result<Option<Copied>, BackupError> {
    let bytes = whole(file).map_err(BackupError::io(file.display().to_string()))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(bytes.map(|bytes| Copied { name, bytes }))
}

/// A file as it is; `None` when there is none yet. The keyring is replaced whole and the ledger only grows: a copy is the state
/// of some moment.
fn whole(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match OpenOptions::new().read(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    let mut bytes = Vec::with_capacity(usize::try_from(fs::metadata(path)?.len()).unwrap_or(0));
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}
