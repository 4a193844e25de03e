//! The audit log in its table.

use prodops_core::audit::AuditEvent;
use prodops_core::id::WorkspaceId;

use super::key::Scoped;
use super::tables::AUDIT_EVENTS;
use super::transaction::Writing;
use crate::error::StoreError;

pub(super) fn append(tx: &Writing, workspace: WorkspaceId, event: &AuditEvent) -> Result<(), StoreError> {
    let key = Scoped::of(workspace).then(event.id.as_bytes());
    AUDIT_EVENTS.write(tx)?.add(&key, event, "audit event")
}
