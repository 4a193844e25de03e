// Only an action that lists rows has a filter.
use prodops_core::tenancy::WorkspaceScope;
use prodops_policy::{Connect, Moment, Policy};

fn list(policy: &Policy, scope: &WorkspaceScope, moment: &Moment) {
    let _ = policy.visible::<Connect>(scope, moment);
}

fn main() {}
