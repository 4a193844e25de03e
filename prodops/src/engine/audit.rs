//! Audit events and the decision log.

use prodops_core::audit::{Actor, AuditEvent, AuditObject, Decision};
use prodops_core::id::AuditEventId;

use super::error::EngineError;
use super::workspace::Workspace;

impl Workspace {
    /// The event that says what the caller does or tries. It is stored with the change that it describes.
    pub(super) fn event(
        &self,
        action: &'static str,
        object: AuditObject,
        decision: Decision,
    ) -> Result<AuditEvent, EngineError> {
        let parts = self.engine.parts();
        Ok(AuditEvent {
            id: AuditEventId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?,
            time: parts.clock.now(),
            workspace: Some(self.scope.workspace()),
            actor: Actor::from(self.scope.principal()),
            action: action.to_owned(),
            object,
            decision,
            request: self.request,
            personal: None,
        })
    }

    /// Stores an event that stands by itself: a denial, or a read that is sensitive.
    pub(super) async fn log(
        &self,
        action: &'static str,
        object: AuditObject,
        decision: Decision,
    ) -> Result<(), EngineError> {
        let event = self.event(action, object, decision)?;
        Ok(self.guarded()?.append_audit(&event).await?)
    }
}
