//! Members of a workspace.

use prodops_core::audit::{AuditObject, Decision};
use prodops_core::id::{MembershipId, UserId};
use prodops_core::input::InputError;
use prodops_core::tenancy::{Grant, MembershipRecord, MembershipState};
use prodops_policy::{Action, ManageMembers, WorkspaceFacts};
use prodops_store::{Current, StoreError};

use super::error::EngineError;
use super::workspace::Workspace;

impl Workspace {
    /// Makes an existing user a member, from their next request on: with a role, or with a [`Grant`] for a time.
    ///
    /// # Security
    /// Nobody hands out more than they have: a role that the caller's own does not include is denied, whatever the policies
    /// say of managing members. Nor does an API token, whose bearer could outlive it as somebody else.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not manage members or has a role that does not include the granted one;
    /// [`EngineError::Input`] for a grant that is over or lacks the end that its role needs; [`EngineError::Store`] when
    /// there is no such user, they are a member already, or somebody else changed or removed them before they were let in.
    pub async fn add_member(
        &self,
        user: UserId,
        grant: impl Into<Grant>,
    ) -> Result<MembershipId, EngineError> {
        let _permit = self.permit::<ManageMembers>(&WorkspaceFacts::of(&self.scope)).await?;
        let Grant { role, until } = grant.into();
        if !self.role().includes(role) || self.by_token {
            self.log(ManageMembers::NAME, AuditObject::Workspace, Decision::Denied).await?;
            return Err(EngineError::Denied);
        }
        let parts = self.engine.parts();
        let identity = parts.store.identity(&parts.authority)?;
        let waiting = MembershipRecord {
            id: MembershipId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?,
            workspace: self.scope.workspace(),
            user,
            role,
            state: MembershipState::Suspended,
            until,
        };
        self.may_stand(&waiting)?;
        // Members and the audit log lie on two planes, so in two transactions: the membership waits, without force,
        // until the log says who made it. A kill in between leaves somebody on the list who may do nothing.
        identity.put_membership(&waiting).await?;
        let member = MembershipRecord { state: MembershipState::Active, ..waiting };
        self.log(ManageMembers::NAME, AuditObject::membership(&member), Decision::Allowed).await?;
        if identity.replace_membership(&waiting, &member).await? {
            return Ok(member.id);
        }
        self.changed_meanwhile(&member).await
    }

    /// Gives a member another role, or a [`Grant`] for a time, in the place of what they have, from their next request on;
    /// that request also brings each of their sessions a new token.
    ///
    /// # Security
    /// Nobody hands out more than they have, changes somebody who has more, or changes themselves; and no API token
    /// does. Two owners who take the role from each other at the same moment can leave a workspace without one: whoever
    /// runs the deployment makes one again.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the user is no member; [`EngineError::Denied`] when the caller may not;
    /// [`EngineError::Input`] for a grant that is over or lacks the end that its role needs; [`StoreError::Conflict`] when
    /// somebody else changed them at the same time.
    pub async fn change_role(&self, user: UserId, grant: impl Into<Grant>) -> Result<(), EngineError> {
        let Grant { role, until } = grant.into();
        self.change_member(user, |member| (member.role, member.until) = (role, until)).await
    }

    /// Suspends a member or lets them in again: suspended, they are nobody here from their next request on, and so are
    /// their API tokens.
    ///
    /// # Security
    /// As [`Workspace::change_role`].
    ///
    /// # Errors
    /// As [`Workspace::change_role`].
    pub async fn set_member_state(&self, user: UserId, state: MembershipState) -> Result<(), EngineError> {
        self.change_member(user, |member| member.state = state).await
    }

    async fn change_member(
        &self,
        user: UserId,
        change: impl FnOnce(&mut MembershipRecord),
    ) -> Result<(), EngineError> {
        let parts = self.engine.parts();
        let identity = parts.store.identity(&parts.authority)?;
        // INVARIANT: the row is found before the decision and changed only while it is as it was then.
        let found = identity.membership(user, self.scope.workspace()).await?;
        let _permit = self.permit::<ManageMembers>(&WorkspaceFacts::of(&self.scope)).await?;
        let before = found.ok_or(EngineError::NotFound)?;
        let mut after = before.clone();
        change(&mut after);
        let within = self.role().includes(before.role) && self.role().includes(after.role);
        if !within || self.by_token || user == self.membership.user() {
            self.log(ManageMembers::NAME, AuditObject::membership(&after), Decision::Denied).await?;
            return Err(EngineError::Denied);
        }
        // What changes nothing is no entry, and renews nobody's token.
        if after == before {
            return Ok(());
        }
        if (before.role, before.until) != (after.role, after.until) {
            self.may_stand(&after)?;
        }
        // Two planes, two transactions: what is logged and then killed has not happened, and its caller has no answer.
        self.log(ManageMembers::NAME, AuditObject::membership(&after), Decision::Allowed).await?;
        if identity.replace_membership(&before, &after).await? {
            return Ok(());
        }
        self.changed_meanwhile(&after).await
    }

    /// What the decision was about is no more.
    async fn changed_meanwhile<T>(&self, member: &MembershipRecord) -> Result<T, EngineError> {
        self.log(ManageMembers::NAME, AuditObject::membership(member), Decision::Failed).await?;
        Err(StoreError::Conflict { current: Current::Absent }.into())
    }

    /// Refuses what nobody could use: a membership that is over before it begins, or must have an end and has none.
    fn may_stand(&self, member: &MembershipRecord) -> Result<(), EngineError> {
        member.check()?;
        let now = self.engine.parts().clock.now();
        if member.until.is_some_and(|end| end <= now) {
            return Err(InputError::broken("end of the membership", "must lie ahead").into());
        }
        Ok(())
    }
}
