//! Where the bytes of a local root key come from: a file, a systemd credential, or a variable.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::entropy::{Entropy, EntropyError};
use crate::hex;
use crate::secret::Secret;

/// A root key cannot be had from where it was said to be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// There is nothing there.
    #[error(
        "no key file at {0}: make one with `vault new-key`, or mount the one that this deployment was made with"
    )]
    Missing(PathBuf),
    /// A key file is there already: it may be the only one that opens the data.
    #[error("{0} is there already, and is left as it is: a key that is overwritten takes its data with it")]
    Exists(PathBuf),
    /// Others could read it.
    #[error("key file {path} has mode {mode:04o}: only its owner may have access, `chmod 600` it")]
    Mode {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is not a plain file.
    #[error("key file {0} is a symbolic link or no plain file: name the file itself")]
    NotAFile(PathBuf),
    /// It holds something else.
    #[error("{0} holds no key: expected 64 hexadecimal digits")]
    NotAKey(String),
    /// It cannot be read or written.
    #[error("key file {path}: {reason}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// No random bytes could be had.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// Where the 32 bytes of a root key are kept, as 64 hexadecimal digits and at most one line end.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeySource {
    /// A plain file that only its owner can read.
    File(PathBuf),
    /// A credential that systemd gave the service: its folder (`$CREDENTIALS_DIRECTORY`) and its name.
    Credential {
        /// The folder.
        folder: PathBuf,
        /// The name in it.
        name: String,
    },
    /// The value of an environment variable, read by whoever reads the configuration.
    ///
    /// # Security
    /// For development only: other processes of the same user can read it, and so can crash reports.
    Variable {
        /// The variable's name, for messages.
        name: String,
        /// Its value.
        value: Secret<String>,
    },
}

impl KeySource {
    /// The key's bytes.
    ///
    /// # Errors
    /// With the reason and what to do about it.
    pub fn read(&self) -> Result<Secret<[u8; 32]>, KeyFileError> {
        match self {
            // The group and everybody else are kept out.
            Self::File(path) => read_file(path, 0o077),
            // The service manager keeps the folder closed and may name the service's group in an access list.
            Self::Credential { folder, name } => read_file(&folder.join(name), 0o007),
            Self::Variable { name, value } => {
                value.expose(|text| parse(text.as_bytes())).ok_or_else(|| KeyFileError::NotAKey(name.clone()))
            }
        }
    }

    /// Makes a key file that only its owner can read; never over one that is there.
    ///
    /// # Errors
    /// [`KeyFileError::Exists`] when something is there, else when it cannot be written.
    pub fn create_file(path: &Path, entropy: &dyn Entropy) -> Result<(), KeyFileError> {
        let mut key = Secret::new([0u8; 32]);
        key.expose_mut(|bytes| entropy.fill(bytes))?;
        let text = key.expose(|bytes| Secret::new(hex::encode(bytes)));
        let written = written_whole(path, sync_folder, |file| {
            text.expose(|text| file.write_all(text.as_bytes()))?;
            file.write_all(b"\n")
        });
        written.map_err(|reason| match reason.kind() {
            io::ErrorKind::AlreadyExists => KeyFileError::Exists(path.to_owned()),
            _ => KeyFileError::Io { path: path.to_owned(), reason },
        })
    }
}

/// A new file that is on the disk, name and all, when this returns; else none. Half a key, or one that a power cut may take
/// after something was wrapped under it, is worse than none.
fn written_whole(
    path: &Path,
    sync_folder: fn(&Path) -> io::Result<()>,
    write: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    let mut file = create_private(path)?;
    let written = write(&mut file).and_then(|()| file.sync_all()).and_then(|()| sync_folder(path));
    if written.is_err() {
        // What went wrong first is what is told.
        let _ = fs::remove_file(path);
    }
    written
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn read_file(path: &Path, closed_to: u32) -> Result<Secret<[u8; 32]>, KeyFileError> {
    let failed = |reason: io::Error| match reason.kind() {
        io::ErrorKind::NotFound => KeyFileError::Missing(path.to_owned()),
        _ => KeyFileError::Io { path: path.to_owned(), reason },
    };
    let named = fs::symlink_metadata(path).map_err(failed)?;
    if !named.is_file() {
        return Err(KeyFileError::NotAFile(path.to_owned()));
    }
    let file = File::open(path).map_err(failed)?;
    check_access(path, &named, &file.metadata().map_err(failed)?, closed_to)?;
    let mut text = Secret::new(Vec::with_capacity(MOST));
    text.expose_mut(|text| file.take(MOST as u64).read_to_end(text)).map_err(failed)?;
    text.expose(|text| parse(text)).ok_or_else(|| KeyFileError::NotAKey(path.display().to_string()))
}

/// A key, a line end, and one byte that tells that there is more.
const MOST: usize = 67;

#[cfg(unix)]
fn check_access(
    path: &Path,
    named: &fs::Metadata,
    opened: &fs::Metadata,
    closed_to: u32,
) -> Result<(), KeyFileError> {
    use std::os::unix::fs::MetadataExt;
    // Somebody may have put a link there between the look and the opening.
    if (named.dev(), named.ino()) != (opened.dev(), opened.ino()) {
        return Err(KeyFileError::NotAFile(path.to_owned()));
    }
    let mode = opened.mode() & 0o7777;
    if mode & closed_to == 0 { Ok(()) } else { Err(KeyFileError::Mode { path: path.to_owned(), mode }) }
}

#[cfg(not(unix))]
fn check_access(_: &Path, _: &fs::Metadata, _: &fs::Metadata, _: u32) -> Result<(), KeyFileError> {
    Ok(())
}

fn parse(text: &[u8]) -> Option<Secret<[u8; 32]>> {
    let line = text.strip_suffix(b"\n").unwrap_or(text);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut key = Secret::new([0u8; 32]);
    key.expose_mut(|key| hex::decode_into(line, key))?;
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_that_could_not_be_written_whole_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root.key");
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        let half = |file: &mut File| file.write_all(b"0f0f").and_then(|()| Err(full()));
        let refused = written_whole(&path, sync_folder, half).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::StorageFull);
        assert!(!path.exists(), "half a key");
        let whole = |file: &mut File| file.write_all(b"0f0f");
        written_whole(&path, |_| Err(io::ErrorKind::StorageFull.into()), whole).unwrap_err();
        assert!(!path.exists(), "its name may not last");
        written_whole(&path, sync_folder, whole).unwrap();
        let refused = written_whole(&path, sync_folder, whole).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"0f0f", "one that was there is left as it is");
    }
}
