//! What a backend implements: one operation per method, so that each can be one transaction of static SQL.
//!
//! Backends check nothing about authority: the typed planes in [`crate::plane`] do, and only they pass a workspace's id.
//! A backend must keep every promise of [`crate::testing::conformance`](crate).
//!
//! Every operation is atomic and cancel-safe: dropping its future leaves the rows as they were or as they should be
//! after it, never between.
//!
//! # How to write a backend
//!
//! Implement the traits below, each method as one transaction, and run the conformance suite: feature `testing`,
//! `prodops_store::conformance_tests!(empty)`, where `empty` makes two empty stores under the same keys. What is sealed and how
//! is the backend's own; what comes back is not. A snapshot, for example, is two methods over the rows of one moment:
//!
//! ```
//! use std::collections::BTreeMap;
//!
//! use async_trait::async_trait;
//! use prodops_core::id::WorkspaceId;
//! use prodops_core::keyring::KeyOwner;
//! use prodops_store::StoreError;
//! use prodops_store::backend::Snapshot;
//! use prodops_store::contract::{ExportPage, ExportPosition, PortableRow};
//!
//! #[derive(Debug)]
//! struct Moment(BTreeMap<KeyOwner, Vec<PortableRow>>);
//!
//! #[async_trait]
//! impl Snapshot for Moment {
//!     async fn workspaces(&mut self) -> Result<Vec<WorkspaceId>, StoreError> {
//!         Ok(self.0.keys().filter_map(|owner| owner.workspace()).collect())
//!     }
//!
//!     async fn rows(
//!         &mut self,
//!         owner: KeyOwner,
//!         after: Option<&ExportPosition>,
//!         limit: usize,
//!     ) -> Result<ExportPage, StoreError> {
//!         // The position is this backend's own: here, how many rows came before.
//!         let from = after.map_or(0, |after| usize::from(after.table));
//!         let rows = self.0.get(&owner).into_iter().flatten().skip(from);
//!         let rows: Vec<PortableRow> = rows.take(limit).cloned().collect();
//!         let reached = u16::try_from(from + rows.len()).ok().filter(|_| rows.len() == limit);
//!         Ok(ExportPage { rows, next: reached.map(|table| ExportPosition { table, key: Vec::new() }) })
//!     }
//! }
//! ```
//!
//! # How to add a table
//!
//! Each step that is forgotten fails a test that says which.
//!
//! 1. A row in [`crate::contract`], with ids, numbers, enums and instants in the open at most, and a method in the trait of
//!    its plane here. What a workspace owns is asked for with the workspace's id first.
//! 2. The method of the typed plane in [`crate::plane`], which checks authority, and an attack on it in the conformance suite's
//!    `isolation`.
//! 3. A [`PortableRow`](crate::contract::PortableRow), or the reason why no backup has the table.
//! 4. *Embedded*: the table with its plane in `embedded/tables.rs`; a purge, a sweep under new keys, an export and an import.
//! 5. *PostgreSQL*: a migration; `workspace_id` leads every key, rights are granted by column. One line each in
//!    `postgres/tables.rs` (sweep, export) and `postgres/purge.rs`. Statements name the workspace as `workspace_id = $1`.
//! 6. The new method as a call in `tests/postgres/locks`, or as one that no workspace comes into, and as a step in
//!    `tests/postgres/differential`.

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
