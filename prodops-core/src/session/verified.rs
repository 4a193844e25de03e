//! The proof that a request came with a live session.

use super::csrf::CsrfToken;
use super::key::SessionKey;
use super::standing::{SessionEvidence, Standing};
use super::token::{OpaqueToken, TokenHash};
use crate::id::{SessionId, UserId};
use crate::tenancy::{Authority, AuthorityError, AuthorityId};
use crate::time::Timestamp;

/// What came of looking a token up.
#[derive(Debug)]
pub enum Recognition {
    /// A live session.
    Live(VerifiedSession),
    /// A token that was replaced long ago: end this session.
    Replayed(ReplayedSession),
    /// No session, or one that is over.
    Unknown,
}

/// A session of which an old token came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplayedSession {
    /// Whose.
    pub user: UserId,
    /// Which.
    pub session: SessionId,
}

/// A session that was looked up and is in force.
///
/// # Security
/// Private fields, no deserialisation: it comes from [`VerifiedSession::recognise`] and [`VerifiedSession::verify`] only.
#[derive(Debug)]
pub struct VerifiedSession {
    authority: AuthorityId,
    id: SessionId,
    user: UserId,
    token: TokenHash,
    epoch: u64,
    auth_time: Timestamp,
    key: SessionKey,
    unnoted: bool,
    renew: bool,
}

impl VerifiedSession {
    /// Looks the token up and judges it.
    ///
    /// # Errors
    /// When the source of sessions cannot be read.
    pub async fn recognise(
        authority: &Authority,
        token: &OpaqueToken,
    ) -> Result<Recognition, AuthorityError> {
        let hash = token.hash();
        let now = authority.clock().now();
        // INVARIANT: the source pairs token and session, but the proof does not rest on that.
        let paired = |found: &SessionEvidence| {
            found.token.session == found.session.id && found.token.user == found.session.user
        };
        let Some(found) = authority.sources().session(&hash).await?.filter(paired) else {
            return Ok(Recognition::Unknown);
        };
        Ok(match found.standing(authority.expiry(), now) {
            Standing::Over => Recognition::Unknown,
            Standing::Replayed => {
                Recognition::Replayed(ReplayedSession { user: found.session.user, session: found.session.id })
            }
            Standing::Live { renew } => Recognition::Live(Self {
                authority: authority.id(),
                id: found.session.id,
                user: found.session.user,
                token: hash,
                epoch: found.session.epoch,
                auth_time: found.session.auth_time,
                unnoted: authority.expiry().should_note(&found.session, now),
                key: found.session.key,
                renew,
            }),
        })
    }

    /// The live session that the token belongs to. `Ok(None)` when it is unknown, revoked, over or replayed.
    ///
    /// # Errors
    /// When the source of sessions cannot be read.
    pub async fn verify(authority: &Authority, token: &OpaqueToken) -> Result<Option<Self>, AuthorityError> {
        Ok(match Self::recognise(authority, token).await? {
            Recognition::Live(session) => Some(session),
            Recognition::Replayed(_) | Recognition::Unknown => None,
        })
    }

    /// The authority that verified it.
    #[must_use]
    pub const fn authority(&self) -> AuthorityId {
        self.authority
    }

    /// The session's id.
    #[must_use]
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// Whose session it is.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.user
    }

    /// The hash of the token that the request came with.
    #[must_use]
    pub const fn token(&self) -> &TokenHash {
        &self.token
    }

    /// The revocations that had happened when the session began.
    #[must_use]
    pub const fn epoch(&self) -> u64 {
        self.epoch
    }

    /// When the user last proved who they are.
    #[must_use]
    pub const fn auth_time(&self) -> Timestamp {
        self.auth_time
    }

    /// What unsafe requests of this session must bring along: see [`super::csrf`].
    #[must_use]
    pub fn csrf_token(&self) -> CsrfToken {
        self.key.csrf_token(self.id)
    }

    /// Whether this use should be noted in the store.
    #[must_use]
    pub const fn should_note(&self) -> bool {
        self.unnoted
    }

    /// The token to hand to the bearer in place of `token`, when it is time for one. `None` when it is not, or when
    /// `token` is not the one that this proof was made from.
    #[must_use]
    pub fn successor(&self, token: &OpaqueToken) -> Option<OpaqueToken> {
        (self.renew && token.hash() == self.token).then(|| self.key.successor(token))
    }
}
