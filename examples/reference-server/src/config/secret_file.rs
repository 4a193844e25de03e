//! Secrets that the configuration names by their place: read from a file that nobody but its owner can read.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use prodops::core::secret::Secret;
use serde::Deserialize;

use super::variable;

/// The longest secret, in bytes.
const LONGEST: u64 = 4096;

/// Where a secret is kept: `file:PATH` or `credential:NAME` (of the systemd service). Never the secret itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum SecretReference {
    /// A file that only its owner can read.
    File(PathBuf),
    /// A credential that systemd gave the service.
    Credential(String),
}

impl TryFrom<String> for SecretReference {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("credential", name)) if !name.is_empty() && !name.contains('/') => {
                Ok(Self::Credential(name.to_owned()))
            }
            // What was written here may be the secret: it is not repeated.
            _ => Err("a secret is given as `file:PATH` or `credential:NAME`, never as itself"),
        }
    }
}

impl SecretReference {
    /// The secret, read from where it is.
    ///
    /// # Errors
    /// When it cannot be had from there.
    pub fn read(&self) -> Result<Secret<String>, SecretFileError> {
        match self {
            Self::File(path) => read(path),
            Self::Credential(name) => read(&credential(name)?),
        }
    }
}

/// A secret cannot be had from where it is said to be.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretFileError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: io::Error,
    },
    /// Others can read it.
    #[error("{0} can be read by others: `chmod 600` it, and replace the secret if it was")]
    Open(PathBuf),
    /// It holds no secret.
    #[error("{0} holds no secret: one line of text is expected")]
    Empty(PathBuf),
    /// There is no folder of credentials.
    #[error("there are no credentials: the service needs `LoadCredential=`")]
    NoCredentials,
}

/// The file of a credential of the systemd service.
fn credential(name: &str) -> Result<PathBuf, SecretFileError> {
    let folder = variable("CREDENTIALS_DIRECTORY").ok_or(SecretFileError::NoCredentials)?;
    Ok(PathBuf::from(folder).join(name))
}

/// The one line in a file.
fn read(path: &Path) -> Result<Secret<String>, SecretFileError> {
    let unreadable = |reason| SecretFileError::Unreadable { path: path.to_owned(), reason };
    let file = File::open(path).map_err(unreadable)?;
    // Asked of the open file: it is the one that is read.
    let mode = file.metadata().map_err(unreadable)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(SecretFileError::Open(path.to_owned()));
    }
    let mut text = String::new();
    file.take(LONGEST).read_to_string(&mut text).map_err(unreadable)?;
    let text = Secret::new(text);
    let line = text.expose(|text| {
        let line = text.trim_end_matches(['\n', '\r']);
        (!line.is_empty() && !line.contains(['\n', '\r'])).then(|| line.to_owned())
    });
    line.map(Secret::new).ok_or_else(|| SecretFileError::Empty(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        (folder, path)
    }

    #[test]
    fn one_line_is_read_without_its_end() {
        for text in ["a secret", "a secret\n", "a secret\r\n"] {
            let (_folder, path) = file(text, 0o600);
            assert!(read(&path).unwrap().expose(|secret| secret == "a secret"));
        }
        for text in ["", "\n", "two\nlines\n"] {
            let (_folder, path) = file(text, 0o600);
            assert!(matches!(read(&path), Err(SecretFileError::Empty(_))), "{text:?}");
        }
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused() {
        for mode in [0o604, 0o640, 0o660, 0o644] {
            let (_folder, path) = file("a secret", mode);
            let error = read(&path).unwrap_err();
            assert!(error.to_string().contains("chmod 600"), "{mode:o}: {error}");
            assert!(!error.to_string().contains("a secret"));
        }
        let missing = read(Path::new("/nowhere/secret")).unwrap_err();
        assert!(matches!(missing, SecretFileError::Unreadable { .. }));
    }

    #[test]
    fn a_secret_is_a_reference_and_never_itself() {
        let of = |text: &str| SecretReference::try_from(text.to_owned());
        assert_eq!(of("file:/etc/prodops/client"), Ok(SecretReference::File("/etc/prodops/client".into())));
        assert_eq!(of("credential:client"), Ok(SecretReference::Credential("client".to_owned())));
        for odd in ["5up3r-s3cr3t", "file:", "variable:X", "credential:", "credential:../../etc/shadow"] {
            let error = of(odd).unwrap_err();
            assert!(error.contains("never as itself") && !error.contains("5up3r"), "{odd}");
        }
    }
}
