//! Members of a workspace.

use prodops_core::audit::{AuditObject, Decision};
use prodops_core::id::{MembershipId, UserId};
use prodops_core::tenancy::{MembershipRecord, MembershipState, Role};
use prodops_policy::{Action, ManageMembers, WorkspaceFacts};

use super::error::EngineError;
use super::workspace::Workspace;

impl Workspace {
    /// Makes an existing user a member, from their next request on.
    ///
    /// # Security
    /// Nobody hands out more than they have: a role above the caller's own is denied, whatever the policies say of
    /// managing members.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not manage members or has a lesser role than `role`;
    /// [`EngineError::Store`] when there is no such user or they are a member already.
    pub async fn add_member(&self, user: UserId, role: Role) -> Result<MembershipId, EngineError> {
        let _permit = self.permit::<ManageMembers>(&WorkspaceFacts::of(&self.scope)).await?;
        if role > self.role() {
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
        };
        // Members and the audit log lie on two planes, so in two transactions: the membership waits, without force,
        // until the log says who made it. A kill in between leaves somebody on the list who may do nothing.
        identity.put_membership(&waiting).await?;
        self.log(ManageMembers::NAME, AuditObject::Member(waiting.id), Decision::Allowed).await?;
        let member = MembershipRecord { state: MembershipState::Active, ..waiting };
        identity.put_membership(&member).await?;
        Ok(member.id)
    }

    /// Gives a member another role, from their next request on; that request also brings each of their sessions a new
    /// token.
    ///
    /// # Security
    /// Nobody hands out more than they have, changes somebody who has more, or changes themselves: an owner who acts
    /// stays one.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the user is no member; [`EngineError::Denied`] when the caller may not.
    pub async fn change_role(&self, user: UserId, role: Role) -> Result<(), EngineError> {
        self.change_member(user, |member| member.role = role).await
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
        let _permit = self.permit::<ManageMembers>(&WorkspaceFacts::of(&self.scope)).await?;
        let parts = self.engine.parts();
        let identity = parts.store.identity(&parts.authority)?;
        let before = identity.membership(user, self.scope.workspace()).await?.ok_or(EngineError::NotFound)?;
        let mut after = before.clone();
        change(&mut after);
        if before.role.max(after.role) > self.role() || user == self.membership.user() {
            self.log(ManageMembers::NAME, AuditObject::Workspace, Decision::Denied).await?;
            return Err(EngineError::Denied);
        }
        // What changes nothing is no entry, and renews nobody's token.
        if after == before {
            return Ok(());
        }
        // Two planes, two transactions: what is logged and then killed has not happened, and its caller has no answer.
        self.log(ManageMembers::NAME, AuditObject::Workspace, Decision::Allowed).await?;
        Ok(identity.put_membership(&after).await?)
    }
}
