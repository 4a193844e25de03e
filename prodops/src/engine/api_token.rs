//! API tokens: how programs are recognised, and what members do with tokens of their own.

use prodops_core::api_token::{ApiToken, ApiTokenRecord, MAX_LIFETIME_SECONDS, VerifiedToken};
use prodops_core::audit::{AuditObject, Decision};
use prodops_core::id::ApiTokenId;
use prodops_core::input::{ApiTokenName, InputError};
use prodops_core::tenancy::Role;
use prodops_policy::{Action, CreateApiToken, RevokeApiToken, WorkspaceFacts};

use super::entry::Engine;
use super::error::EngineError;
use super::workspace::Workspace;

/// How many tokens that have not expired a membership can have.
const MOST_TOKENS: usize = 50;

/// What a token is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiTokenRequest {
    /// What it is for.
    pub name: ApiTokenName,
    /// The most that it may do.
    pub cap: Role,
    /// How long it lasts, in seconds, from one to those of a year.
    pub lifetime_seconds: i64,
}

impl Engine {
    /// The API token that a request came with; `None` when it is unknown, revoked or expired. Its use is noted at most
    /// once an hour.
    ///
    /// # Errors
    /// When identity data cannot be read.
    pub async fn api_token(&self, token: &ApiToken) -> Result<Option<VerifiedToken>, EngineError> {
        let parts = self.parts();
        let verified = VerifiedToken::verify(&parts.authority, token).await?;
        if verified.as_ref().is_some_and(VerifiedToken::should_note) {
            let identity = parts.store.identity(&parts.authority)?;
            if let Err(error) = identity.note_api_token_use(&token.hash(), parts.clock.now()).await {
                tracing::warn!(%error, "the use of an API token could not be noted");
            }
        }
        Ok(verified)
    }
}

impl Workspace {
    /// Makes an API token of the caller's own membership. The token is shown now and never again.
    ///
    /// # Security
    /// Nobody hands out more than they have, and a token makes no token: its bearer could outlive it.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not, came with a token, or has a role that does not include the cap;
    /// [`EngineError::Input`] for a lifetime that is no good or when there are too many tokens already.
    pub async fn create_api_token(
        &self,
        request: &ApiTokenRequest,
    ) -> Result<(ApiToken, ApiTokenRecord), EngineError> {
        let _permit = self.permit::<CreateApiToken>(&WorkspaceFacts::of(&self.scope)).await?;
        if !self.role().includes(request.cap) || self.by_token {
            self.log(CreateApiToken::NAME, AuditObject::Workspace, Decision::Denied).await?;
            return Err(EngineError::Denied);
        }
        if !(1..=MAX_LIFETIME_SECONDS).contains(&request.lifetime_seconds) {
            return Err(broken("lifetime of the API token", "must be from one second to a year"));
        }
        if self.live_api_tokens().await? >= MOST_TOKENS {
            return Err(broken("number of API tokens", "is at its limit: revoke one first"));
        }
        let parts = self.engine.parts();
        let (token, record) = (ApiToken::generate(parts.entropy.as_ref())?, self.token_record(request)?);
        self.engine.watch(&token);
        // The log lies on another plane: it says first what is about to be. A token without its entry cannot be.
        self.log(CreateApiToken::NAME, AuditObject::ApiToken(record.id), Decision::Allowed).await?;
        parts.store.identity(&parts.authority)?.create_api_token(&token.hash(), &record).await?;
        Ok((token, record))
    }

    fn token_record(&self, request: &ApiTokenRequest) -> Result<ApiTokenRecord, EngineError> {
        let parts = self.engine.parts();
        let now = parts.clock.now();
        Ok(ApiTokenRecord {
            id: ApiTokenId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?,
            workspace: self.scope.workspace(),
            membership: self.membership.id(),
            user: self.membership.user(),
            name: request.name.clone(),
            cap: request.cap,
            created: now,
            expires: now.plus_seconds(request.lifetime_seconds),
            last_used: None,
        })
    }

    async fn live_api_tokens(&self) -> Result<usize, EngineError> {
        let now = self.engine.parts().clock.now();
        Ok(self.own_api_tokens().await?.iter().filter(|token| token.is_live(now)).count())
    }

    /// The caller's own API tokens in this workspace, the newest first, expired ones included.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not have tokens; else when the store fails.
    pub async fn api_tokens(&self) -> Result<Vec<ApiTokenRecord>, EngineError> {
        let _permit = self.permit::<RevokeApiToken>(&WorkspaceFacts::of(&self.scope)).await?;
        let mut own = self.own_api_tokens().await?;
        own.reverse();
        Ok(own)
    }

    async fn own_api_tokens(&self) -> Result<Vec<ApiTokenRecord>, EngineError> {
        let parts = self.engine.parts();
        Ok(parts.store.identity(&parts.authority)?.api_tokens(self.membership.id()).await?)
    }

    /// Revokes one of the caller's own API tokens: its next request is a stranger's.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the caller has no such token here; [`EngineError::Denied`] when the caller may not
    /// have tokens.
    pub async fn revoke_api_token(&self, token: ApiTokenId) -> Result<(), EngineError> {
        let _permit = self.permit::<RevokeApiToken>(&WorkspaceFacts::of(&self.scope)).await?;
        if !self.own_api_tokens().await?.iter().any(|own| own.id == token) {
            return Err(EngineError::NotFound);
        }
        self.log(RevokeApiToken::NAME, AuditObject::ApiToken(token), Decision::Allowed).await?;
        let parts = self.engine.parts();
        let identity = parts.store.identity(&parts.authority)?;
        if identity.revoke_api_token(self.membership.id(), token).await? {
            return Ok(());
        }
        // Somebody was faster: it is revoked, by them.
        self.log(RevokeApiToken::NAME, AuditObject::ApiToken(token), Decision::Failed).await?;
        Err(EngineError::NotFound)
    }
}

fn broken(what: &'static str, rule: &'static str) -> EngineError {
    EngineError::Input(InputError::broken(what, rule))
}
