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
    /// Inputs of the fuzzer could not be written.
    #[error("cannot write inputs of the fuzzer below `{path}`: {source}")]
    Corpus {
        /// The folder.
        path: PathBuf,
        /// Why the system refused.
        source: std::io::Error,
    },
    /// The list of languages could not be read, or their table not be written.
    #[error("cannot make the table of languages from `{path}`: {source}")]
    Languages {
        /// The file.
        path: PathBuf,
        /// Why the system refused.
        source: std::io::Error,
    },
    /// A file of the training data could not be read.
    #[cfg(feature = "train")]
    #[error("cannot read `{path}`: {source}: give the folder of the labelled commits with `--data`")]
    Data {
        /// The file.
        path: PathBuf,
        /// Why the system refused.
        source: std::io::Error,
    },
    /// A line of the training data is not a labelled commit.
    #[cfg(feature = "train")]
    #[error("line {line} of `{path}` is no labelled commit: {source}")]
    Row {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// A repository of the training data has no fold.
    #[cfg(feature = "train")]
    #[error("`{0}` is not in the table of the README beside the data: add its fold")]
    NotListed(String),
    /// A training thread ended early.
    #[cfg(feature = "train")]
    #[error("a training thread stopped: start it again with more memory")]
    Thread,
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
