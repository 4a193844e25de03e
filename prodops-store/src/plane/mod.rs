//! The typed planes: the only way from evidence to rows.

mod audit;
mod control;
mod credential;
mod identity;
mod job;
mod lifecycle;
mod workspace;

pub use audit::AuditStore;
pub use control::ControlStore;
pub use identity::IdentityStore;
pub use job::JobStore;
pub use lifecycle::LifecycleStore;
#[cfg(any(test, feature = "testing"))]
pub(crate) use workspace::SOURCE;
pub use workspace::WorkspaceStore;
