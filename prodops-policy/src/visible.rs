//! The proof that a policy allowed a list, and which of its rows.

use std::fmt;
use std::marker::PhantomData;

use prodops_core::filter::Filter;
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::{AuthorityId, Principal, WorkspaceScope};

use crate::action::ListAction;

/// Proof that [`Policy::visible`](crate::Policy::visible) allowed the list `A`, with the filter that its rows must pass.
///
/// # Security
/// Private fields, not `Clone`, no deserialisation. A store applies [`Visible::filter`] to every row.
#[must_use = "the rows of a list must pass its filter"]
pub struct Visible<A: ListAction> {
    authority: AuthorityId,
    workspace: WorkspaceId,
    principal: Principal,
    filter: Filter,
    action: PhantomData<fn() -> A>,
}

impl<A: ListAction> Visible<A> {
    pub(crate) fn new(scope: &WorkspaceScope, filter: Filter) -> Self {
        Self {
            authority: scope.authority(),
            workspace: scope.workspace(),
            principal: scope.principal(),
            filter,
            action: PhantomData,
        }
    }

    /// The action's name, for the audit log.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        A::NAME
    }

    /// The workspace whose rows may be listed.
    #[must_use]
    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// Which of its rows.
    #[must_use]
    pub const fn filter(&self) -> &Filter {
        &self.filter
    }

    /// Whether the list was allowed to the principal of this scope, in its workspace, by way of its authority.
    #[must_use]
    pub fn covers(&self, scope: &WorkspaceScope) -> bool {
        self.authority == scope.authority()
            && self.workspace == scope.workspace()
            && self.principal == scope.principal()
    }
}

impl<A: ListAction> fmt::Debug for Visible<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Visible")
            .field("action", &A::NAME)
            .field("workspace", &self.workspace)
            .field("filter", &self.filter)
            .finish_non_exhaustive()
    }
}
