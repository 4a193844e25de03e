//! Giving room back to the disk.

use std::fs;
use std::path::Path;

use prodops_core::environment::Environment;
use redb::Database;

use super::failure::{self, Stored, on_io};
use super::{CACHE_BYTES, Embedded, create, header};
use crate::blocking::on_blocking_thread;
use crate::error::StoreError;

/// How large a file was and is, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Compacted {
    /// Before.
    pub before: u64,
    /// After.
    pub after: u64,
}

impl Embedded {
    /// Gives the room that rows have left in a file back to the disk. Nobody may have the store open, and none of its keys
    /// is needed. It is killed at any point without harm; the next opening then takes longer.
    ///
    /// # Errors
    /// As for [`Embedded::open`], but for its keys; [`StoreError::Unavailable`] when there is no such file.
    pub async fn compact(path: &Path, environment: Environment) -> Result<Compacted, StoreError> {
        let path = path.to_owned();
        on_blocking_thread(move || {
            let before = size(&path)?;
            if before == 0 {
                return Err(StoreError::NotAStore);
            }
            let storage = create::existing(&path)?;
            let opened = Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(storage);
            let mut database = opened.map_err(failure::on_open)?;
            header::check_or_stamp(&database, environment)?;
            database.compact().stored()?;
            database.close().map_err(failure::on_open)?;
            Ok(Compacted { before, after: size(&path)? })
        })
        .await
    }
}

fn size(path: &Path) -> Result<u64, StoreError> {
    fs::metadata(path).map(|file| file.len()).map_err(on_io)
}
