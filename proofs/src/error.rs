//! What keeps a proof from being attempted, or makes it fail.

use std::path::PathBuf;

use cedar_policy_symcc::solver::SolverError;

/// The proof could not be attempted, or does not hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum ProofError {
    /// A file or folder cannot be read.
    #[error("cannot read `{path}`: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder has no schema, or more than one.
    #[error("`{path}` has {count} files that end in `.cedarschema`: it needs one")]
    Schemas {
        /// The folder.
        path: PathBuf,
        /// How many it has.
        count: usize,
    },
    /// A file is not what its name says.
    #[error("`{path}`: {message}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// What the parser says.
        message: String,
    },
    /// A policy has no id, or that of another.
    #[error("`{path}`: every policy needs an `@id` of its own: {message}")]
    Id {
        /// The file.
        path: PathBuf,
        /// Which one is missing or taken.
        message: String,
    },
    /// The policy that a sabotage takes out is not there.
    #[error("no policy is called `{id}`: sabotage has nothing to take out")]
    NoTenantPolicy {
        /// Its id.
        id: &'static str,
    },
    /// The solver cannot be started.
    #[error("cannot start the solver: {0}")]
    Start(#[from] SolverError),
    /// The symbolic compiler or the solver gave up.
    #[error("{environment}: {message}")]
    Symbolic {
        /// The request environment in question.
        environment: String,
        /// What it says.
        message: String,
    },
}

/// The result of a step.
pub(crate) type Result<T> = std::result::Result<T, ProofError>;
