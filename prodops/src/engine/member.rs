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
        self.log(ManageMembers::NAME, AuditObject::Workspace, Decision::Allowed).await?;
        let member = MembershipRecord { state: MembershipState::Active, ..waiting };
        identity.put_membership(&member).await?;
        Ok(member.id)
    }
}
