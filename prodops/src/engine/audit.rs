//! Audit events: how they are made, where they go, and who reads them.

use prodops_core::audit::{
    Actor, AuditEntry, AuditEvent, AuditObject, Decision, NetworkPrefix, PersonalData, PersonalPlace,
};
use prodops_core::id::{AuditEventId, UserId};
use prodops_core::keyring::KeyOwner;
use prodops_core::tenancy::{Principal, WorkspaceScope};
use prodops_core::time::Timestamp;
use prodops_core::vault::SealedRecord;
use prodops_policy::{Action, AuditLogFacts, ReadAudit};
use prodops_store::contract::{AuditQuery, Page, PageToken, PermitCount};

use super::entry::Engine;
use super::error::EngineError;
use super::report::page_error;
use super::workspace::Workspace;

impl Engine {
    /// An event of the deployment's own log.
    pub(super) async fn deployment_event(
        &self,
        actor: Actor,
        user: Option<UserId>,
        action: &'static str,
        object: AuditObject,
    ) -> Result<AuditEvent, EngineError> {
        let parts = self.parts();
        let id = AuditEventId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?;
        let data = user.map(|user| PersonalData { user, network: None });
        let place = PersonalPlace { environment: parts.environment, workspace: None, event: id };
        Ok(AuditEvent {
            id,
            time: parts.clock.now(),
            workspace: None,
            actor,
            action: action.to_owned(),
            object,
            decision: Decision::Allowed,
            request: None,
            personal: self.sealed_for(actor, data, place).await?,
        })
    }

    /// An event of a workspace's log that says what background work did in it.
    pub(super) fn system_event(
        &self,
        scope: &WorkspaceScope,
        action: &'static str,
        object: AuditObject,
        decision: Decision,
    ) -> Result<AuditEvent, EngineError> {
        let parts = self.parts();
        Ok(AuditEvent {
            id: AuditEventId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?,
            time: parts.clock.now(),
            workspace: Some(scope.workspace()),
            actor: Actor::from(scope.principal()),
            action: action.to_owned(),
            object,
            decision,
            request: None,
            personal: None,
        })
    }

    /// Stores what a user did outside every workspace.
    pub(super) async fn log_user(&self, user: UserId, action: &'static str) -> Result<(), EngineError> {
        let event =
            self.deployment_event(Actor::user(user), Some(user), action, AuditObject::Session).await?;
        self.log_deployment(&event).await
    }

    pub(super) async fn log_deployment(&self, event: &AuditEvent) -> Result<(), EngineError> {
        let parts = self.parts();
        let capability = parts.authority.control();
        parts.store.audit(&capability)?.append(event).await?;
        parts.due.appended();
        Ok(())
    }

    async fn sealed_for(
        &self,
        actor: Actor,
        data: Option<PersonalData>,
        place: PersonalPlace,
    ) -> Result<Option<SealedRecord>, EngineError> {
        let parts = self.parts();
        let (Some(data), Some(subject)) = (data, actor.subject()) else { return Ok(None) };
        let key = parts.keyring()?.subject_key(owner(place), subject).await?;
        Ok(Some(data.seal(&key, place, parts.entropy.as_ref())?))
    }

    async fn opened(&self, event: &AuditEvent) -> Result<Option<PersonalData>, EngineError> {
        let parts = self.parts();
        let (Some(sealed), Some(subject)) = (&event.personal, event.actor.subject()) else { return Ok(None) };
        let place =
            PersonalPlace { environment: parts.environment, workspace: event.workspace, event: event.id };
        let key = parts.keyring()?.existing_subject_key(owner(place), subject).await?;
        // The key of somebody who was erased and came back is another one.
        let key = key.filter(|key| key.id() == sealed.key_id());
        let opened = key.map(|key| PersonalData::open(&key, place, sealed)).transpose();
        Ok(opened.map_err(prodops_core::keyring::KeyringError::from)?)
    }
}

const fn owner(place: PersonalPlace) -> KeyOwner {
    match place.workspace {
        Some(workspace) => KeyOwner::Workspace(workspace),
        None => KeyOwner::Deployment,
    }
}

impl Workspace {
    /// The event that says what the caller does or tries. It is stored with the change that it describes.
    pub(super) async fn event(
        &self,
        action: &'static str,
        object: AuditObject,
        decision: Decision,
    ) -> Result<AuditEvent, EngineError> {
        let parts = self.engine.parts();
        let id = AuditEventId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?;
        let actor = Actor::from(self.scope.principal());
        let workspace = Some(self.scope.workspace());
        let place = PersonalPlace { environment: parts.environment, workspace, event: id };
        parts.due.appended();
        Ok(AuditEvent {
            id,
            time: parts.clock.now(),
            workspace,
            actor,
            action: action.to_owned(),
            object,
            decision,
            request: self.request,
            personal: self.engine.sealed_for(actor, self.caller(self.network), place).await?,
        })
    }

    const fn caller(&self, network: Option<NetworkPrefix>) -> Option<PersonalData> {
        match self.scope.principal() {
            Principal::Member { user, .. } => Some(PersonalData { user, network }),
            Principal::System(_) => None,
        }
    }

    /// Stores an event that stands by itself: a denial, a failure, or a read that is sensitive.
    pub(super) async fn log(
        &self,
        action: &'static str,
        object: AuditObject,
        decision: Decision,
    ) -> Result<(), EngineError> {
        let event = self.event(action, object, decision).await?;
        Ok(self.guarded()?.append_audit(&event).await?)
    }

    /// A page of the workspace's audit log. Reading it is itself an event.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not read it; [`EngineError::Page`] for a token of another question or
    /// list.
    pub async fn audit(
        &self,
        query: &AuditQuery,
        after: Option<&PageToken>,
        limit: usize,
    ) -> Result<Page<AuditEntry>, EngineError> {
        let permit = self.permit::<ReadAudit>(&AuditLogFacts::of(&self.scope)).await?;
        self.log(ReadAudit::NAME, AuditObject::AuditLog, Decision::Allowed).await?;
        self.guarded()?.audit_events(&permit, query, after, limit).await.map_err(page_error)
    }

    /// Who acted and from which network, as the sealed part of an event says; `None` when it has none or the person's key
    /// was destroyed. Opening it is itself an event.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not read the log; [`EngineError::NotFound`] for an event of another
    /// workspace.
    pub async fn audit_person(&self, event: &AuditEvent) -> Result<Option<PersonalData>, EngineError> {
        let _permit = self.permit::<ReadAudit>(&AuditLogFacts::of(&self.scope)).await?;
        if event.workspace != Some(self.scope.workspace()) {
            return Err(EngineError::NotFound);
        }
        self.log(ReadAudit::NAME, AuditObject::AuditLog, Decision::Allowed).await?;
        self.engine.opened(event).await
    }

    /// Whether the policies let the caller read the audit log. For showing the way there: every read asks again, and this
    /// question alone is neither counted nor logged.
    #[must_use]
    pub fn may_read_audit(&self) -> bool {
        let facts = AuditLogFacts::of(&self.scope);
        self.engine.policy().authorize::<ReadAudit>(&self.scope, &facts, &self.moment()).is_ok()
    }

    /// How often what was permitted to whom, for the hours that begin in `from..until`, as of the last time that the
    /// counters were written down. Reading it is itself an event.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not read the audit log.
    pub async fn permit_counts(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<PermitCount>, EngineError> {
        let permit = self.permit::<ReadAudit>(&AuditLogFacts::of(&self.scope)).await?;
        self.log(ReadAudit::NAME, AuditObject::AuditLog, Decision::Allowed).await?;
        Ok(self.guarded()?.permit_counts(&permit, from, until).await?)
    }
}
