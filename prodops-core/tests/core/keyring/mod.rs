//! Keys from their making to their destruction, and what happens without the right root key.

mod crossing;
mod key_file;
mod life;
mod opening;
pub(crate) mod place;
mod rotation;
