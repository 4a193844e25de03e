//! Sessions and API tokens, for the engine's sign-in code.

use prodops_core::api_token::ApiTokenRecord;
use prodops_core::id::{ApiTokenId, MembershipId, SessionId, UserId};
use prodops_core::session::{RevocationSubject, SessionRecord, TokenHash};
use prodops_core::time::Timestamp;

use super::identity::IdentityStore;
use crate::contract::UserSessions;
use crate::error::StoreError;

impl IdentityStore<'_> {
    /// Adds a session with its first token. Its epoch becomes the present count of revocations, whatever the row says.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when the user is unknown, [`StoreError::AlreadyExists`] when the session or the token is
    /// taken.
    pub async fn create_session(&self, token: &TokenHash, session: &SessionRecord) -> Result<(), StoreError> {
        self.backend.create_session(token, session).await
    }

    /// All sessions of a user, over or not, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn sessions(&self, user: UserId) -> Result<UserSessions, StoreError> {
        self.backend.sessions(user).await
    }

    /// Notes that a session was used. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn note_session_use(
        &self,
        user: UserId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.backend.note_session_use(user, session, now).await
    }

    /// Puts `next` in the place of `token`, which goes on as replaced at `now`. `false` when the token is unknown or was
    /// replaced before.
    ///
    /// # Errors
    /// [`StoreError::AlreadyExists`] when `next` is taken.
    pub async fn renew_session(
        &self,
        token: &TokenHash,
        next: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.backend.renew_session(token, next, now).await
    }

    /// Ends a session of this user: the next request with any token of it is a stranger's. `false` when there was none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn end_session(&self, user: UserId, session: SessionId) -> Result<bool, StoreError> {
        self.backend.end_session(user, session).await
    }

    /// Ends every older session of the subject, and returns the new count of revocations.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn revoke_sessions(&self, subject: RevocationSubject) -> Result<u64, StoreError> {
        self.backend.revoke_sessions(subject).await
    }

    /// Adds an API token.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] when there is no such membership of this user in this workspace,
    /// [`StoreError::AlreadyExists`] when the id or the token is taken.
    pub async fn create_api_token(
        &self,
        token: &TokenHash,
        record: &ApiTokenRecord,
    ) -> Result<(), StoreError> {
        self.backend.create_api_token(token, record).await
    }

    /// The API tokens of a membership, expired or not, by id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn api_tokens(&self, membership: MembershipId) -> Result<Vec<ApiTokenRecord>, StoreError> {
        self.backend.api_tokens(membership).await
    }

    /// Notes that an API token was used. `false` when there is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn note_api_token_use(&self, token: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
        self.backend.note_api_token_use(token, now).await
    }

    /// Revokes an API token of this membership: the next request with it is a stranger's. `false` when there was none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn revoke_api_token(
        &self,
        membership: MembershipId,
        token: ApiTokenId,
    ) -> Result<bool, StoreError> {
        self.backend.revoke_api_token(membership, token).await
    }
}
