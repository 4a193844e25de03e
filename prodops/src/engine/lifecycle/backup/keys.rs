//! Copies of the keyring and of the ledger of deletions: small files, kept apart from the backups of the data.
//!
//! Who has one of the two has nothing. They are kept as long as those of the data and no longer: a key that was destroyed is in
//! the copies from before until the last of them is gone.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::BackupError;
use super::folder::FolderTarget;
use super::retention::BackupInfo;
use super::target::BackupTarget;
use super::write::blocking;
use crate::engine::entry::Engine;
use crate::engine::error::EngineError;

/// The largest file that is copied.
const LONGEST: u64 = 1024 * 1024 * 1024;

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
        let (files, name) = (self.parts().key_files.clone(), backup.name());
        let target = FolderTarget::new(folder.to_owned());
        blocking(move || {
            let mut unfinished = target.begin(&name).map_err(BackupError::io(name.clone()))?;
            for file in files {
                let place = file.display().to_string();
                let copied = whole(&file).and_then(|bytes| {
                    let Some(bytes) = bytes else { return Ok(()) };
                    let part = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    let mut copy = unfinished.create(&part)?;
                    copy.write_all(&bytes)?;
                    copy.sync()
                });
                copied.map_err(BackupError::io(place))?;
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
