// Only an action that lists rows has a filter.
use prodops_core::tenancy::WorkspaceScope;
use prodops_policy::{Connect, Policy};

fn list(policy: &Policy, scope: &WorkspaceScope) {
    let _ = policy.visible::<Connect>(scope);
}

fn main() {}
