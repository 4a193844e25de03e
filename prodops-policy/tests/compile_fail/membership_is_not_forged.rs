// Neither a membership nor a scope is made from what a request says.
use prodops_core::id::WorkspaceId;
use prodops_core::tenancy::{Membership, MembershipRecord, WorkspaceRecord, WorkspaceScope};
use prodops_policy::{MetricReportFacts, Moment, Permit, Policy, ReadReport};

fn member(record: MembershipRecord, workspace: WorkspaceRecord) -> Membership {
    Membership { record, workspace }
}

fn ask(policy: &Policy, workspace: WorkspaceId, moment: &Moment) -> Option<Permit<ReadReport>> {
    let scope: WorkspaceScope = workspace.into();
    policy.authorize(&scope, &MetricReportFacts { workspace }, moment).ok()
}

fn main() {}
