//! The part of a backend's identity plane that says who makes a request: sessions, API tokens, and their end.

use async_trait::async_trait;
use prodops_core::api_token::ApiTokenRecord;
use prodops_core::id::{ApiTokenId, MembershipId, SessionId, UserId};
use prodops_core::session::{RevocationSubject, SessionEvidence, SessionRecord, TokenHash};
use prodops_core::time::Timestamp;

use crate::contract::UserSessions;
use crate::error::StoreError;

/// Sessions with their tokens, API tokens, and the count of revocations.
#[async_trait]
pub trait CredentialBackend: Send + Sync {
    /// Adds a session with its first token. Its epoch becomes the present count of revocations, whatever the row says.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the user is unknown, [`StoreError::AlreadyExists`] when the session or the token is
    /// taken.
    async fn create_session(&self, token: &TokenHash, session: &SessionRecord) -> Result<(), StoreError>;

    /// The session of this token, over or not, with the token's row and the marks that concern it, from one snapshot.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn session(&self, token: &TokenHash) -> Result<Option<SessionEvidence>, StoreError>;

    /// All sessions of a user, over or not, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn sessions(&self, user: UserId) -> Result<UserSessions, StoreError>;

    /// Notes that the session was used, by the rules of [`SessionRecord::note_use`]. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn note_session_use(
        &self,
        user: UserId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Puts `next` in the place of `token`, which goes on as replaced at `now`; of many callers at once exactly one does
    /// it. `false` when the token is unknown or was replaced before.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when `next` is taken.
    async fn renew_session(
        &self,
        token: &TokenHash,
        next: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Removes a session of this user with every token of it. `false` when there was none.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn end_session(&self, user: UserId, session: SessionId) -> Result<bool, StoreError>;

    /// Counts a revocation and marks the subject with the new count, which it returns: sessions with a smaller epoch are
    /// no longer in force for it.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn revoke_sessions(&self, subject: RevocationSubject) -> Result<u64, StoreError>;

    /// Adds an API token.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when there is no such membership of this user in this workspace,
    /// [`StoreError::AlreadyExists`] when the id or the token is taken.
    async fn create_api_token(&self, token: &TokenHash, record: &ApiTokenRecord) -> Result<(), StoreError>;

    /// The API token with this hash, expired or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn api_token(&self, token: &TokenHash) -> Result<Option<ApiTokenRecord>, StoreError>;

    /// The API tokens of a membership, expired or not, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn api_tokens(&self, membership: MembershipId) -> Result<Vec<ApiTokenRecord>, StoreError>;

    /// Notes that an API token was used. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn note_api_token_use(&self, token: &TokenHash, now: Timestamp) -> Result<bool, StoreError>;

    /// Removes an API token of this membership. `false` when there was none.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn revoke_api_token(&self, membership: MembershipId, token: ApiTokenId)
    -> Result<bool, StoreError>;
}
