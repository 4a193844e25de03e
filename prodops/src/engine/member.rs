//! Members of a workspace.

use prodops_core::audit::{AuditObject, Decision};
use prodops_core::id::{MembershipId, UserId};
use prodops_core::tenancy::{MembershipRecord, MembershipState, Role};
use prodops_policy::{Action, ManageMembers, WorkspaceFacts};
use prodops_store::{Current, StoreError};

use super::error::EngineError;
use super::workspace::Workspace;

impl Workspace {
    /// Makes an existing user a member, from their next request on.
    ///
    /// # Security
    /// Nobody hands out more than they have: a role above the caller's own is denied, whatever the policies say of
    /// managing members. Nor does an API token, whose bearer could outlive it as somebody else.
    ///
    /// # Errors
    /// [`EngineError::Denied`] when the caller may not manage members or has a lesser role than `role`;
    /// [`EngineError::Store`] when there is no such user or they are a member already.
    pub async fn add_member(&self, user: UserId, role: Role) -> Result<MembershipId, EngineError> {
        let _permit = self.permit::<ManageMembers>(&WorkspaceFacts::of(&self.scope)).await?;
        if role > self.role() || self.by_token {
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
        let member = MembershipRecord { state: MembershipState::Active, ..waiting };
        self.log(ManageMembers::NAME, as_it_is(&member), Decision::Allowed).await?;
        identity.put_membership(&member).await?;
        Ok(member.id)
    }

    /// Gives a member another role, from their next request on; that request also brings each of their sessions a new
    /// token.
    ///
    /// # Security
    /// Nobody hands out more than they have, changes somebody who has more, or changes themselves; and no API token
    /// does. Two owners who take the role from each other at the same moment can leave a workspace without one: whoever
    /// runs the deployment makes one again.
    ///
    /// # Errors
    /// [`EngineError::NotFound`] when the user is no member; [`EngineError::Denied`] when the caller may not;
    /// [`StoreError::Conflict`] when somebody else changed them at the same time.
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
        let above = before.role.max(after.role) > self.role();
        if above || self.by_token || user == self.membership.user() {
            self.log(ManageMembers::NAME, as_it_is(&after), Decision::Denied).await?;
            return Err(EngineError::Denied);
        }
        // What changes nothing is no entry, and renews nobody's token.
        if after == before {
            return Ok(());
        }
        // Two planes, two transactions: what is logged and then killed has not happened, and its caller has no answer.
        self.log(ManageMembers::NAME, as_it_is(&after), Decision::Allowed).await?;
        if identity.replace_membership(&before, &after).await? {
            return Ok(());
        }
        // What the decision was about is no more.
        self.log(ManageMembers::NAME, as_it_is(&after), Decision::Failed).await?;
        Err(StoreError::Conflict { current: Current::Absent }.into())
    }
}

fn as_it_is(member: &MembershipRecord) -> AuditObject {
    AuditObject::MemberAs {
        member: member.id,
        role: member.role,
        active: member.state == MembershipState::Active,
    }
}
