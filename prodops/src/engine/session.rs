//! Sessions: how they are recognised, renewed, listed and ended.

use prodops_core::audit::{Actor, AuditEvent, AuditObject, Decision};
use prodops_core::id::{SessionId, UserId};
use prodops_core::session::{
    ClientFamily, OpaqueToken, Recognition, ReplayedSession, RevocationSubject, SessionKey, SessionRecord,
    VerifiedSession,
};
use prodops_core::time::Timestamp;
use prodops_policy::{Action, EndMemberSessions, WorkspaceFacts};

use super::entry::Engine;
use super::error::EngineError;
use super::workspace::Workspace;

/// One of the caller's own sessions, as they see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// Its id.
    pub id: SessionId,
    /// When it began.
    pub created: Timestamp,
    /// When a request last used it, to within a minute.
    pub last_seen: Timestamp,
    /// What it was begun with.
    pub client: ClientFamily,
    /// Whether it is the one that asks.
    pub current: bool,
}

impl Engine {
    /// The live session that a token belongs to; `None` when it is unknown, revoked, over, or an old token that came
    /// back, which ends its session.
    ///
    /// Its use is noted at most once a minute: a page view is no write, and a store that cannot be written can still be
    /// read.
    ///
    /// # Errors
    /// When identity data cannot be read.
    pub async fn session(&self, token: &OpaqueToken) -> Result<Option<VerifiedSession>, EngineError> {
        match VerifiedSession::recognise(&self.parts().authority, token).await? {
            Recognition::Live(session) => {
                if session.should_note() {
                    self.note_use(&session).await?;
                }
                Ok(Some(session))
            }
            Recognition::Replayed(replayed) => {
                self.end_replayed(replayed).await?;
                Ok(None)
            }
            Recognition::Unknown => Ok(None),
        }
    }

    async fn note_use(&self, session: &VerifiedSession) -> Result<(), EngineError> {
        let parts = self.parts();
        let identity = parts.store.identity(&parts.authority)?;
        let noted = identity.note_session_use(session.user(), session.id(), parts.clock.now()).await;
        if let Err(error) = noted {
            tracing::warn!(%error, "the use of a session could not be noted");
        }
        Ok(())
    }

    async fn end_replayed(&self, replayed: ReplayedSession) -> Result<(), EngineError> {
        let ReplayedSession { user, session } = replayed;
        tracing::warn!(target: "prodops::security", %user, %session, "an old session token came back: session ended");
        let parts = self.parts();
        let ended = parts.store.identity(&parts.authority)?.end_session(user, session).await;
        if let Err(error) = &ended {
            tracing::error!(target: "prodops::security", %error, %session, "a copied session could not be ended");
        }
        let decision = if ended.is_ok() { Decision::Allowed } else { Decision::Failed };
        let actor = Actor::user(user);
        let event =
            self.deployment_event(actor, Some(user), "EndReplayedSession", AuditObject::Session).await?;
        self.log_deployment(&AuditEvent { decision, ..event }).await
    }

    /// The token to hand to the session's bearer in place of `token`; `None` while that one goes on.
    ///
    /// Call it with every request that can bring a cookie back: a token is followed by another one after 15 minutes and
    /// when the user's role changes. The old one lasts ten seconds more, for requests that are under way.
    ///
    /// # Errors
    /// When the engine's parts do not fit together; a store that cannot be written only keeps the old token going.
    pub async fn renewed_token(
        &self,
        session: &VerifiedSession,
        token: &OpaqueToken,
    ) -> Result<Option<OpaqueToken>, EngineError> {
        let Some(next) = session.successor(token) else { return Ok(None) };
        self.watch(&next);
        let parts = self.parts();
        let identity = parts.store.identity(&parts.authority)?;
        match identity.renew_session(&token.hash(), &next.hash(), parts.clock.now()).await {
            // When another request was faster, it derived the same token.
            Ok(_) => Ok(Some(next)),
            Err(error) => {
                tracing::warn!(%error, "a session token could not be renewed");
                Ok(None)
            }
        }
    }

    /// Ends the session; none of its tokens is worth anything from now on. Ending it twice changes nothing.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sign_out(&self, session: &VerifiedSession) -> Result<(), EngineError> {
        let parts = self.parts();
        self.log_user(session.user(), "SignOut").await?;
        parts.store.identity(&parts.authority)?.end_session(session.user(), session.id()).await?;
        Ok(())
    }

    /// The caller's own sessions that are in force, the latest first. Rows of sessions that are over are removed.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sessions(&self, session: &VerifiedSession) -> Result<Vec<OwnSession>, EngineError> {
        let live = self.live_sessions(session.user()).await?;
        let mut own: Vec<OwnSession> = live
            .into_iter()
            .map(|row| OwnSession {
                id: row.id,
                created: row.created,
                last_seen: row.last_seen,
                client: row.client,
                current: row.id == session.id(),
            })
            .collect();
        own.sort_by_key(|each| (!each.current, std::cmp::Reverse((each.last_seen, each.id))));
        Ok(own)
    }

    /// Ends one of the caller's own sessions. `false` when they have no such session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_session(&self, session: &VerifiedSession, id: SessionId) -> Result<bool, EngineError> {
        let parts = self.parts();
        let ended = parts.store.identity(&parts.authority)?.end_session(session.user(), id).await?;
        if ended {
            self.log_user(session.user(), "EndSession").await?;
        }
        Ok(ended)
    }

    /// Ends all of the caller's own sessions but the one that asks, and tells how many there were.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_other_sessions(&self, session: &VerifiedSession) -> Result<u64, EngineError> {
        let mut ended = 0;
        for other in self.live_sessions(session.user()).await? {
            if other.id != session.id() {
                ended += u64::from(self.end_session(session, other.id).await?);
            }
        }
        Ok(ended)
    }

    /// Ends every session of a user, on every machine, with their next request.
    ///
    /// # Security
    /// An act of the deployment's operator: call it from commands and from your own handling of incidents, never from a
    /// request handler that users reach.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_sessions_of(&self, user: UserId) -> Result<(), EngineError> {
        self.revoke(None, RevocationSubject::User(user)).await
    }

    /// Ends every session of the deployment, on every machine, with their next request.
    ///
    /// # Security
    /// As [`Engine::end_sessions_of`].
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_all_sessions(&self) -> Result<(), EngineError> {
        self.revoke(None, RevocationSubject::Everybody).await
    }

    /// `by` is whoever acts; `None` is the operator.
    async fn revoke(&self, by: Option<UserId>, subject: RevocationSubject) -> Result<(), EngineError> {
        let parts = self.parts();
        let object = match subject {
            RevocationSubject::Everybody => AuditObject::Deployment,
            RevocationSubject::User(user) => AuditObject::user(user),
            RevocationSubject::Workspace(workspace) => AuditObject::Tenant(workspace),
        };
        // First the entry: nobody is put out without one.
        let actor = by.map_or(Actor::Operator, Actor::user);
        let event = self.deployment_event(actor, by, "EndSessions", object).await?;
        self.log_deployment(&event).await?;
        let count = parts.store.identity(&parts.authority)?.revoke_sessions(subject).await?;
        tracing::info!(target: "prodops::security", ?subject, count, "sessions ended");
        Ok(())
    }

    /// Removes the rows of a user's sessions that are over and gives the others.
    async fn live_sessions(&self, user: UserId) -> Result<Vec<SessionRecord>, EngineError> {
        let parts = self.parts();
        let (identity, now) = (parts.store.identity(&parts.authority)?, parts.clock.now());
        let listed = identity.sessions(user).await?;
        let expiry = parts.authority.expiry();
        let (live, over): (Vec<_>, Vec<_>) = listed
            .sessions
            .into_iter()
            .partition(|row| row.epoch >= listed.revoked && expiry.is_live(row, now));
        for row in over {
            identity.end_session(user, row.id).await?;
        }
        Ok(live)
    }

    /// Begins a session. What is left of the user's earlier ones that are over goes.
    pub(super) async fn begin_session(
        &self,
        user: UserId,
        auth_time: Timestamp,
        client: ClientFamily,
    ) -> Result<OpaqueToken, EngineError> {
        let parts = self.parts();
        let (entropy, now) = (parts.entropy.as_ref(), parts.clock.now());
        self.live_sessions(user).await?;
        let token = OpaqueToken::generate(entropy)?;
        self.watch(&token);
        let session = SessionRecord {
            id: SessionId::generate(parts.clock.as_ref(), entropy)?,
            user,
            created: now,
            last_seen: now,
            spent_seconds: 0,
            auth_time,
            epoch: 0,
            key: SessionKey::generate(entropy)?,
            client,
            renew: false,
        };
        // First the entry, so that nobody is in without one.
        self.log_user(user, "SignIn").await?;
        parts.store.identity(&parts.authority)?.create_session(&token.hash(), &session).await?;
        Ok(token)
    }
}

impl Workspace {
    /// Closes the workspace to every session that began before, the caller's own included: whoever is a member comes in
    /// again after signing in again. Elsewhere those sessions go on; API tokens are not concerned.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not; else when the store fails.
    pub async fn end_member_sessions(&self) -> Result<(), EngineError> {
        let _permit = self.permit::<EndMemberSessions>(&WorkspaceFacts::of(&self.scope)).await?;
        // Members and the audit log lie on two planes. Logged first: a kill in between is noticed by whoever asked.
        self.log(EndMemberSessions::NAME, AuditObject::Workspace, Decision::Allowed).await?;
        let by = Some(self.membership.user());
        self.engine.revoke(by, RevocationSubject::Workspace(self.scope.workspace())).await
    }
}
