//! Ending many sessions at once, without touching their rows.

use serde::{Deserialize, Serialize};

use crate::id::{UserId, WorkspaceId};

/// Whose sessions are ended.
///
/// A deployment counts its revocations; a session remembers the count of its beginning as its *epoch*. Revoking raises
/// the count and writes it down as the subject's *mark*. A session is in force while its epoch is not below the marks of
/// everybody and of its user, and opens a workspace while it is not below the workspace's. Marks are looked up with every
/// request, so that a revocation holds from the next request on, on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationSubject {
    /// Every session of the deployment.
    Everybody,
    /// Every session of a user.
    User(UserId),
    /// Every session's way into a workspace; elsewhere they go on.
    Workspace(WorkspaceId),
}
