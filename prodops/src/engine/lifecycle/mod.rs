//! How long data stays, how it goes, and how it comes back: deletion, erasure, backup, restore.
//!
//! ```text
//! request ── grace (7 days) ── purge (within 1 day) ── last backup gone (within 20 days)
//! ```
//! A workspace that is asked to be deleted closes; its owners may call that off until the grace is over. Then its keys are
//! destroyed, which ends every copy of it, and its rows are removed. The [ledger](prodops_store::ledger) outside the database
//! remembers, so that no backup brings it back.

mod backup;
mod deletion;
mod erasure;
mod events;
mod plan;
mod purge;
mod replay;

pub(super) use backup::KeyCopies;
pub use backup::{
    BackupError, BackupInfo, BackupPart, BackupPlan, BackupTarget, FolderTarget, RestoreReport,
    UnfinishedBackup,
};
pub use deletion::Deletion;
pub use plan::{DeletionPlan, PlanError};
pub use purge::PurgeReport;
