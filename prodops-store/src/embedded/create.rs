//! Making a store file so that a kill at any point leaves either no file or a whole one.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use prodops_core::environment::Environment;
use redb::backends::FileBackend;
use redb::{Database, StorageBackend};

use super::failure::{self, on_io};
use super::header;
use crate::durable;
use crate::error::StoreError;

/// How many unfinished files beside the store are stepped over before giving up.
const ATTEMPTS: u32 = 1_000;

/// The storage of a file that is there.
pub(super) fn existing(path: &Path) -> Result<impl StorageBackend, StoreError> {
    let file = OpenOptions::new().read(true).write(true).open(path).map_err(on_io)?;
    FileBackend::new(file).map_err(failure::on_open)
}

/// Makes the file if there is none: beside its place first, then moved into it when it is whole.
pub(super) fn unless_there(path: &Path, environment: Environment) -> Result<(), StoreError> {
    if path.try_exists().map_err(on_io)? {
        return Ok(());
    }
    let (unfinished, file) = beside(path).map_err(on_io)?;
    let made = fill(file, environment).and_then(|()| publish(&unfinished, path).map_err(on_io));
    // Once published under its own name, or failed: either way this name is not needed.
    let removed = fs::remove_file(&unfinished);
    made?;
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(on_io(error)),
        _ => Ok(()),
    }
}

fn fill(file: File, environment: Environment) -> Result<(), StoreError> {
    let storage = FileBackend::new(file).map_err(failure::on_open)?;
    let database = Database::builder().create_with_backend(storage).map_err(failure::on_open)?;
    header::check_or_stamp(&database, environment)?;
    database.close().map_err(failure::on_open)
}

/// A new file next to `path` that nobody else writes to; names that an earlier kill left behind are stepped over.
fn beside(path: &Path) -> io::Result<(PathBuf, File)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    for attempt in 0..ATTEMPTS {
        let mut unfinished = name.to_owned();
        unfinished.push(format!(".unfinished-{attempt}"));
        let unfinished = path.with_file_name(unfinished);
        match durable::private().create_new(true).open(&unfinished) {
            Ok(file) => return Ok((unfinished, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Gives the whole file its name. When somebody else was faster, theirs is the store.
fn publish(unfinished: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(unfinished, path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        // A file system without hard links: the window between look and move is as small as it gets there.
        Err(_) if !path.try_exists()? => fs::rename(unfinished, path)?,
        Err(_) => return Ok(()),
    }
    durable::sync_folder(path)
}
