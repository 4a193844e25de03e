// An action is asked about with the resource that it applies to.
use prodops_core::tenancy::WorkspaceScope;
use prodops_policy::{Disconnect, Moment, Policy, WorkspaceFacts};

fn ask(policy: &Policy, scope: &WorkspaceScope, moment: &Moment) {
    let _ = policy.authorize::<Disconnect>(scope, &WorkspaceFacts::of(scope), moment);
}

fn main() {}
