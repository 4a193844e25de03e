//! The folder of the policies in force.

use std::path::{Path, PathBuf};

use prodops::policy::{Policy, PolicyError, PolicyFile};

/// The largest policy file that is read, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// A folder of policies cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyFolderError {
    /// The folder or a file in it cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, std::io::Error),
    /// There is nothing in it.
    #[error("{0} has no file that ends in `.cedar`")]
    Empty(PathBuf),
    /// A file is no set of policies by its size.
    #[error("{0} is larger than a megabyte: split it, or take what is no policy out of the folder")]
    TooLarge(PathBuf),
    /// The policies are not taken.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// What the `.cedar` files of a folder say.
#[derive(Debug)]
pub struct PolicyFolder {
    files: Vec<(String, String)>,
}

impl PolicyFolder {
    /// Reads the folder, its files by name.
    ///
    /// # Errors
    /// With the file and the reason.
    pub fn read(folder: &Path) -> Result<Self, PolicyFolderError> {
        let failed = |path: &Path, error| PolicyFolderError::Unreadable(path.to_owned(), error);
        let entries = std::fs::read_dir(folder).map_err(|error| failed(folder, error))?;
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry.map_err(|error| failed(folder, error))?.path();
            if path.extension().is_some_and(|end| end == "cedar") {
                paths.push(path);
            }
        }
        paths.sort();
        let files = paths.iter().map(|path| file(path)).collect::<Result<Vec<_>, _>>()?;
        if files.is_empty() { Err(PolicyFolderError::Empty(folder.to_owned())) } else { Ok(Self { files }) }
    }

    /// The files, for [`Policy::load`].
    #[must_use]
    pub fn files(&self) -> Vec<PolicyFile<'_>> {
        self.files.iter().map(|(name, text)| PolicyFile { name, text }).collect()
    }

    /// The set that they are.
    ///
    /// # Errors
    /// As [`Policy::load`].
    pub fn load(&self) -> Result<Policy, PolicyFolderError> {
        Ok(Policy::load(&self.files())?)
    }
}

fn file(path: &Path) -> Result<(String, String), PolicyFolderError> {
    let failed = |error| PolicyFolderError::Unreadable(path.to_owned(), error);
    if std::fs::metadata(path).map_err(failed)?.len() > MOST_BYTES {
        return Err(PolicyFolderError::TooLarge(path.to_owned()));
    }
    Ok((path.display().to_string(), std::fs::read_to_string(path).map_err(failed)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_of_the_shipped_policies_is_the_shipped_set() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("README.md"), "not a policy").unwrap();
        assert!(matches!(PolicyFolder::read(folder.path()), Err(PolicyFolderError::Empty(_))));
        for shipped in Policy::shipped_files() {
            std::fs::write(folder.path().join(shipped.name), shipped.text).unwrap();
        }
        let read = PolicyFolder::read(folder.path()).unwrap().load().unwrap();
        let ids =
            |policy: &Policy| policy.summaries().iter().map(|each| each.id.to_owned()).collect::<Vec<_>>();
        assert_eq!(ids(&read), ids(&Policy::shipped().unwrap()));
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.cedar");
        let said = || match PolicyFolder::read(folder.path()) {
            Ok(read) => read.load().unwrap_err().to_string(),
            Err(error) => error.to_string(),
        };
        for content in [vec![b' '; (1 << 20) + 1], vec![0xff], b"permit (".to_vec()] {
            std::fs::write(&path, content).unwrap();
            assert!(said().contains("x.cedar"), "{}", said());
        }
        let missing = folder.path().join("nowhere");
        assert!(PolicyFolder::read(&missing).unwrap_err().to_string().contains("nowhere"));
    }
}
