//! What kind of work a commit is, by its message and its paths.

mod bot;
mod conventional;
mod label;
mod measured;
mod message;
mod paths;
mod revert;
mod words;

pub use conventional::Prefix;
pub(crate) use label::read_message;
pub(crate) use paths::RoleTally;

/// Whether an author is a program.
pub fn is_bot(name: &[u8], address: &[u8]) -> bool {
    bot::is_bot(name, address)
}
