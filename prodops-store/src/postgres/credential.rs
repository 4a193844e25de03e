//! Sessions and API tokens, one transaction per operation.

use async_trait::async_trait;
use prodops_core::api_token::ApiTokenRecord;
use prodops_core::id::{ApiTokenId, MembershipId, SessionId, UserId};
use prodops_core::session::{RevocationSubject, SessionEvidence, SessionRecord, TokenHash};
use prodops_core::time::Timestamp;

use super::frame::Acting;
use super::{Postgres, api_tokens, sessions};
use crate::backend::CredentialBackend;
use crate::contract::UserSessions;
use crate::error::StoreError;

#[async_trait]
impl CredentialBackend for Postgres {
    async fn create_session(&self, token: &TokenHash, session: &SessionRecord) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        sessions::create(&mut frame, token, session).await?;
        frame.commit().await
    }

    async fn session(&self, token: &TokenHash) -> Result<Option<SessionEvidence>, StoreError> {
        let mut frame = self.read(Acting::identity()).await?;
        let found = sessions::find(&mut frame, token).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn sessions(&self, user: UserId) -> Result<UserSessions, StoreError> {
        let mut frame = self.read(Acting::identity()).await?;
        let found = sessions::list(&mut frame, user).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn note_session_use(
        &self,
        user: UserId,
        session: SessionId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        let noted = sessions::note_use(&mut frame, user, session, now).await?;
        frame.commit().await?;
        Ok(noted)
    }

    async fn renew_session(
        &self,
        token: &TokenHash,
        next: &TokenHash,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        let renewed = sessions::renew(&mut frame, token, next, now).await?;
        if renewed {
            frame.commit().await?
        } else {
            frame.end().await?
        }
        Ok(renewed)
    }

    async fn end_session(&self, user: UserId, session: SessionId) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        let ended = sessions::end(&mut frame, user, session).await?;
        frame.commit().await?;
        Ok(ended)
    }

    async fn revoke_sessions(&self, subject: RevocationSubject) -> Result<u64, StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        let count = sessions::revoke(&mut frame, subject).await?;
        frame.commit().await?;
        Ok(count)
    }

    async fn create_api_token(&self, token: &TokenHash, record: &ApiTokenRecord) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        api_tokens::create(&mut frame, token, record).await?;
        frame.commit().await
    }

    async fn api_token(&self, token: &TokenHash) -> Result<Option<ApiTokenRecord>, StoreError> {
        let mut frame = self.read(Acting::identity()).await?;
        let found = api_tokens::find(&mut frame, token).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn api_tokens(&self, membership: MembershipId) -> Result<Vec<ApiTokenRecord>, StoreError> {
        let mut frame = self.read(Acting::identity()).await?;
        let found = api_tokens::list(&mut frame, membership).await?;
        frame.end().await?;
        Ok(found)
    }

    async fn note_api_token_use(&self, token: &TokenHash, now: Timestamp) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        let noted = api_tokens::note_use(&mut frame, token, now).await?;
        frame.commit().await?;
        Ok(noted)
    }

    async fn revoke_api_token(
        &self,
        membership: MembershipId,
        token: ApiTokenId,
    ) -> Result<bool, StoreError> {
        let mut frame = self.write(Acting::identity()).await?;
        let revoked = api_tokens::revoke(&mut frame, membership, token).await?;
        frame.commit().await?;
        Ok(revoked)
    }
}
