//! How long data takes to go, and when backups are made.

use std::path::PathBuf;
use std::sync::Arc;

use prodops::engine::{BackupPlan, BackupTarget, DeletionPlan, FolderTarget, PlanError};
use serde::Deserialize;

/// The days of a deletion.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeletionConfig {
    /// How long a deletion can be called off.
    #[serde(default = "seven", rename = "grace-days")]
    pub grace_days: u32,
    /// How long the purge may take after that.
    #[serde(default = "one", rename = "purge-days")]
    pub purge_days: u32,
    /// The longest that any copy is kept, those for point-in-time recovery of the machine included.
    #[serde(default = "twenty", rename = "backup-days")]
    pub backup_days: u32,
}

/// Backups.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupConfig {
    /// The folder that backups of the data are written to.
    pub folder: PathBuf,
    /// Another folder, on another disk, for copies of the keyring and of the deletion ledger.
    #[serde(default, rename = "keys-folder")]
    pub keys_folder: Option<PathBuf>,
    /// Hours from one backup to the next.
    #[serde(default = "day", rename = "every-hours")]
    pub every_hours: u32,
    /// Days until a backup is removed.
    #[serde(default = "twenty", rename = "keep-days")]
    pub keep_days: u32,
}

impl DeletionConfig {
    pub(super) const fn plan(self) -> Result<DeletionPlan, PlanError> {
        DeletionPlan::new(self.grace_days, self.purge_days, self.backup_days)
    }
}

impl BackupConfig {
    /// Where the backups are.
    #[must_use]
    pub fn target(&self) -> Arc<dyn BackupTarget> {
        Arc::new(FolderTarget::new(self.folder.clone()))
    }

    pub(super) fn plan(&self) -> BackupPlan {
        BackupPlan {
            target: self.target(),
            every_hours: self.every_hours.max(1),
            keep_days: self.keep_days,
            keys: self.keys_folder.clone(),
        }
    }

    /// Keys and data in one folder would be one find.
    pub(super) fn keeps_keys_apart(&self) -> bool {
        self.keys_folder
            .as_ref()
            .is_none_or(|keys| !keys.starts_with(&self.folder) && !self.folder.starts_with(keys))
    }
}

const fn seven() -> u32 {
    7
}

const fn one() -> u32 {
    1
}

const fn twenty() -> u32 {
    20
}

const fn day() -> u32 {
    24
}
