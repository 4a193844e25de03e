//! What a member is in a workspace.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A role. What it allows is written in the policies, not here; what one role has of another is
/// [`Role::includes`].
// INVARIANT: rows, backups and leaves of the audit tree keep the number of a variant, so new ones stand at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Role {
    /// Reads dashboards.
    Viewer,
    /// Works in the workspace.
    Member,
    /// Runs the workspace: integrations and members.
    Admin,
    /// Answers for the workspace, its deletion included.
    Owner,
    /// Leads teams: sees what concerns theirs.
    Manager,
    /// Reads what was done and by whom.
    Auditor,
    /// Sees the plan and what it costs.
    Billing,
    /// Helps from outside, for a time that was agreed on.
    Support,
}

/// A text names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown role: expected owner, admin, manager, member, viewer, auditor, billing or support")]
pub struct ParseRoleError;

impl Role {
    /// Every role, as people and policies list them.
    pub const ALL: [Self; 8] = [
        Self::Viewer,
        Self::Member,
        Self::Manager,
        Self::Admin,
        Self::Owner,
        Self::Auditor,
        Self::Billing,
        Self::Support,
    ];

    /// The stable name, as policies and APIs spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Manager => "manager",
            Self::Admin => "admin",
            Self::Owner => "owner",
            Self::Auditor => "auditor",
            Self::Billing => "billing",
            Self::Support => "support",
        }
    }

    /// Whether this role has everything that `other` has. Roles are no ladder:
    ///
    /// ```text
    ///                owner
    ///    ┌───────┬─────┴───┬─────────┬─────────┐
    ///  admin  manager   auditor   billing   support
    ///    └───┬───┘
    ///      member
    ///        │
    ///      viewer
    /// ```
    ///
    /// # Security
    /// Whoever hands a role out, changes a member, or puts a cap on an API token must include what they hand out. Policies
    /// have to be written so that it is true; a test holds it against the shipped ones.
    #[must_use]
    pub const fn includes(self, other: Self) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => matches!(other, Self::Admin | Self::Member | Self::Viewer),
            Self::Manager => matches!(other, Self::Manager | Self::Member | Self::Viewer),
            Self::Member => matches!(other, Self::Member | Self::Viewer),
            Self::Viewer => matches!(other, Self::Viewer),
            Self::Auditor => matches!(other, Self::Auditor),
            Self::Billing => matches!(other, Self::Billing),
            Self::Support => matches!(other, Self::Support),
        }
    }

    /// What both roles have: the one that the other includes; `None` of two that stand side by side, which have nothing
    /// in common that could be named.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Option<Self> {
        if self.includes(other) {
            Some(other)
        } else if other.includes(self) {
            Some(self)
        } else {
            None
        }
    }

    /// Whether it is only ever given for a time: see [`MembershipRecord::until`](super::MembershipRecord::until).
    #[must_use]
    pub const fn needs_end(self) -> bool {
        matches!(self, Self::Support)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = ParseRoleError;
    fn from_str(text: &str) -> Result<Self, ParseRoleError> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(ParseRoleError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_kept_under_the_numbers_that_they_always_had() {
        let kept = [
            Role::Viewer,
            Role::Member,
            Role::Admin,
            Role::Owner,
            Role::Manager,
            Role::Auditor,
            Role::Billing,
            Role::Support,
        ];
        for (number, role) in (0u8..).zip(kept) {
            assert_eq!(postcard::to_stdvec(&role).unwrap(), [number], "{role}");
            assert_eq!(role.as_str().parse::<Role>().unwrap(), role);
        }
    }

    #[test]
    fn inclusion_is_a_partial_order_with_owners_above_all() {
        for a in Role::ALL {
            assert!(a.includes(a) && Role::Owner.includes(a));
            for b in Role::ALL {
                assert!(a == b || !(a.includes(b) && b.includes(a)), "{a} {b}");
                for c in Role::ALL {
                    assert!(!(a.includes(b) && b.includes(c)) || a.includes(c), "{a} {b} {c}");
                }
            }
        }
    }

    #[test]
    fn an_intersection_is_the_most_that_both_include() {
        for (a, b) in Role::ALL.into_iter().flat_map(|a| Role::ALL.map(|b| (a, b))) {
            let both = a.intersection(b);
            assert_eq!(both, b.intersection(a));
            assert!(both.is_none_or(|both| a.includes(both) && b.includes(both)));
        }
        assert_eq!(Role::Admin.intersection(Role::Manager), None);
        assert_eq!(Role::Support.intersection(Role::Viewer), None);
        assert_eq!(Role::Auditor.intersection(Role::Owner), Some(Role::Auditor));
    }
}
