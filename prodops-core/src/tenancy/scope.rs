//! The right to look into exactly one workspace.

use super::authority::AuthorityId;
use super::lease::SystemPrincipal;
use super::role::Role;
use super::workspace::WorkspaceState;
use crate::id::{MembershipId, UserId, WorkspaceId};
use crate::time::Timestamp;

/// What a member showed to come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Via {
    /// A session: a person is there.
    Session,
    /// An API token: a program is.
    ApiToken,
}

/// Who acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A person through a membership.
    Member {
        /// The membership that lets them in.
        membership: MembershipId,
        /// The person.
        user: UserId,
        /// Their role here.
        role: Role,
        /// When the membership ends, if it does. A scope may outlive that; policies compare it with the time of asking.
        until: Option<Timestamp>,
        /// What they came in with.
        via: Via,
    },
    /// Background work.
    System(SystemPrincipal),
}

/// The scope of every query: one workspace, one principal, one authority.
///
/// # Security
/// Private fields, no `Deserialize`, no `From<WorkspaceId>`, not `Clone`: it is minted from a
/// [`Membership`](super::Membership) or a [`JobLease`](super::JobLease) only, and a store that is bound to another
/// authority refuses it. It cannot be made from input or by mistake; code that is linked in and hostile is out of reach
/// of any type.
#[derive(Debug)]
pub struct WorkspaceScope {
    authority: AuthorityId,
    workspace: WorkspaceId,
    state: WorkspaceState,
    principal: Principal,
}

impl WorkspaceScope {
    pub(super) const fn mint(
        authority: AuthorityId,
        workspace: WorkspaceId,
        state: WorkspaceState,
        principal: Principal,
    ) -> Self {
        Self { authority, workspace, state, principal }
    }

    /// The authority that minted it.
    #[must_use]
    pub const fn authority(&self) -> AuthorityId {
        self.authority
    }

    /// The workspace.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// Whether the workspace takes changes.
    #[must_use]
    pub const fn workspace_state(&self) -> WorkspaceState {
        self.state
    }

    /// Who acts.
    #[must_use]
    pub const fn principal(&self) -> Principal {
        self.principal
    }
}
