// An action is asked about with the resource that it applies to.
use prodops_core::tenancy::WorkspaceScope;
use prodops_policy::{Disconnect, Policy, WorkspaceFacts};

fn ask(policy: &Policy, scope: &WorkspaceScope) {
    let _ = policy.authorize::<Disconnect>(scope, &WorkspaceFacts::of(scope));
}

fn main() {}
