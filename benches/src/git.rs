//! The `git` executable, without the configuration of whoever runs the benchmarks.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// Git did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GitError {
    /// It could not be run.
    #[error("git cannot be run: {0}")]
    Run(#[from] io::Error),
    /// It ran and failed.
    #[error("git {command} failed with {status}")]
    Failed {
        /// What it was asked for.
        command: String,
        /// How it ended.
        status: ExitStatus,
    },
    /// Its answer is not what the command promises.
    #[error("git {command} answered something unexpected")]
    Answer {
        /// What it was asked for.
        command: &'static str,
    },
}

/// A repository, through the executable.
#[derive(Debug, Clone)]
pub struct Git {
    folder: PathBuf,
}

impl Git {
    /// The repository in this folder.
    #[must_use]
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.folder).args(arguments).env("LC_ALL", "C");
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS"] {
            command.env_remove(name);
        }
        command
    }

    /// Runs a command on an input; what it writes goes to `/dev/null`.
    ///
    /// # Errors
    /// When git cannot be run or fails.
    pub fn run(&self, arguments: &[&str], input: &[u8]) -> Result<(), GitError> {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input)?;
        }
        let status = child.wait()?;
        if status.success() { Ok(()) } else { Err(GitError::Failed { command: arguments.join(" "), status }) }
    }

    /// The peer of the history benchmark: line counts of every commit that is no merge, renames as they are stored.
    ///
    /// # Errors
    /// As [`Git::run`].
    pub fn numstat(&self) -> Result<(), GitError> {
        self.run(&["log", "--numstat", "--no-renames", "--format=%H"], b"")
    }

    /// How many commits the head's history has, merges included.
    ///
    /// # Errors
    /// When git cannot be run or answers no number.
    pub fn commits(&self) -> Result<u64, GitError> {
        let output = self.command(&["rev-list", "--count", "HEAD"]).stderr(Stdio::inherit()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.trim().parse().map_err(|_| GitError::Answer { command: "rev-list --count HEAD" })
    }
}
