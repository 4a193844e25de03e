//! Deletes what runs left at AI providers that died.

use prodops_store::contract::RemoteObjectRecord;
use tokio_util::sync::CancellationToken;

use super::super::entry::Engine;
use super::super::error::EngineError;
use crate::ai::Others;

impl Engine {
    /// Finishes what runs left at the providers of this engine that died, and tells what is left. The engine's
    /// [`Worker`](super::super::Worker) does it when it begins and four times an hour.
    ///
    /// What lies at a provider that this engine does not offer stays where it is, and in the list.
    ///
    /// # Errors
    /// When the journal fails. A provider that is out of reach is no error.
    pub async fn sweep_ai_providers(&self) -> Result<Vec<RemoteObjectRecord>, EngineError> {
        let others = self.other_runs();
        for provider in self.parts().ai.all() {
            self.ai_driver(provider, CancellationToken::new()).sweep(others).await?;
        }
        self.remote_objects().await
    }

    /// Who else may be running batches, as far as this process can know.
    fn other_runs(&self) -> Others {
        let parts = self.parts();
        if parts.sole { Others::NoneBefore(parts.begun) } else { Others::MayRun }
    }
}
