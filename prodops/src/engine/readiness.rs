//! Whether a deployment can do its work.

use super::entry::Engine;

/// Why a deployment is not ready. Each says what its operator should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unready {
    /// There is no access to the keys.
    #[error("sealed: the process log says why")]
    Sealed,
    /// The store cannot be read.
    #[error("the store cannot be read: the process log says why")]
    Store,
    /// Nobody works in the background: nothing is read, deleted or signed.
    #[error("no worker has given a sign of life within twice its interval: start one")]
    NoWorker,
    /// Backups are asked for, and the last one is too old.
    #[error("the last backup is older than two of its intervals: the process log says why")]
    NoBackup,
    /// Whether there is a backup cannot be told.
    #[error("the backups cannot be looked at: the process log says why")]
    Backups,
}

impl Engine {
    /// Whether the deployment can do its work: it has its keys, its store can be read, some worker, of this process or
    /// another one, gave a sign of life within twice its interval, and where backups are planned the last one is younger than
    /// two of their intervals.
    ///
    /// # Errors
    /// What is missing.
    pub async fn readiness(&self) -> Result<(), Unready> {
        let parts = self.parts();
        if parts.keyring().is_err() {
            return Err(Unready::Sealed);
        }
        let capability = parts.authority.control();
        let heartbeats = match parts.store.jobs(&capability) {
            Ok(jobs) => jobs.heartbeats().await,
            Err(error) => Err(error),
        };
        let heartbeats = heartbeats.map_err(|error| {
            tracing::error!(%error, "not ready: the signs of life of workers cannot be read");
            Unready::Store
        })?;
        let now = parts.clock.now();
        if !heartbeats.iter().any(|heartbeat| heartbeat.is_fresh(now)) {
            return Err(Unready::NoWorker);
        }
        match self.backup_is_overdue().await {
            Ok(false) => Ok(()),
            Ok(true) => Err(Unready::NoBackup),
            Err(error) => {
                tracing::error!(%error, "not ready: the backups cannot be looked at");
                Err(Unready::Backups)
            }
        }
    }
}
