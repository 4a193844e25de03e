//! What a backend implements: one operation per method, so that each can be one transaction of static SQL.
//!
//! Backends check nothing about authority: the typed planes in [`crate::plane`] do, and only they pass a workspace's id.
//! A backend must keep every promise of [`crate::testing::conformance`](crate).
//!
//! Every operation is atomic and cancel-safe: dropping its future leaves the rows as they were or as they should be
//! after it, never between.

mod audit;
mod control;
mod credential;
mod identity;
mod job;
mod lifecycle;
mod workspace;

pub use audit::{AuditBackend, AuditSnapshot};
pub use control::ControlBackend;
pub use credential::CredentialBackend;
pub use identity::IdentityBackend;
pub use job::JobBackend;
pub use lifecycle::{LifecycleBackend, Snapshot};
pub use workspace::WorkspaceBackend;

/// All three planes of one store, the job queue, the audit log, and how data goes and comes back.
pub trait Backend:
    IdentityBackend
    + CredentialBackend
    + ControlBackend
    + JobBackend
    + WorkspaceBackend
    + AuditBackend
    + LifecycleBackend
{
}

impl<T> Backend for T where
    T: IdentityBackend
        + CredentialBackend
        + ControlBackend
        + JobBackend
        + WorkspaceBackend
        + AuditBackend
        + LifecycleBackend
{
}
