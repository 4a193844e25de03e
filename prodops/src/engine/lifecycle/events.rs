//! What deletions and backups leave in the audit logs, and the tombstones that stand for them.

use prodops_core::audit::{Actor, AuditEvent, AuditObject, Decision};
use prodops_core::id::{AuditEventId, WorkspaceId};
use prodops_core::time::Timestamp;
use prodops_store::contract::{ErasureSubject, PurgeState, TombstoneRecord};
use prodops_store::ledger::Ledger;
use prodops_store::plane::LifecycleStore;

use crate::engine::entry::{Engine, Inner};
use crate::engine::error::EngineError;

impl Inner {
    /// The ledger of deletions.
    pub(super) fn ledger(&self) -> Result<&Ledger, EngineError> {
        // There is one exactly where there is a keyring.
        self.keyring()?;
        self.ledger.as_ref().ok_or(EngineError::NotFound)
    }
}

impl Engine {
    /// Works on the part of the store where data goes and comes back.
    pub(super) async fn with_lifecycle<T, E: From<prodops_store::StoreError>>(
        &self,
        work: impl AsyncFnOnce(LifecycleStore<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let capability = self.parts().authority.control();
        work(self.parts().store.lifecycle(&capability)?).await
    }

    /// An event of the deployment's log about somebody whose data goes.
    pub(super) async fn erasure_event(
        &self,
        actor: Actor,
        action: &'static str,
        subject: &ErasureSubject,
    ) -> Result<AuditEvent, EngineError> {
        let object = match subject {
            ErasureSubject::Workspace(id)
            | ErasureSubject::Person { workspace: id, .. }
            | ErasureSubject::Member { workspace: id, .. } => AuditObject::Tenant(*id),
            _ => AuditObject::Deployment,
        };
        self.deployment_event(actor, None, action, object).await
    }

    /// An event of a workspace's log that no member of it brought about.
    pub(super) fn operator_event_in(
        &self,
        workspace: WorkspaceId,
        action: &'static str,
        object: AuditObject,
    ) -> Result<AuditEvent, EngineError> {
        let parts = self.parts();
        Ok(AuditEvent {
            id: AuditEventId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?,
            time: parts.clock.now(),
            workspace: Some(workspace),
            actor: Actor::Operator,
            action: action.to_owned(),
            object,
            decision: Decision::Allowed,
            request: None,
            personal: None,
        })
    }
}

/// A tombstone at a state since now.
pub(super) fn at(row: &TombstoneRecord, state: PurgeState, now: Timestamp) -> TombstoneRecord {
    TombstoneRecord { state, since: now, ..row.clone() }
}
