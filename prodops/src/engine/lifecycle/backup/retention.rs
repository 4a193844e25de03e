//! When backups are made and how long they are kept.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use prodops_core::id::BackupId;
use prodops_core::time::Timestamp;

use super::error::BackupError;
use super::target::BackupTarget;
use super::write::blocking;
use crate::engine::entry::Engine;
use crate::engine::error::EngineError;

const DAY: i64 = 86_400;
const HOUR: i64 = 3_600;
/// What every backup's name begins with.
const PREFIX: &str = "backup-";

/// Where backups are made, how often, and how long each is kept.
#[derive(Debug, Clone)]
pub struct BackupPlan {
    /// Where.
    pub target: Arc<dyn BackupTarget>,
    /// Hours from one to the next.
    pub every_hours: u32,
    /// Days until one is removed.
    pub keep_days: u32,
    /// A folder, elsewhere, for copies of the keyring and of the ledger of deletions; `None` when somebody else copies them.
    pub keys: Option<PathBuf>,
}

/// A backup as its name tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupInfo {
    /// Its id.
    pub id: BackupId,
    /// When it was made, to the second.
    pub made: Timestamp,
}

impl BackupInfo {
    pub(super) fn new(id: BackupId, now: Timestamp) -> Self {
        Self { id, made: Timestamp::from_seconds(now.as_seconds()).unwrap_or(now) }
    }

    /// The name of the backup: `backup-`, the time with dashes, the id.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{PREFIX}{}-{}", self.made.to_string().replace(':', "-"), self.id)
    }

    /// The backup with this name; `None` when it is not the name of one.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let (time, id) = name.strip_prefix(PREFIX)?.split_once("Z-")?;
        let (date, clock) = time.split_once('T')?;
        let made = format!("{date}T{}Z", clock.replace('-', ":")).parse().ok()?;
        let found = Self { id: id.parse().ok()?, made };
        (found.name() == name).then_some(found)
    }
}

impl fmt::Display for BackupInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// The backups of a target, oldest first.
pub(super) async fn list(target: &Arc<dyn BackupTarget>) -> Result<Vec<BackupInfo>, BackupError> {
    let target = Arc::clone(target);
    let names = blocking(move || target.list().map_err(BackupError::io("the folder of the backups"))).await?;
    let mut found: Vec<BackupInfo> = names.iter().filter_map(|name| BackupInfo::parse(name)).collect();
    found.sort_by_key(|backup| (backup.made, backup.id));
    Ok(found)
}

impl Engine {
    /// The backups that there are by the engine's plan, oldest first; none without a plan.
    ///
    /// # Errors
    /// When the place of the backups cannot be read.
    pub async fn backups(&self) -> Result<Vec<BackupInfo>, EngineError> {
        match &self.parts().backup_plan {
            Some(plan) => Ok(list(&plan.target).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Makes a backup when one is due by the engine's plan, and removes those that were kept long enough. Gives the backup
    /// that it made.
    ///
    /// # Errors
    /// When the store, the keyring or the place of the backups fails. Old backups are removed all the same.
    pub async fn backup_due(&self) -> Result<Option<BackupInfo>, EngineError> {
        let Some(plan) = &self.parts().backup_plan else { return Ok(None) };
        let now = self.parts().clock.now();
        // One from the future was made by a clock that was wrong: it must not keep the next one waiting.
        let newest = list(&plan.target).await?.into_iter().rfind(|backup| backup.made <= now);
        let every = i64::from(plan.every_hours).saturating_mul(HOUR);
        let due = newest.is_none_or(|backup| now.seconds_since(backup.made) >= every);
        let made = if due { self.backup_by(plan).await.map(Some) } else { Ok(None) };
        self.remove_older(&plan.target, plan.keep_days).await?;
        if let Some(keys) = &plan.keys {
            self.remove_old_keys(keys.clone(), plan.keep_days).await?;
        }
        made
    }

    /// Makes a backup by the engine's plan now, due or not; `None` without a plan.
    ///
    /// # Errors
    /// As [`Engine::backup`].
    pub async fn backup_now(&self) -> Result<Option<BackupInfo>, EngineError> {
        match &self.parts().backup_plan {
            Some(plan) => self.backup_by(plan).await.map(Some),
            None => Ok(None),
        }
    }

    async fn backup_by(&self, plan: &BackupPlan) -> Result<BackupInfo, EngineError> {
        // One by hand waits for one by the clock.
        let _turn = self.parts().backup_turn.lock().await;
        let made = self.backup(&plan.target).await?;
        // Keys after rows: a row under a key that the copy does not have could not be read.
        if let Some(keys) = &plan.keys {
            self.copy_keys(keys, &made).await?;
        }
        Ok(made)
    }

    /// Whether the newest backup of the plan is older than two of its intervals, or there is none since the engine was
    /// built that long ago. `false` without a plan.
    ///
    /// # Errors
    /// When the place of the backups cannot be read.
    pub async fn backup_is_overdue(&self) -> Result<bool, EngineError> {
        let Some(plan) = &self.parts().backup_plan else { return Ok(false) };
        let now = self.parts().clock.now();
        let newest = list(&plan.target).await?.into_iter().rfind(|backup| backup.made <= now);
        let since = newest.map_or(self.parts().begun, |backup| backup.made);
        let most = i64::from(plan.every_hours).saturating_mul(HOUR).saturating_mul(2);
        Ok(now.seconds_since(since) > most)
    }

    /// INVARIANT: deletion is over when the last backup is gone, so nothing keeps an old one: not even that no newer one could
    /// be made.
    pub(super) async fn remove_older(
        &self,
        target: &Arc<dyn BackupTarget>,
        days: u32,
    ) -> Result<(), EngineError> {
        let (now, keep) = (self.parts().clock.now(), i64::from(days).saturating_mul(DAY));
        for old in list(target).await? {
            if now.seconds_since(old.made) >= keep {
                let (target, name) = (Arc::clone(target), old.name());
                blocking(move || target.remove(&name).map_err(BackupError::io(name))).await?;
                tracing::info!(backup = %old, "the backup was kept long enough and is removed");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_time_and_id_and_nothing_else_is_one() {
        let info = BackupInfo::new(BackupId::from_bytes([7; 16]), "2026-01-05T09:00:01.5Z".parse().unwrap());
        let name = info.name();
        assert_eq!(name, "backup-2026-01-05T09-00-01Z-07070707-0707-0707-0707-070707070707");
        assert_eq!(BackupInfo::parse(&name), Some(info));
        for other in
            ["", "backup-", "backup-x-y", &name[1..], &name[..50], &format!("{name}x"), &name.to_uppercase()]
        {
            assert_eq!(BackupInfo::parse(other), None, "{other}");
        }
    }
}
