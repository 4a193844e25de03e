//! Background work of an engine: the audit log's upkeep, rows under new keys, old keys out, keys
//! out of memory.

use std::time::Duration;

use prodops_core::keyring::{KeyOwner, Keyring};
use tokio_util::sync::CancellationToken;

use super::entry::Engine;
use super::error::EngineError;
use super::keys::Sweep;

/// How long the worker rests between two rounds.
const PAUSE: Duration = Duration::from_secs(30);

/// The background work of one engine. Run it in a task of its own, in one process of a deployment or in several.
#[derive(Debug, Clone)]
pub struct Worker {
    engine: Engine,
}

impl Engine {
    /// The engine's background work.
    #[must_use]
    pub fn worker(&self) -> Worker {
        Worker { engine: self.clone() }
    }
}

impl Worker {
    /// Works in rounds until it is told to stop. A round that fails is logged and tried again.
    pub async fn run(self, cancel: &CancellationToken) {
        loop {
            if let Err(error) = self.round().await {
                tracing::warn!(%error, "background work");
            }
            tokio::select! {
                () = cancel.cancelled() => break,
                () = tokio::time::sleep(PAUSE) => {}
                () = self.engine.audit_due() => {}
            }
        }
        // What came in since the last round would wait, or in the case of counters be lost.
        if let Err(error) = self.engine.audit_upkeep().await {
            tracing::warn!(%error, "the last upkeep of the audit log");
        }
    }

    /// Does everything once that is due now.
    ///
    /// # Errors
    /// When the store or the keyring fails; what was done before stays done.
    pub async fn round(&self) -> Result<(), EngineError> {
        let Ok(keyring) = self.engine.keyring() else { return Ok(()) };
        keyring.sweep();
        let audit = self.engine.audit_upkeep().await;
        let lifecycle = self.engine.lifecycle_upkeep().await;
        let renewed = self.renew_all(keyring).await;
        let outcomes = [audit.map(drop), lifecycle, renewed];
        // The first error is the answer; the others are not lost.
        for error in outcomes.iter().filter_map(|done| done.as_ref().err()).skip(1) {
            tracing::warn!(%error, "background work");
        }
        outcomes.into_iter().collect()
    }

    /// An owner whose rows cannot be brought under the newest key does not hold the others up.
    async fn renew_all(&self, keyring: &Keyring) -> Result<(), EngineError> {
        let mut renewed = Ok(());
        for owner in keyring.owners().await? {
            match self.renew(owner).await {
                Ok(done) if done.rows > 0 || done.retired > 0 => {
                    tracing::info!(%owner, rows = done.rows, retired = done.retired, "rows are under the newest key");
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(%owner, %error, "rows under older keys");
                    renewed = renewed.and(Err(error));
                }
            }
        }
        renewed
    }

    /// Only owners with older keys have rows to bring under the active one.
    async fn renew(&self, owner: KeyOwner) -> Result<Sweep, EngineError> {
        if self.engine.keyring()?.older_keys(owner).await?.is_empty() {
            return Ok(Sweep::default());
        }
        let rows = self.engine.sweep(owner).await?.rows;
        Ok(Sweep { rows, ..self.engine.retire_data_keys(owner).await? })
    }
}
