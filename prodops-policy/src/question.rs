//! A question as this crate asks it: who, of which workspace, about what, at which moment.

use prodops_core::id::{MembershipId, WorkspaceId};
use prodops_core::tenancy::{Principal, Role, SystemPrincipal, Via, WorkspaceScope, WorkspaceState};
use prodops_core::time::Timestamp;

use crate::moment::Moment;
use crate::resource::{ResourceFacts, ResourceKey};
use crate::vocabulary::{Attributes, Bare};

/// Who asks, as policies see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    Member(Member),
    System(SystemPrincipal),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) membership: MembershipId,
    pub(crate) role: Role,
    pub(crate) suspended: bool,
    pub(crate) by_token: bool,
    pub(crate) until: Option<Timestamp>,
}

impl From<Principal> for Asker {
    fn from(principal: Principal) -> Self {
        match principal {
            Principal::Member { membership, role, until, via, .. } => Self::Member(Member {
                membership,
                role,
                // INVARIANT: a suspended membership mints no scope, so the member behind a scope is not suspended.
                suspended: false,
                by_token: via != Via::Session,
                until,
            }),
            Principal::System(system) => Self::System(system),
        }
    }
}

/// Everything that a decision depends on, apart from the action.
#[derive(Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) asker: Asker,
    /// The workspace of the asker.
    pub(crate) workspace: WorkspaceId,
    pub(crate) archived: bool,
    pub(crate) resource: ResourceKey,
    /// The workspace of the resource.
    pub(crate) owner: WorkspaceId,
    pub(crate) facts: &'a dyn Attributes,
    pub(crate) moment: &'a Moment,
}

impl<'a> Question<'a> {
    pub(crate) fn of(scope: &WorkspaceScope, facts: &'a impl ResourceFacts, moment: &'a Moment) -> Self {
        Self {
            resource: facts.key(),
            owner: facts.workspace(),
            facts,
            ..Self::of_rows(scope, facts.key(), moment)
        }
    }

    /// The question about the rows of a list: `row` stands for any of them.
    pub(crate) fn of_rows(scope: &WorkspaceScope, row: ResourceKey, moment: &'a Moment) -> Self {
        Self {
            asker: scope.principal().into(),
            workspace: scope.workspace(),
            archived: scope.workspace_state() != WorkspaceState::Active,
            resource: row,
            owner: scope.workspace(),
            facts: &Bare,
            moment,
        }
    }
}
