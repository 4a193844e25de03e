//! The row that a workspace is in the registry.

use serde::{Deserialize, Serialize};

use crate::id::WorkspaceId;
use crate::input::{WorkspaceName, WorkspaceSlug};
use crate::time::Timestamp;

/// Whether a workspace takes changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WorkspaceState {
    /// In use.
    Active,
    /// Kept, readable, unchangeable.
    Archived,
    /// To be deleted when its grace is over: unchangeable, and there for its owners only.
    Deleting,
}

/// A tenant as the registry keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceRecord {
    /// The tenant's id.
    pub id: WorkspaceId,
    /// Its name in URLs, unique in the deployment.
    pub slug: WorkspaceSlug,
    /// Its name for people.
    pub name: WorkspaceName,
    /// Whether it takes changes.
    pub state: WorkspaceState,
    /// When it was made.
    pub created: Timestamp,
}
