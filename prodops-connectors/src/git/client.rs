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

/// Replacement objects are a view of history, not history; and no object may claim more memory than 1 GiB.
const OVERRIDES: [&str; 2] = ["core.useReplaceRefs=false", "gitoxide.objects.allocLimit=1073741824"];

/// Opens the repository at a target for the first time.
///
/// A target outside the allowed folders is answered like one that does not exist.
pub(super) fn open(roots: &Roots, target: &ConnectionTarget) -> Result<ThreadSafeRepository> {
    let path = Path::new(target.as_str());
    let missing = || ConnectorError::unusable(format!("there is no git repository at {}", Shown(path)));
    find(roots, path)?.ok_or_else(missing)
}

/// Opens a repository of which something is stored already: when it is not there, it is gone.
pub(super) fn reopen(roots: &Roots, target: &ConnectionTarget) -> Result<ThreadSafeRepository> {
    find(roots, Path::new(target.as_str()))?.ok_or(ConnectorError::Gone { what: "the repository" })
}

fn find(roots: &Roots, path: &Path) -> Result<Option<ThreadSafeRepository>> {
    let Some(real) = roots.admit(path) else { return Ok(None) };
    // One answer for what is broken and for what points to the outside: it must not tell what lies there.
    let unusable = || {
        ConnectorError::unusable(format!(
            "the git repository at {} cannot be opened: `git fsck` must find it whole, and all of it must lie below the \
             allowed folders",
            Shown(path)
        ))
    };
    let options = gix::open::Options::isolated().config_overrides(OVERRIDES);
    match options.open(&real) {
        Ok(repository) if within(roots, &repository.to_thread_local()) => Ok(Some(repository)),
        Err(_) if !exists(&real) => Ok(None),
        _ => Err(unusable()),
    }
}

/// Whether everything that is read lies below the allowed folders: a repository can borrow its parts from elsewhere.
fn within(roots: &Roots, repository: &gix::Repository) -> bool {
    let objects = repository.objects.store_ref();
    let Ok(alternates) = objects.alternate_db_paths() else { return false };
    let own = [repository.git_dir(), repository.common_dir(), objects.path()];
    own.into_iter().all(|part| roots.admit(part).is_some())
        // An alternate that is not there lends nothing.
        && alternates.iter().all(|part| !part.exists() || roots.admit(part).is_some())
}

/// Whether there is something that wants to be a repository.
fn exists(path: &Path) -> bool {
    path.join(".git").exists() || (path.join("HEAD").exists() && path.join("objects").exists())
}

/// Whether the repository is still where it was: tells a damaged object from a repository that was taken away.
pub(super) fn still_there(repository: &gix::Repository) -> bool {
    repository.git_dir().join("HEAD").exists() && repository.common_dir().join("objects").exists()
}
