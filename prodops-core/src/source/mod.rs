//! What may only pass through: source bytes and messages on their way to classification. Nothing here can be stored.

mod change;
mod transient;

pub use change::{Change, ChangeKind, Content};
pub use transient::Transient;
