//! The typed planes: the only way from evidence to rows.

mod control;
mod identity;
mod workspace;

pub use control::ControlStore;
pub use identity::IdentityStore;
pub use workspace::WorkspaceStore;
