//! What the operator of a deployment does before anybody can sign in: make a workspace and its owner.

use prodops_core::audit::{Actor, AuditObject};
use prodops_core::id::{MembershipId, UserId, WorkspaceId};
use prodops_core::input::{WorkspaceName, WorkspaceSlug};
use prodops_core::session::UserRecord;
use prodops_core::tenancy::{MembershipRecord, MembershipState, Role, WorkspaceRecord, WorkspaceState};

use super::entry::Engine;
use super::error::EngineError;

/// A workspace that was just made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provisioned {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The user who owns it.
    pub owner: UserId,
}

impl Engine {
    /// Makes a workspace and an owner for it.
    ///
    /// # Security
    /// An act of the deployment's operator, not of a user: there is no workspace yet whose policies could be asked.
    /// Call it from commands and set-up code, never from a request handler that users reach.
    ///
    /// # Errors
    /// When the slug is taken, or the store or the entropy source fails.
    pub async fn provision_workspace(
        &self,
        slug: &WorkspaceSlug,
        name: &WorkspaceName,
    ) -> Result<Provisioned, EngineError> {
        let parts = self.parts();
        let (clock, entropy) = (parts.clock.as_ref(), parts.entropy.as_ref());
        let owner = UserRecord { id: UserId::generate(clock, entropy)?, created: clock.now() };
        parts.store.identity(&parts.authority)?.create_user(&owner, None).await?;
        self.provision_workspace_for(slug, name, owner.id).await
    }

    /// Makes a workspace that an existing user owns.
    ///
    /// # Security
    /// As [`provision_workspace`](Engine::provision_workspace).
    ///
    /// # Errors
    /// When the slug is taken, or the store or the entropy source fails.
    pub async fn provision_workspace_for(
        &self,
        slug: &WorkspaceSlug,
        name: &WorkspaceName,
        owner: UserId,
    ) -> Result<Provisioned, EngineError> {
        let parts = self.parts();
        let (clock, entropy) = (parts.clock.as_ref(), parts.entropy.as_ref());
        let workspace = WorkspaceRecord {
            id: WorkspaceId::generate(clock, entropy)?,
            slug: slug.clone(),
            name: name.clone(),
            state: WorkspaceState::Active,
            created: clock.now(),
        };
        let membership = MembershipRecord {
            id: MembershipId::generate(clock, entropy)?,
            workspace: workspace.id,
            user: owner,
            role: Role::Owner,
            state: MembershipState::Active,
            until: None,
        };
        // Keys first: a kill in between leaves keys to nothing, never rows without keys.
        parts.keyring()?.create_workspace(workspace.id).await?;
        let capability = parts.authority.control();
        let object = AuditObject::Tenant(workspace.id);
        let event = self.deployment_event(Actor::Operator, None, "ProvisionWorkspace", object).await?;
        parts.store.control(&capability)?.create_workspace(&workspace, &membership, &event).await?;
        Ok(Provisioned { workspace: workspace.id, owner })
    }
}
