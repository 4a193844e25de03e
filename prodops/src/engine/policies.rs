//! The policies in force: which they are, and how others take their place while the engine runs.

use std::sync::Arc;

use prodops_core::audit::{Actor, AuditObject};
use prodops_policy::{CheckedPolicy, Policy, PolicyFile};

use super::entry::Engine;
use super::error::EngineError;

impl Engine {
    /// The policies that decide now.
    #[must_use]
    pub fn policy(&self) -> Arc<Policy> {
        self.parts().policies.current()
    }

    /// Puts other policies in the place of those in force, for every decision from now on. Each process of a deployment has
    /// its own; load them everywhere.
    ///
    /// # Security
    /// An act of the deployment's operator, with an entry in its audit log. Call it from commands and signals, never from a
    /// request handler that users reach: policies of one workspace are another matter.
    ///
    /// # Errors
    /// [`EngineError::Reload`], with the step that failed; when the entry cannot be written. The policies
    /// in force stay.
    pub async fn reload_policies(&self, files: &[PolicyFile<'_>]) -> Result<(), EngineError> {
        let checked = CheckedPolicy::of(files)?;
        // First the entry: nobody is judged by policies that nobody is known to have loaded.
        let event =
            self.deployment_event(Actor::Operator, None, "ReloadPolicies", AuditObject::Deployment).await?;
        self.log_deployment(&event).await?;
        self.parts().policies.publish(&checked);
        Ok(())
    }
}
