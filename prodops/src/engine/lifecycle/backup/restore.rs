//! Bringing a backup back into an empty deployment.

use std::sync::Arc;

use prodops_core::audit::{Actor, AuditObject};

use super::error::BackupError;
use super::retention::{BackupInfo, list};
use super::target::BackupTarget;
use super::verify::next;
use crate::engine::entry::Engine;
use crate::engine::error::EngineError;

/// What a restore brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreReport {
    /// The backup.
    pub backup: BackupInfo,
    /// How many workspaces.
    pub workspaces: u64,
    /// How many rows in all.
    pub rows: u64,
    /// How many workspaces were in the backup and deleted since: they stay deleted.
    pub stay_deleted: u64,
}

impl Engine {
    /// Restores a backup into this deployment, which must be empty: the one that is named, or the newest.
    ///
    /// Everything is verified before the first row is written: a backup that was cut off, changed, put together from several, or
    /// comes from another deployment or environment is refused whole. Then the ledger of deletions is replayed. A restore that a
    /// kill cut off leaves a store that no engine opens: remove it and restore again.
    ///
    /// # Errors
    /// [`BackupError`] with the place that is wrong; [`EngineError::is_already_there`] when the deployment is not empty.
    pub async fn restore(
        &self,
        target: &Arc<dyn BackupTarget>,
        backup: Option<BackupInfo>,
    ) -> Result<RestoreReport, EngineError> {
        let backup = match backup {
            Some(backup) => backup,
            None => list(target).await?.pop().ok_or(BackupError::None)?,
        };
        let verified = self.verified(target, &backup).await?;
        self.with_lifecycle(async |store| store.begin_restore().await).await?;
        let mut rows = 0u64;
        for part in &verified.parts {
            let mut reader = self.part(target, &verified.name, &verified.manifest, part).await?;
            loop {
                let (rest, batch) = next(reader, part.owner).await?;
                reader = rest;
                if batch.is_empty() {
                    break;
                }
                rows = rows.saturating_add(u64::try_from(batch.len()).unwrap_or(u64::MAX));
                self.with_lifecycle(async |store| store.import(part.owner, batch).await).await?;
            }
        }
        self.replay_ledger().await?;
        let event = self.deployment_event(Actor::Operator, None, "Restore", AuditObject::Deployment).await?;
        self.log_deployment(&event).await?;
        self.with_lifecycle(async |store| store.finish_restore().await).await?;
        let (all, kept) = (verified.manifest.parts.len(), verified.parts.len());
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let stay_deleted = count(all.saturating_sub(kept));
        let workspaces = count(kept.saturating_sub(1));
        Ok(RestoreReport { backup, workspaces, rows, stay_deleted })
    }
}
