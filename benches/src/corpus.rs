//! The repository that is measured.

use std::fs;
use std::path::{Path, PathBuf};

use crate::generator::Generator;
use crate::git::{Git, GitError};

/// The variable that names another repository than the generated one.
pub const VARIABLE: &str = "PRODOPS_BENCH_REPOSITORY";

/// Commits of the generated history, side branches and merges included.
pub const COMMITS: u32 = 2_500;

/// Changes when the generator does, so that an older corpus is not taken for this one.
const NAME: &str = "history-2500-seed-1-v1.git";

/// The repository that is measured, and what to call it.
#[derive(Debug, Clone)]
pub struct Corpus {
    /// Its folder.
    pub folder: PathBuf,
    /// `generated`, or the folder's name.
    pub name: String,
}

impl Corpus {
    /// The repository that [`VARIABLE`] names, else the generated one, which is made below `scratch` if it is not there.
    ///
    /// # Errors
    /// When the generated repository cannot be made.
    pub fn chosen(scratch: &Path) -> Result<Self, GitError> {
        #[allow(
            clippy::disallowed_methods,
            reason = "the one place that reads what a run is configured with"
        )]
        let named = std::env::var_os(VARIABLE);
        match named {
            Some(folder) => Ok(Self::named(PathBuf::from(folder))),
            None => Self::generated(scratch),
        }
    }

    fn named(folder: PathBuf) -> Self {
        let name =
            folder.file_name().map_or_else(|| "named".into(), |name| name.to_string_lossy().into_owned());
        Self { folder, name }
    }

    fn generated(scratch: &Path) -> Result<Self, GitError> {
        let folder = scratch.join(NAME);
        if !folder.exists() {
            let unfinished = scratch.join(format!("{NAME}.{}", std::process::id()));
            make(&unfinished)?;
            // Only a finished repository has the name: an interrupted run leaves nothing that looks like one.
            fs::rename(&unfinished, &folder)?;
        }
        Ok(Self { folder, name: "generated".to_owned() })
    }
}

fn make(folder: &Path) -> Result<(), GitError> {
    fs::create_dir_all(folder)?;
    let git = Git::at(folder);
    git.run(&["init", "--quiet", "--bare", "--initial-branch=main", "."], b"")?;
    git.run(&["fast-import", "--quiet"], &Generator::new(1).history(COMMITS))?;
    // As a clone would have it: one pack, with deltas across the whole history.
    git.run(&["repack", "-a", "-d", "-f", "--quiet"], b"")
}
