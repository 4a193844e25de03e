//! Runs at AI providers that are due, and what they leave.

use prodops_store::contract::JobRecord;
#[cfg(feature = "ai")]
use prodops_store::contract::JobTask;
use tokio_util::sync::CancellationToken;

use super::super::entry::Engine;
use super::super::error::EngineError;
use super::Shift;
use super::perform::Outcome;

#[cfg(feature = "ai")]
impl Engine {
    pub(super) fn has_ai_providers(&self) -> bool {
        !self.parts().ai.is_empty()
    }

    /// Has what an earlier process left at AI providers deleted soon.
    pub(super) async fn hasten_sweep(&self) -> Result<(), EngineError> {
        if self.has_ai_providers() { self.hasten(None, JobTask::SweepProviders).await } else { Ok(()) }
    }
}

#[cfg(feature = "ai")]
impl Shift {
    pub(super) async fn classify(
        &self,
        job: &JobRecord,
        cancel: &CancellationToken,
    ) -> Result<Outcome, EngineError> {
        use super::super::ai::Classified;
        /// How long a run waits for syncs, in seconds.
        const BUSY: i64 = 30;
        let Some(workspace) = job.workspace else { return Ok(Outcome::Over) };
        Ok(match self.engine().classify_due(workspace, cancel).await? {
            Classified::Done => Outcome::Done,
            Classified::More => Outcome::Later(0),
            Classified::Busy => Outcome::Later(BUSY),
            Classified::Off => Outcome::Over,
        })
    }

    pub(super) async fn sweep_providers(&self) -> Result<Outcome, EngineError> {
        let left = self.engine().sweep_ai_providers().await?;
        if !left.is_empty() {
            tracing::debug!(objects = left.len(), "something lies at AI providers");
        }
        Ok(Outcome::Done)
    }
}

/// Without providers there is nothing to do.
#[cfg(not(feature = "ai"))]
impl Engine {
    pub(super) const fn has_ai_providers(&self) -> bool {
        false
    }

    pub(super) async fn hasten_sweep(&self) -> Result<(), EngineError> {
        Ok(())
    }
}

#[cfg(not(feature = "ai"))]
impl Shift {
    pub(super) async fn classify(
        &self,
        _job: &JobRecord,
        _cancel: &CancellationToken,
    ) -> Result<Outcome, EngineError> {
        Ok(Outcome::Over)
    }

    pub(super) async fn sweep_providers(&self) -> Result<Outcome, EngineError> {
        Ok(Outcome::Over)
    }
}
