//! The proof that a request came with a live session.

use super::token::{OpaqueToken, TokenHash};
use crate::id::UserId;
use crate::tenancy::{Authority, AuthorityError, AuthorityId};
use crate::time::Timestamp;

/// A session that was looked up and is in force.
///
/// # Security
/// Private fields, no deserialisation: it comes from [`VerifiedSession::verify`] only.
#[derive(Debug)]
pub struct VerifiedSession {
    authority: AuthorityId,
    token: TokenHash,
    user: UserId,
    last_seen: Timestamp,
}

impl VerifiedSession {
    /// Looks the token up and checks its expiry. `Ok(None)` when it is unknown, revoked or over.
    ///
    /// # Errors
    /// When the source of sessions cannot be read.
    pub async fn verify(authority: &Authority, token: &OpaqueToken) -> Result<Option<Self>, AuthorityError> {
        let hash = token.hash();
        let now = authority.clock().now();
        let live =
            authority.sources().session(&hash).await?.filter(|row| authority.expiry().is_live(row, now));
        Ok(live.map(|row| Self {
            authority: authority.id(),
            token: hash,
            user: row.user,
            last_seen: row.last_seen,
        }))
    }

    /// The authority that verified it.
    #[must_use]
    pub const fn authority(&self) -> AuthorityId {
        self.authority
    }

    /// The session's name in the store.
    #[must_use]
    pub const fn token(&self) -> &TokenHash {
        &self.token
    }

    /// When a request was last noted for it.
    #[must_use]
    pub const fn last_seen(&self) -> Timestamp {
        self.last_seen
    }

    /// Whose session it is.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }
}
