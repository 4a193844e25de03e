//! What can keep a task from running at all. A rule that is broken is a finding, not an error.

use std::path::PathBuf;

/// A task could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The workspace graph could not be read.
    #[error("cannot read the workspace: {0}")]
    Metadata(#[from] cargo_metadata::Error),
    /// A program is missing or may not be started.
    #[error("cannot start `{program}`: {source}")]
    Start {
        /// The program that was asked for.
        program: String,
        /// Why the system refused.
        source: std::io::Error,
    },
    /// A program whose output is needed ended with a failure.
    #[error("`{command}` failed: {output}")]
    Failed {
        /// The whole command line.
        command: String,
        /// What it wrote to its error stream.
        output: String,
    },
    /// The results of the benchmarks could not be read or written.
    #[error("cannot bring `{path}` up to date: {source}")]
    Results {
        /// The file.
        path: PathBuf,
        /// Why the system refused.
        source: std::io::Error,
    },
    /// A folder could not be listed.
    #[error("cannot list `{path}`: {source}")]
    List {
        /// The folder.
        path: PathBuf,
        /// Why the system refused.
        source: std::io::Error,
    },
}

/// The result of a task.
pub(crate) type Result<T> = std::result::Result<T, Error>;
