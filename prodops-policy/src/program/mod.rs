//! The decision program: any Cedar policy set, made ready to be decided in nanoseconds.

mod arithmetic;
mod cell;
mod constant;
mod depth;
mod emit;
mod error;
mod extension;
mod gather;
mod lower;
mod machine;
mod node;
mod op;
mod path;
mod policy;
#[allow(clippy::module_inception, reason = "the program is what this module is about")]
mod program;
mod question;
mod scope;
mod value;
mod verdict;

pub use error::{CompileError, Finding};
pub use program::Program;
pub use question::Question;
pub use verdict::{Combiner, Explanation, PolicyBits};
