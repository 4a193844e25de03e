//! What may only pass through: source bytes and messages on their way to classification. Nothing here can be stored.

mod change;
mod stack;
mod transient;

pub use change::{Change, ChangeKind, Content};
pub use stack::{WIPED_BYTES, on_wiped_stack};
pub use transient::Transient;
