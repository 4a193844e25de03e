//! Opens repositories: only below the allowed folders, isolated from all configuration but their own.

use std::path::{Path, PathBuf};

use gix::ThreadSafeRepository;
use prodops_core::input::ConnectionTarget;

use crate::contract::{ConnectorError, Result};

/// The folders below which repositories may be read.
#[derive(Debug)]
pub(super) struct Roots(Vec<PathBuf>);

impl Roots {
    pub(super) fn new(folders: impl IntoIterator<Item = PathBuf>) -> Result<Self> {
        let resolve = |folder: PathBuf| {
            folder
                .canonicalize()
                .map_err(|_| ConnectorError::unusable(format!("there is no folder {}", Shown(&folder))))
        };
        folders.into_iter().map(resolve).collect::<Result<_>>().map(Self)
    }

    /// The real path of a target, if it lies below one of the folders.
    fn admit(&self, target: &Path) -> Option<PathBuf> {
        let real = target.canonicalize().ok()?;
        self.0.iter().any(|root| real.starts_with(root)).then_some(real)
    }
}

/// A path as one line for people: control characters escaped.
pub(super) struct Shown<'a>(pub(super) &'a Path);

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "`{}`", self.0.to_string_lossy().escape_debug())
    }
}

/// Opens the repository at a target.
///
/// A target outside the allowed folders is answered like one that does not exist.
pub(super) fn open(roots: &Roots, target: &ConnectionTarget) -> Result<ThreadSafeRepository> {
    let path = Path::new(target.as_str());
    let missing = || ConnectorError::unusable(format!("there is no git repository at {}", Shown(path)));
    let real = roots.admit(path).ok_or_else(missing)?;
    let opened = gix::open::Options::isolated().open(&real);
    opened.map_err(|_| match exists(&real) {
        true => ConnectorError::unusable(format!(
            "the git repository at {} cannot be opened: check it with `git fsck`",
            Shown(path)
        )),
        false => missing(),
    })
}

/// Whether there is something that wants to be a repository.
fn exists(path: &Path) -> bool {
    path.join(".git").exists() || (path.join("HEAD").exists() && path.join("objects").exists())
}

/// Whether the repository is still where it was: tells a damaged object from a repository that was taken away.
pub(super) fn still_there(repository: &gix::Repository) -> bool {
    repository.git_dir().join("HEAD").exists() && repository.common_dir().join("objects").exists()
}
