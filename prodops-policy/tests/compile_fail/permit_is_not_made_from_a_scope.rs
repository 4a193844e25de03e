// Being inside a workspace is not being allowed.
use prodops_core::filter::Filter;
use prodops_core::tenancy::WorkspaceScope;
use prodops_policy::{Connect, ListRepositories, Permit, ProgramHash, ResourceKey, Visible};

fn permit(scope: &WorkspaceScope, program: ProgramHash) -> Permit<Connect> {
    Permit::new(scope, ResourceKey::Workspace, None, program)
}

fn visible(scope: &WorkspaceScope) -> Visible<ListRepositories> {
    Visible::new(scope, Filter::None)
}

fn main() {}
