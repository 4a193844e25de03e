//! What a member may do inside a workspace.

use std::fmt;

use prodops_core::audit::NetworkPrefix;
use prodops_core::id::{MembershipId, RequestId};
use prodops_core::tenancy::{Membership, Principal, Role, WorkspaceRecord, WorkspaceScope};

use super::entry::Engine;
use super::error::EngineError;
use super::guarded::Guarded;

/// A workspace that the caller has entered. Every method asks the policies and tells the decision log; changes, denials and
/// reads of the audit log are audit events.
pub struct Workspace {
    pub(super) engine: Engine,
    pub(super) scope: WorkspaceScope,
    pub(super) request: Option<RequestId>,
    pub(super) network: Option<NetworkPrefix>,
    pub(super) membership: Membership,
    /// Whether a program came in with an API token.
    pub(super) by_token: bool,
}

impl Workspace {
    pub(super) fn new(engine: Engine, membership: Membership, by_token: bool) -> Self {
        let scope = membership.scope();
        Self { engine, scope, request: None, network: None, membership, by_token }
    }

    /// Marks everything that follows with the id of the request it belongs to.
    #[must_use]
    pub const fn for_request(mut self, request: RequestId) -> Self {
        self.request = Some(request);
        self
    }

    /// Marks everything that follows with the network that the caller came from. It is kept with who they are: sealed,
    /// and erased with them.
    #[must_use]
    pub const fn from_network(mut self, network: NetworkPrefix) -> Self {
        self.network = Some(network);
        self
    }

    /// The workspace's row in the registry.
    #[must_use]
    pub const fn record(&self) -> &WorkspaceRecord {
        self.membership.workspace()
    }

    /// The membership that lets the caller in; `None` for background work.
    #[must_use]
    pub const fn membership(&self) -> Option<MembershipId> {
        match self.scope.principal() {
            Principal::Member { membership, .. } => Some(membership),
            Principal::System(_) => None,
        }
    }

    /// The role that the caller has in it.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.membership.role()
    }

    pub(super) fn guarded(&self) -> Result<Guarded<'_>, EngineError> {
        Ok(Guarded::new(self.engine.parts().store.workspace(&self.scope)?, &self.scope))
    }
}

impl fmt::Debug for Workspace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workspace").field("slug", &self.record().slug).finish_non_exhaustive()
    }
}
