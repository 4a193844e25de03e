//! The decision program: any Cedar policy set, made ready to be decided in nanoseconds.

mod arithmetic;
pub(crate) mod cell;
pub(crate) mod certainty;
mod constant;
pub(crate) mod depth;
mod emit;
mod error;
mod extension;
mod filter;
pub(crate) mod gather;
pub(crate) mod inquiry;
mod lower;
pub(crate) mod machine;
mod node;
mod op;
pub(crate) mod path;
pub(crate) mod policy;
#[allow(clippy::module_inception, reason = "the program is what this module is about")]
mod program;
mod question;
mod scope;
mod tenant;
pub(crate) mod value;
mod verdict;

pub use certainty::Certainty;
pub use error::{CompileError, Finding};
pub(crate) use filter::Forbidden;
pub use filter::{Columns, NeedsPostFilter, Operand};
pub use program::Program;
pub use question::Question;
pub use tenant::Unguarded;
pub use verdict::{Combiner, Explanation, PolicyBits};
