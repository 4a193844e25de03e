//! Why a set of policies is not taken.

use crate::file::Place;
use crate::program::Unguarded;

/// A set of policies is not taken. Nothing of it is in force then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// The text is not in the Cedar language.
    #[error("{place}: {message}")]
    Syntax {
        /// Where it stops being one.
        place: Place,
        /// What the parser says.
        message: String,
    },
    /// A policy has no `@id("…")`, by which audit and errors would name it.
    #[error("{place}: policy without `@id(\"…\")`")]
    Unnamed {
        /// Where the policy begins.
        place: Place,
    },
    /// A policy has no `@description("…")` for the people who read it.
    #[error("{place}: policy `{policy}` without `@description(\"…\")`")]
    Undescribed {
        /// The policy.
        policy: String,
        /// Where it begins.
        place: Place,
    },
    /// Two policies have the same id.
    #[error("{place}: policy id `{policy}` is taken by another policy")]
    Duplicate {
        /// The id.
        policy: String,
        /// Where the second one begins.
        place: Place,
    },
    /// The file has a template; only policies without slots are taken.
    #[error("{file}: templates are not supported")]
    Template {
        /// The file.
        file: String,
    },
    /// A policy does not fit the schema, or can never apply.
    #[error("{place}: policy `{policy}`: {message}")]
    Invalid {
        /// The policy.
        policy: String,
        /// Where the mistake is.
        place: Place,
        /// What the validator says.
        message: String,
    },
    /// A policy that can apply to a list asks what its rows cannot be filtered by.
    #[error("{place}: policy `{policy}` asks what the rows of `{action}` cannot be filtered by")]
    Unlistable {
        /// The policy.
        policy: String,
        /// Where it begins.
        place: Place,
        /// The list.
        action: &'static str,
    },
    /// Nothing keeps workspaces apart in some action on some type of resource.
    #[error(transparent)]
    Unguarded(#[from] Unguarded),
    /// The program and Cedar disagree: a defect of this crate, and nobody should decide by that program.
    #[error("the program and cedar answer differently: {question}; please report it, with the policies")]
    Differs {
        /// The question.
        question: String,
    },
    /// The schema and the actions of this crate disagree.
    #[error("schema: {message}")]
    Schema {
        /// How.
        message: String,
    },
}
