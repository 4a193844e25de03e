//! What a membership is resolved from.

use super::authority::AuthorityId;
use super::membership::MembershipEvidence;
use super::role::Role;
use super::scope::Via;
use crate::api_token::VerifiedToken;
use crate::id::UserId;
use crate::session::VerifiedSession;

/// A proof of who makes a request, borrowed.
#[derive(Debug, Clone, Copy)]
pub enum Claim<'a> {
    /// The bearer of a session: all of their memberships that no revocation has closed to it.
    Session(&'a VerifiedSession),
    /// The bearer of an API token: the one membership that its row names.
    Token(&'a VerifiedToken),
}

impl<'a> From<&'a VerifiedSession> for Claim<'a> {
    fn from(session: &'a VerifiedSession) -> Self {
        Self::Session(session)
    }
}

impl<'a> From<&'a VerifiedToken> for Claim<'a> {
    fn from(token: &'a VerifiedToken) -> Self {
        Self::Token(token)
    }
}

impl Claim<'_> {
    /// The user behind it.
    #[must_use]
    pub const fn user(&self) -> UserId {
        match self {
            Self::Session(session) => session.user(),
            Self::Token(token) => token.record().user,
        }
    }

    pub(super) const fn via(&self) -> Via {
        match self {
            Self::Session(_) => Via::Session,
            Self::Token(_) => Via::ApiToken,
        }
    }

    pub(super) const fn authority(&self) -> AuthorityId {
        match self {
            Self::Session(session) => session.authority(),
            Self::Token(token) => token.authority(),
        }
    }

    /// The role that it gives in the workspace of this row; `None` when it gives none.
    pub(super) fn role_in(&self, found: &MembershipEvidence) -> Option<Role> {
        let record = &found.membership;
        match self {
            Self::Session(session) => (session.epoch() >= found.revoked).then_some(record.role),
            Self::Token(token) => {
                let token = token.record();
                let own = token.membership == record.id && token.workspace == record.workspace;
                // Not the cap alone: a member who lost their role must not keep it in a token.
                if own { record.role.intersection(token.cap) } else { None }
            }
        }
    }
}
