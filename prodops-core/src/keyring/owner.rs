//! Whose keys they are.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::id::WorkspaceId;

/// What a data key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyOwner {
    /// The deployment: users, sessions, the registry of workspaces.
    Deployment,
    /// One workspace: everything that it owns. Destroying its keys destroys all of that, wherever copies lie.
    Workspace(WorkspaceId),
}

impl KeyOwner {
    /// The workspace; `None` for the deployment.
    #[must_use]
    pub const fn workspace(self) -> Option<WorkspaceId> {
        match self {
            Self::Deployment => None,
            Self::Workspace(id) => Some(id),
        }
    }
}

impl fmt::Display for KeyOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deployment => f.write_str("the deployment"),
            Self::Workspace(id) => write!(f, "workspace {id}"),
        }
    }
}
