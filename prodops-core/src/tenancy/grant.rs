//! What somebody is made in a workspace.

use super::role::Role;
use crate::time::Timestamp;

/// A role, and until when it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Grant {
    /// As what.
    pub role: Role,
    /// Until when; `None` without an end, which [`Role::needs_end`] rules out for some.
    pub until: Option<Timestamp>,
}

impl Grant {
    /// For a time.
    #[must_use]
    pub const fn until(role: Role, end: Timestamp) -> Self {
        Self { role, until: Some(end) }
    }
}

impl From<Role> for Grant {
    /// Without an end.
    fn from(role: Role) -> Self {
        Self { role, until: None }
    }
}
