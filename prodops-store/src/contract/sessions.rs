//! The sessions of one user, as a list.

use prodops_core::session::SessionRecord;

/// Every session of a user that a store has, with what tells which of them are in force.
#[derive(Debug, Clone, Default)]
pub struct UserSessions {
    /// The sessions, by id.
    pub sessions: Vec<SessionRecord>,
    /// The larger of the marks of everybody and of the user: what has a smaller epoch was revoked.
    pub revoked: u64,
}
