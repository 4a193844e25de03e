// Knowing every part of a permit does not make one.
use std::marker::PhantomData;

use prodops_core::filter::Filter;
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::{AuthorityId, Principal};
use prodops_policy::{Connect, ListRepositories, Permit, ProgramHash, ResourceKey, Visible};

fn permit(
    authority: AuthorityId,
    workspace: WorkspaceId,
    principal: Principal,
    program: ProgramHash,
) -> Permit<Connect> {
    let (resource, version) = (ResourceKey::Workspace, None);
    Permit { authority, workspace, principal, resource, version, program, action: PhantomData }
}

fn visible(authority: AuthorityId, workspace: WorkspaceId, principal: Principal) -> Visible<ListRepositories> {
    Visible { authority, workspace, principal, filter: Filter::None, action: PhantomData }
}

fn main() {}
