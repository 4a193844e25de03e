//! How many lines a change adds and deletes, as git counts them.

mod count;
mod lines;
mod tokens;
mod trim;

pub(crate) use count::LineCounter;
