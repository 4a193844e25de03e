//! What a decision leaves behind.

use prodops_core::audit::Actor;
use prodops_core::tenancy::{Principal, Role};
use prodops_policy::{
    AuditLogFacts, Connect, DeleteWorkspace, IntegrationFacts, ListConnections, Policy, ReadAudit,
    ReadHrRecord, ReadReport, ResourceKey, RunSync, WorkspaceFacts,
};

use crate::world::{CONNECTION, FOREIGN, OWN, member, moment};

#[tokio::test]
async fn a_record_names_who_what_and_the_policies_that_determined_it() {
    let policy = Policy::shipped().unwrap();
    let admin = member(Role::Admin).await;
    let record = policy.record::<ReadAudit>(&admin, &AuditLogFacts::of(&admin), &moment());
    let Principal::Member { membership, .. } = admin.principal() else { panic!("a member asked") };
    assert_eq!(record.actor, Actor::Member(membership));
    assert_eq!((record.workspace, record.action, record.resource_type), (OWN, "ReadAudit", "AuditLog"));
    assert_eq!((record.allowed, record.resource), (true, Some(ResourceKey::AuditLog)));
    assert_eq!(record.policies, ["audit-is-read"]);
    assert_eq!((record.program, record.overlay), (policy.hash(), None));
    assert_eq!(record.time, moment().now());
    let foreign = policy.record::<Connect>(&admin, &WorkspaceFacts { workspace: FOREIGN }, &moment());
    assert_eq!(
        (foreign.allowed, foreign.policies.as_slice()),
        (false, ["tenant-mismatch".to_owned()].as_slice())
    );
    let unpermitted = policy.record::<DeleteWorkspace>(&admin, &WorkspaceFacts::of(&admin), &moment());
    assert!(!unpermitted.allowed && unpermitted.policies.is_empty() && unpermitted.errors.is_empty());
}

#[tokio::test]
async fn a_record_of_a_list_says_whether_anything_could_be_seen() {
    let policy = Policy::shipped().unwrap();
    let seen = policy.record_list::<ListConnections>(&member(Role::Member).await, &moment());
    assert!(seen.allowed && seen.errors.is_empty() && seen.resource.is_none());
    assert!(!policy.record_list::<ListConnections>(&member(Role::Viewer).await, &moment()).allowed);
}

#[test]
fn what_cannot_be_taken_back_or_is_personal_is_sensitive() {
    let policy = Policy::shipped().unwrap();
    assert!(policy.is_sensitive::<DeleteWorkspace>() && policy.is_sensitive::<ReadHrRecord>());
    assert!(!policy.is_sensitive::<ReadReport>() && !policy.is_sensitive::<RunSync>());
}

#[tokio::test]
async fn a_permit_carries_the_version_and_the_policies_that_it_was_decided_on() {
    let policy = Policy::shipped().unwrap();
    let scope = member(Role::Member).await;
    let facts = IntegrationFacts { workspace: OWN, id: CONNECTION };
    let permit = policy.authorize_version::<RunSync>(&scope, &facts, 7, &moment()).unwrap();
    assert_eq!((permit.version(), permit.program()), (Some(7), policy.hash()));
    assert_eq!(policy.authorize::<RunSync>(&scope, &facts, &moment()).unwrap().version(), None);
}
