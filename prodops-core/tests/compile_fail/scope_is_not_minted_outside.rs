// The function that mints scopes belongs to memberships and leases.
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::{AuthorityId, Principal, WorkspaceScope, WorkspaceState};

fn forge(authority: AuthorityId, workspace: WorkspaceId, principal: Principal) -> WorkspaceScope {
    WorkspaceScope::mint(authority, workspace, WorkspaceState::Active, principal)
}

fn main() {}
