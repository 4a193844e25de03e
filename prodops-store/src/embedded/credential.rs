//! Sessions and API tokens, one transaction per operation.

use async_trait::async_trait;
use prodops_core::api_token::ApiTokenRecord;
use prodops_core::id::{ApiTokenId, MembershipId, SessionId, UserId};
use prodops_core::session::{RevocationSubject, SessionEvidence, SessionRecord, TokenHash};
use prodops_core::time::Timestamp;

use super::key::Exact;
use super::tables::API_TOKENS;
use super::{Embedded, api_tokens, sessions};
use crate::backend::CredentialBackend;
use crate::contract::UserSessions;
use crate::error::StoreError;

#[async_trait]
impl CredentialBackend for Embedded {
    async fn create_session(&self, token: &TokenHash, session: &SessionRecord) -> Result<(), StoreError> {
        let (token, session) = (*token, session.clone());
        self.write(move |tx| sessions::create(tx, &token, &session)).await
    }

    async fn session(&self, token: &TokenHash) -> Result<Option<SessionEvidence>, StoreError> {
        self.peek(|tx| sessions::find(tx, token)).await
    }

    async fn sessions(&self, user: UserId) -> Result<UserSessions, StoreError> {
        self.read(move |tx| sessions::list(tx, user)).await
    }

    async fn note_session_use(
        &self,
        user: UserId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| sessions::note_use(tx, user, session, now)).await
    }

    async fn renew_session(
        &self,
        token: &TokenHash,
        next: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (token, next) = (*token, *next);
        self.write(move |tx| sessions::renew(tx, &token, &next, now)).await
    }

    async fn end_session(&self, user: UserId, session: SessionId) -> Result<bool, StoreError> {
        self.write(move |tx| sessions::end(tx, user, session)).await
    }

    async fn revoke_sessions(&self, subject: RevocationSubject) -> Result<u64, StoreError> {
        self.write(move |tx| sessions::revoke(tx, subject)).await
    }

    async fn create_api_token(&self, token: &TokenHash, record: &ApiTokenRecord) -> Result<(), StoreError> {
        let (token, record) = (*token, record.clone());
        self.write(move |tx| api_tokens::create(tx, &token, &record)).await
    }

    async fn api_token(&self, token: &TokenHash) -> Result<Option<ApiTokenRecord>, StoreError> {
        self.peek(|tx| API_TOKENS.read(tx)?.get(&Exact::new(token.as_bytes()))).await
    }

    async fn api_tokens(&self, membership: MembershipId) -> Result<Vec<ApiTokenRecord>, StoreError> {
        self.read(move |tx| api_tokens::list(tx, membership)).await
    }

    async fn note_api_token_use(&self, token: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
        let token = *token;
        self.write(move |tx| api_tokens::note_use(tx, &token, now)).await
    }

    async fn revoke_api_token(
        &self,
        membership: MembershipId,
        token: ApiTokenId,
    ) -> Result<bool, StoreError> {
        self.write(move |tx| api_tokens::revoke(tx, membership, token)).await
    }
}
