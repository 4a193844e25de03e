//! Backups of the whole deployment, and restores from them.
//!
//! A backup is a folder: a sealed stream of rows for the deployment and for each workspace, a manifest of them, and a signed note
//! about the manifest. A stream is sealed under the backup key of its owner, for this backup, owner and environment only;
//! destroying a workspace's keys ends its streams in every backup. The keyring and the ledger are never in it: they have
//! backups of their own.

mod error;
mod folder;
mod keys;
mod manifest;
mod part;
mod restore;
mod retention;
mod target;
mod verify;
mod write;

pub use error::BackupError;
pub use folder::FolderTarget;
pub(in crate::engine) use keys::KeyCopies;
pub use restore::RestoreReport;
pub use retention::{BackupInfo, BackupPlan};
pub use target::{BackupPart, BackupTarget, UnfinishedBackup};
