//! Identity data in memory, for tests that need a real scope.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::id::{LeaseId, UserId};
use crate::session::{SessionRecord, TokenHash};
use crate::tenancy::{AuthorityError, AuthoritySource, LeaseRecord, MembershipRecord, WorkspaceRecord};

/// An [`AuthoritySource`] that is filled before its authority is made and does not change afterwards.
#[derive(Debug, Default)]
pub struct MemorySource {
    sessions: BTreeMap<TokenHash, SessionRecord>,
    memberships: Vec<(MembershipRecord, WorkspaceRecord)>,
    leases: BTreeMap<LeaseId, LeaseRecord>,
}

impl MemorySource {
    /// Adds a session under the hash of its token.
    #[must_use]
    pub fn with_session(mut self, token: TokenHash, session: SessionRecord) -> Self {
        self.sessions.insert(token, session);
        self
    }

    /// Adds a membership and its workspace.
    #[must_use]
    pub fn with_membership(mut self, membership: MembershipRecord, workspace: WorkspaceRecord) -> Self {
        self.memberships.push((membership, workspace));
        self
    }

    /// Adds a lease.
    #[must_use]
    pub fn with_lease(mut self, lease: LeaseRecord) -> Self {
        self.leases.insert(lease.id, lease);
        self
    }
}

#[async_trait]
impl AuthoritySource for MemorySource {
    async fn session(&self, token: &TokenHash) -> Result<Option<SessionRecord>, AuthorityError> {
        Ok(self.sessions.get(token).cloned())
    }

    async fn memberships(
        &self,
        user: UserId,
    ) -> Result<Vec<(MembershipRecord, WorkspaceRecord)>, AuthorityError> {
        Ok(self.memberships.iter().filter(|(membership, _)| membership.user == user).cloned().collect())
    }

    async fn lease(&self, lease: LeaseId) -> Result<Option<LeaseRecord>, AuthorityError> {
        Ok(self.leases.get(&lease).cloned())
    }
}
