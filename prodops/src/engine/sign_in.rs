//! Sign-in: who begins a session, and by what evidence.

use prodops_core::audit::{Actor, AuditObject};
use prodops_core::id::UserId;
use prodops_core::session::{
    ClientFamily, OpaqueToken, SignInLinkRecord, UserRecord, VerifiedSession, VerifiedSubject,
};

use super::entry::Engine;
use super::error::EngineError;

impl Engine {
    /// Makes a one-time link for a user: the token to put into it, good for `seconds`.
    ///
    /// # Security
    /// Whoever opens the link first is the user. Hand it to them and nobody else.
    ///
    /// # Errors
    /// When the store or the entropy source fails.
    pub async fn sign_in_link(&self, user: UserId, seconds: i64) -> Result<OpaqueToken, EngineError> {
        let parts = self.parts();
        let token = OpaqueToken::generate(parts.entropy.as_ref())?;
        self.watch(&token);
        let object = AuditObject::user(user);
        let event = self.deployment_event(Actor::Operator, None, "CreateSignInLink", object).await?;
        self.log_deployment(&event).await?;
        let record = SignInLinkRecord { user, expires: parts.clock.now().plus_seconds(seconds) };
        parts.store.identity(&parts.authority)?.put_sign_in_link(&token.hash(), &record).await?;
        Ok(token)
    }

    /// Takes a one-time link and begins a session; `None` when the link is unknown, used or too old.
    ///
    /// # Errors
    /// When the store or the entropy source fails.
    pub async fn redeem_sign_in_link(&self, token: &OpaqueToken) -> Result<Option<OpaqueToken>, EngineError> {
        self.redeem_sign_in_link_from(token, ClientFamily::default()).await
    }

    /// The same with what the session is begun with, by which its user recognises it later.
    ///
    /// # Errors
    /// As [`Engine::redeem_sign_in_link`].
    pub async fn redeem_sign_in_link_from(
        &self,
        token: &OpaqueToken,
        client: ClientFamily,
    ) -> Result<Option<OpaqueToken>, EngineError> {
        let parts = self.parts();
        let taken = parts.store.identity(&parts.authority)?.take_sign_in_link(&token.hash()).await?;
        match taken.filter(|link| link.expires > parts.clock.now()) {
            Some(link) => self.begin_session(link.user, parts.clock.now(), client).await.map(Some),
            None => Ok(None),
        }
    }

    /// Begins a session for somebody whom the embedder's own login has verified; a new subject becomes a new user.
    ///
    /// # Errors
    /// When the store or the entropy source fails.
    ///
    /// # Security
    /// The session is always a new one with a new token: whatever cookie the browser had before the login is worth no
    /// more after it.
    pub async fn sign_in(&self, subject: &VerifiedSubject) -> Result<OpaqueToken, EngineError> {
        self.sign_in_from(subject, ClientFamily::default()).await
    }

    /// The same with what the session is begun with, by which its user recognises it later.
    ///
    /// # Errors
    /// As [`Engine::sign_in`].
    pub async fn sign_in_from(
        &self,
        subject: &VerifiedSubject,
        client: ClientFamily,
    ) -> Result<OpaqueToken, EngineError> {
        let user = self.user_of(subject).await?;
        self.begin_session(user, subject.auth_time(), client).await
    }

    /// Begins a new session in the place of one that is still live, for somebody who has just proven again who they are:
    /// the old one ends at once, whoever the new subject is.
    ///
    /// # Errors
    /// When the store or the entropy source fails.
    pub async fn reauthenticate(
        &self,
        old: &VerifiedSession,
        subject: &VerifiedSubject,
        client: ClientFamily,
    ) -> Result<OpaqueToken, EngineError> {
        self.sign_out(old).await?;
        self.sign_in_from(subject, client).await
    }

    /// The user behind a verified subject, made now if this is their first time.
    ///
    /// # Errors
    /// When the store or the entropy source fails.
    pub async fn user_of(&self, subject: &VerifiedSubject) -> Result<UserId, EngineError> {
        let parts = self.parts();
        let identity = parts.store.identity(&parts.authority)?;
        if let Some(user) = identity.user_by_subject(&subject.key()).await? {
            return Ok(user);
        }
        let user = UserRecord {
            id: UserId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?,
            created: parts.clock.now(),
        };
        match identity.create_user(&user, Some(&subject.key())).await {
            // Two first sign-ins at once: the other one made the user.
            Err(prodops_store::StoreError::AlreadyExists { .. }) => {
                identity.user_by_subject(&subject.key()).await?.ok_or(EngineError::NotFound)
            }
            made => Ok(made.map(|()| user.id)?),
        }
    }
}
