//! Identity data in memory, for tests that need a real scope.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::api_token::ApiTokenRecord;
use crate::id::{LeaseId, SessionId, UserId};
use crate::session::{
    ClientFamily, RevocationSubject, SessionEvidence, SessionKey, SessionRecord, SessionTokenRecord,
    TokenHash,
};
use crate::tenancy::{
    AuthorityError, AuthoritySource, LeaseRecord, MembershipEvidence, MembershipRecord, WorkspaceRecord,
};
use crate::time::Timestamp;

/// An [`AuthoritySource`] that is filled before its authority is made and does not change afterwards.
#[derive(Debug, Default)]
pub struct MemorySource {
    sessions: BTreeMap<TokenHash, (SessionRecord, SessionTokenRecord)>,
    tokens: BTreeMap<TokenHash, ApiTokenRecord>,
    memberships: Vec<(MembershipRecord, WorkspaceRecord)>,
    leases: BTreeMap<LeaseId, LeaseRecord>,
    marks: BTreeMap<RevocationSubject, u64>,
}

/// A session of this user that began at `at`. Its id and key follow from the user.
#[must_use]
pub fn session_record(user: UserId, at: Timestamp) -> SessionRecord {
    let mut key = [0x5e; 32];
    for (to, from) in key.iter_mut().zip(user.as_bytes()) {
        *to ^= from;
    }
    SessionRecord {
        id: SessionId::derive(&[user.as_bytes()]),
        user,
        created: at,
        last_seen: at,
        spent_seconds: 0,
        auth_time: at,
        epoch: 0,
        key: SessionKey::from_bytes(key),
        client: ClientFamily::default(),
        renew: false,
    }
}

impl MemorySource {
    /// Adds a session under the hash of a token that was issued when it began.
    #[must_use]
    pub fn with_session(self, token: TokenHash, session: SessionRecord) -> Self {
        let issued = session.created;
        let row = SessionTokenRecord { user: session.user, session: session.id, issued, replaced: None };
        self.with_session_token(token, session, row)
    }

    /// Adds a session under the hash of a token with a row of its own.
    #[must_use]
    pub fn with_session_token(
        mut self,
        token: TokenHash,
        session: SessionRecord,
        row: SessionTokenRecord,
    ) -> Self {
        self.sessions.insert(token, (session, row));
        self
    }

    /// Adds an API token under its hash.
    #[must_use]
    pub fn with_api_token(mut self, token: TokenHash, record: ApiTokenRecord) -> Self {
        self.tokens.insert(token, record);
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

    /// Sets the mark of a subject.
    #[must_use]
    pub fn with_mark(mut self, subject: RevocationSubject, mark: u64) -> Self {
        self.marks.insert(subject, mark);
        self
    }

    fn mark(&self, subject: RevocationSubject) -> u64 {
        self.marks.get(&subject).copied().unwrap_or(0)
    }
}

#[async_trait]
impl AuthoritySource for MemorySource {
    async fn session(&self, token: &TokenHash) -> Result<Option<SessionEvidence>, AuthorityError> {
        Ok(self.sessions.get(token).cloned().map(|(session, token)| {
            let users = self.mark(RevocationSubject::User(session.user));
            SessionEvidence { session, token, revoked: users.max(self.mark(RevocationSubject::Everybody)) }
        }))
    }

    async fn api_token(&self, token: &TokenHash) -> Result<Option<ApiTokenRecord>, AuthorityError> {
        Ok(self.tokens.get(token).cloned())
    }

    async fn memberships(&self, user: UserId) -> Result<Vec<MembershipEvidence>, AuthorityError> {
        let own = self.memberships.iter().filter(|(membership, _)| membership.user == user).cloned();
        let found = own.map(|(membership, workspace)| {
            let revoked = self.mark(RevocationSubject::Workspace(workspace.id));
            MembershipEvidence { membership, workspace, revoked }
        });
        Ok(found.collect())
    }

    async fn lease(&self, lease: LeaseId) -> Result<Option<LeaseRecord>, AuthorityError> {
        Ok(self.leases.get(&lease).cloned())
    }
}
