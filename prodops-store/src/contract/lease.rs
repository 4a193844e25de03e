//! A request for the hold on a connection.

use prodops_core::id::{ConnectionId, LeaseId, WorkspaceId};
use prodops_core::tenancy::{SystemPrincipal, WorkspaceState};
use prodops_core::time::Timestamp;

/// Asks for the hold on one connection of one workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseRequest {
    /// The new lease's id, never used before.
    pub id: LeaseId,
    /// Whose work it is.
    pub workspace: WorkspaceId,
    /// Whether the workspace takes changes.
    pub workspace_state: WorkspaceState,
    /// What is worked on.
    pub connection: ConnectionId,
    /// What the work acts as.
    pub principal: SystemPrincipal,
    /// The present: another lease that ends later than this keeps its hold.
    pub now: Timestamp,
    /// When the hold ends unless it is renewed.
    pub expires: Timestamp,
}
