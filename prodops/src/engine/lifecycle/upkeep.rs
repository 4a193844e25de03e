//! What deletion and backup need from time to time.

use crate::engine::entry::Engine;
use crate::engine::error::EngineError;

impl Engine {
    /// Purges what is due and makes a backup when one is. A failure of one does not keep the other waiting.
    ///
    /// # Errors
    /// When either fails.
    pub(in crate::engine) async fn lifecycle_upkeep(&self) -> Result<(), EngineError> {
        let purged = self.purge_due().await;
        let made = self.backup_due().await?;
        if let Some(backup) = made {
            tracing::info!(%backup, "a backup was made");
        }
        purged.map(drop)
    }
}
