//! One person's data goes, while the workspaces that they were in live on.
//!
//! What is personal in an audit entry is sealed under the key of the person, and the key is destroyed: the entry stays, and the
//! tree valid. Names in facts are removed, and no later sync brings them back.

use prodops_core::audit::{Actor, AuditObject, Decision};
use prodops_core::id::{PersonId, UserId, WorkspaceId};
use prodops_core::keyring::{KeyOwner, KeyringError};
use prodops_core::tenancy::{MembershipRecord, MembershipState};
use prodops_policy::{Action, ErasePerson, WorkspaceFacts};
use prodops_store::contract::{ErasureSubject, PurgeState, TombstoneRecord};
use prodops_store::{Current, StoreError};

use super::events::at;
use crate::engine::entry::Engine;
use crate::engine::error::EngineError;
use crate::engine::workspace::Workspace;

impl Workspace {
    /// Erases the name of somebody whose work is seen. Their commits stay, under an id that says nothing.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not or came with a token; [`EngineError::NotFound`] when nobody has this id.
    pub async fn erase_person(&self, person: PersonId) -> Result<(), EngineError> {
        let permit = self.permit::<ErasePerson>(&WorkspaceFacts::of(&self.scope)).await?;
        self.by_a_person(ErasePerson::NAME).await?;
        if !self.guarded()?.has_person(&permit, person).await? {
            return Err(EngineError::NotFound);
        }
        let subject = ErasureSubject::Person { workspace: self.scope.workspace(), person };
        let row = self.engine.erasure(subject, Actor::from(self.scope.principal()));
        let event = self.event(ErasePerson::NAME, AuditObject::Workspace, Decision::Allowed).await?;
        self.engine.note_begun(&row).await?;
        self.guarded()?.erase_person(&permit, person, &event).await?;
        self.engine.finish_erasure(&row).await
    }

    /// Erases a member: their membership, their API tokens here, and what is personal of them in the audit log. In other
    /// workspaces they stay what they are.
    ///
    /// # Security
    /// Nobody erases themselves or somebody who has more: an owner who acts stays one.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not or came with a token; [`EngineError::NotFound`] when the user is no
    /// member; [`StoreError::Conflict`] when somebody else changed them meanwhile.
    pub async fn erase_member(&self, user: UserId) -> Result<(), EngineError> {
        let parts = self.engine.parts();
        let (workspace, identity) = (self.scope.workspace(), parts.store.identity(&parts.authority)?);
        let found = identity.membership(user, workspace).await?;
        let _permit = self.permit::<ErasePerson>(&WorkspaceFacts::of(&self.scope)).await?;
        self.by_a_person(ErasePerson::NAME).await?;
        let member = found.ok_or(EngineError::NotFound)?;
        let object = AuditObject::Member(member.id);
        if !self.role().includes(member.role) || user == self.membership.user() {
            self.log(ErasePerson::NAME, object, Decision::Denied).await?;
            return Err(EngineError::Denied);
        }
        self.log(ErasePerson::NAME, object, Decision::Allowed).await?;
        // INVARIANT: only who still is what was decided about goes; whoever was given more meanwhile stays.
        let closed = MembershipRecord { state: MembershipState::Suspended, ..member.clone() };
        if !identity.replace_membership(&member, &closed).await? {
            self.log(ErasePerson::NAME, object, Decision::Failed).await?;
            return Err(StoreError::Conflict { current: Current::Absent }.into());
        }
        let subject = ErasureSubject::Member { workspace, user, membership: member.id };
        self.engine.erase(&self.engine.erasure(subject, Actor::from(self.scope.principal()))).await
    }
}

impl Engine {
    /// Erases a user everywhere: they can sign in no more, their memberships, sessions and tokens are gone, and what is personal
    /// of them in every audit log cannot be read any more. The workspaces stay.
    ///
    /// # Security
    /// An act of the deployment's operator. Call it from commands, never from a request handler that users reach.
    ///
    /// # Errors
    /// When the store, the keyring or the ledger fails; ask again then, it goes on where it stopped.
    pub async fn erase_user(&self, user: UserId) -> Result<(), EngineError> {
        self.erase(&self.erasure(ErasureSubject::User(user), Actor::Operator)).await
    }

    pub(super) fn erasure(&self, subject: ErasureSubject, by: Actor) -> TombstoneRecord {
        let now = self.parts().clock.now();
        TombstoneRecord {
            subject,
            requested: now,
            requested_by: by,
            grace_ends: now,
            state: PurgeState::Purging,
            since: now,
            restores: None,
        }
    }

    /// Every step may have been done before.
    pub(super) async fn erase(&self, row: &TombstoneRecord) -> Result<(), EngineError> {
        // INVARIANT: the ledger knows before the first row is gone; a backup that comes back is erased from again.
        self.note_begun(row).await?;
        match row.subject {
            ErasureSubject::User(user) => self.erase_everywhere(user).await?,
            ErasureSubject::Member { workspace, user, membership } => {
                self.destroy_subject_key(KeyOwner::Workspace(workspace), *membership.as_bytes()).await?;
                self.with_lifecycle(async |store| store.remove_membership(user, workspace).await).await?;
            }
            ErasureSubject::Person { workspace, person } => self.erase_name(workspace, person).await?,
            _ => return Ok(()),
        }
        self.finish_erasure(row).await
    }

    async fn erase_everywhere(&self, user: UserId) -> Result<(), EngineError> {
        // Keys first: without the memberships nobody could tell any more which keys were theirs.
        for own in self.with_lifecycle(async |store| store.memberships(user).await).await? {
            let workspace = KeyOwner::Workspace(own.workspace.id);
            self.destroy_subject_key(workspace, *own.membership.id.as_bytes()).await?;
        }
        if let Some(pseudonym) = Actor::user(user).subject() {
            self.destroy_subject_key(KeyOwner::Deployment, pseudonym).await?;
        }
        self.with_lifecycle(async |store| store.remove_user(user).await.map(drop)).await.map_err(Into::into)
    }

    async fn destroy_subject_key(&self, owner: KeyOwner, subject: [u8; 16]) -> Result<(), EngineError> {
        self.parts().keyring()?.erase_subject(owner, subject).await.map(drop).map_err(Into::into)
    }

    /// The name in a workspace that may be gone itself.
    async fn erase_name(&self, workspace: WorkspaceId, person: PersonId) -> Result<(), EngineError> {
        let event = self.operator_event_in(workspace, ErasePerson::NAME, AuditObject::Workspace)?;
        let erased =
            self.with_lifecycle(async |store| store.erase_person(workspace, person, &event).await).await;
        match erased {
            Err(StoreError::Keys(KeyringError::NoKeys(_))) => Ok(()),
            done => done.map(drop).map_err(Into::into),
        }
    }

    async fn finish_erasure(&self, row: &TombstoneRecord) -> Result<(), EngineError> {
        let done = at(row, PurgeState::Purged, self.parts().clock.now());
        self.note_finished(&done).await?;
        let event = self.erasure_event(row.requested_by, "ConfirmErasure", &row.subject).await?;
        self.with_lifecycle(async |store| store.advance_tombstone(None, &done, &event).await)
            .await
            .map(drop)
            .map_err(Into::into)
    }
}
