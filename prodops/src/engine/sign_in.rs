//! Sessions: how they begin, are recognised and end.

use prodops_core::id::UserId;
use prodops_core::session::{
    OpaqueToken, SessionRecord, SignInLinkRecord, UserRecord, VerifiedSession, VerifiedSubject,
};

use super::entry::Engine;
use super::error::EngineError;

/// How often the use of a session is noted, in seconds.
const NOTED_EVERY: i64 = 60;

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
        let record = SignInLinkRecord { user, expires: parts.clock.now().plus_seconds(seconds) };
        parts.store.identity(&parts.authority)?.put_sign_in_link(&token.hash(), &record).await?;
        Ok(token)
    }

    /// Takes a one-time link and begins a session; `None` when the link is unknown, used or too old.
    ///
    /// # Errors
    /// When the store or the entropy source fails.
    pub async fn redeem_sign_in_link(&self, token: &OpaqueToken) -> Result<Option<OpaqueToken>, EngineError> {
        let parts = self.parts();
        let taken = parts.store.identity(&parts.authority)?.take_sign_in_link(&token.hash()).await?;
        match taken.filter(|link| link.expires > parts.clock.now()) {
            Some(link) => self.begin_session(link.user).await.map(Some),
            None => Ok(None),
        }
    }

    /// Begins a session for somebody whom the embedder's own login has verified; a new subject becomes a new user.
    ///
    /// # Errors
    /// When the store or the entropy source fails.
    pub async fn sign_in(&self, subject: &VerifiedSubject) -> Result<OpaqueToken, EngineError> {
        let user = self.user_of(subject).await?;
        self.begin_session(user).await
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

    /// The live session that a token belongs to; `None` when it is unknown, revoked or over.
    ///
    /// Its use is noted at most once a minute: a page view is no write, and a store that cannot be written can still be
    /// read.
    ///
    /// # Errors
    /// When identity data cannot be read.
    pub async fn session(&self, token: &OpaqueToken) -> Result<Option<VerifiedSession>, EngineError> {
        let parts = self.parts();
        let session = VerifiedSession::verify(&parts.authority, token).await?;
        let now = parts.clock.now();
        if session.as_ref().is_some_and(|session| now.seconds_since(session.last_seen()) >= NOTED_EVERY) {
            let noted = parts.store.identity(&parts.authority)?.touch_session(&token.hash(), now).await;
            if let Err(error) = noted {
                tracing::warn!(%error, "the use of a session could not be noted");
            }
        }
        Ok(session)
    }

    /// Ends a session; its token is worth nothing from now on. Ending it twice changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, session: &VerifiedSession) -> Result<(), EngineError> {
        let parts = self.parts();
        parts.store.identity(&parts.authority)?.end_session(session.token()).await?;
        Ok(())
    }

    async fn begin_session(&self, user: UserId) -> Result<OpaqueToken, EngineError> {
        let parts = self.parts();
        let token = OpaqueToken::generate(parts.entropy.as_ref())?;
        self.watch(&token);
        let now = parts.clock.now();
        let record = SessionRecord { user, created: now, last_seen: now };
        parts.store.identity(&parts.authority)?.create_session(&token.hash(), &record).await?;
        Ok(token)
    }
}
