//! Why a decision point is not loaded, or a request not answered.

use crate::file::Place;

/// A decision point is not loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecisionPointError {
    /// Validation was asked for without a schema.
    #[error("validation needs a schema: give one, or ask for an unvalidated evaluation")]
    NoSchema,
    /// A text is not in the language that it should be in.
    #[error("{place}: {message}")]
    Syntax {
        /// Where it stops being so.
        place: Place,
        /// What the parser says.
        message: String,
    },
    /// Brackets nest deeper than Cedar's parser can follow.
    #[error("{place}: brackets nest more than {limit} deep")]
    TooDeep {
        /// The first bracket beyond.
        place: Place,
        /// How deep they may nest.
        limit: usize,
    },
    /// Two policies have the same id.
    #[error("{place}: policy id `{policy}` is taken by another policy")]
    Duplicate {
        /// Where one of them begins.
        place: Place,
        /// The id.
        policy: String,
    },
    /// A policy does not fit the schema.
    #[error("{file}:{findings}")]
    Unfit {
        /// The file.
        file: String,
        /// What the validator says, with line, column and policy.
        findings: String,
    },
    /// The entities cannot be read, or do not fit the schema.
    #[error("{file}: {message}")]
    Entities {
        /// The file.
        file: String,
        /// What is wrong.
        message: String,
    },
}

/// A request is not answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequestError {
    /// It is not JSON.
    #[error("not JSON: {message}")]
    Json {
        /// What the parser says.
        message: String,
    },
    /// It is not an object.
    #[error("not an object with `principal`, `action` and `resource`")]
    Shape,
    /// A part is missing.
    #[error("`{part}` is missing")]
    Missing {
        /// Which.
        part: &'static str,
    },
    /// A part is not what it should be.
    #[error("`{part}`: {message}")]
    Part {
        /// Which.
        part: &'static str,
        /// What is wrong.
        message: String,
    },
    /// It does not fit the schema.
    #[error("the request does not fit the schema: {message}")]
    Unfit {
        /// What Cedar says.
        message: String,
    },
}
