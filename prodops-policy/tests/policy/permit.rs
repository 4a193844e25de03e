//! What permits, visible lists and refusals carry.

use prodops_core::audit::AuditObject;
use prodops_core::filter::{Column, Filter, FilterRow, Value};
use prodops_core::id::{ConnectionId, RepositoryId};
use prodops_core::tenancy::{Role, WorkspaceState};
use prodops_policy::{
    AuditLogFacts, Connect, Denied, IngestFacts, IntegrationFacts, ListConnections, ListRepositories, Policy,
    ReadAudit, ReadRepository, RepositoryFacts, ResourceFacts, ResourceKey, RunSync, WorkspaceFacts,
};

use crate::world::{CONNECTION, FOREIGN, OWN, World, member, moment};

const MINE: IntegrationFacts = IntegrationFacts { workspace: OWN, id: CONNECTION };

#[tokio::test]
async fn a_permit_names_what_it_is_for() {
    let policy = Policy::shipped().unwrap();
    let permit = policy.authorize::<RunSync>(&member(Role::Member).await, &MINE, &moment()).unwrap();
    assert_eq!(permit.action(), "RunSync");
    assert_eq!(permit.workspace(), OWN);
    assert_eq!(permit.resource(), ResourceKey::Integration(CONNECTION));
    assert_eq!(AuditObject::from(permit.resource()), AuditObject::Connection(CONNECTION));
    assert!(permit.is_for(&MINE));
    assert!(!permit.is_for(&IntegrationFacts { id: ConnectionId::from_bytes([8; 16]), ..MINE }));
    assert!(!permit.is_for(&IntegrationFacts { workspace: FOREIGN, ..MINE }));
}

#[tokio::test]
async fn a_permit_covers_its_own_scope_only() {
    let policy = Policy::shipped().unwrap();
    let world = World::new(Role::Admin, WorkspaceState::Active).await;
    let (own, foreign) = (world.member("own").await, world.member("foreign").await);
    let permit = policy.authorize::<RunSync>(&own, &MINE, &moment()).unwrap();
    assert!(permit.covers(&own) && permit.covers(&world.member("own").await));
    assert!(!permit.covers(&foreign), "another workspace of the same person");
    assert!(!permit.covers(&world.sync().await), "another principal of the same workspace");
    let elsewhere = World::seeded(Role::Admin, WorkspaceState::Active, 6).await;
    assert!(!permit.covers(&elsewhere.member("own").await), "another authority");
}

#[tokio::test]
async fn a_visible_list_covers_its_own_scope_and_admits_its_rows() {
    struct Row;
    impl FilterRow for Row {
        fn column(&self, _: Column) -> Option<Value> {
            None
        }
    }
    let policy = Policy::shipped().unwrap();
    let world = World::new(Role::Member, WorkspaceState::Active).await;
    let own = world.member("own").await;
    let visible = policy.visible::<ListConnections>(&own, &moment()).unwrap();
    assert_eq!((visible.action(), visible.workspace()), ("ListConnections", OWN));
    assert!(matches!(visible.filter(), Filter::All { .. }) && visible.filter().admits(&Row));
    assert!(visible.covers(&own));
    assert!(!visible.covers(&world.member("foreign").await));
    assert!(!visible.covers(&world.sync().await));
    let elsewhere = World::seeded(Role::Member, WorkspaceState::Active, 6).await;
    assert!(!visible.covers(&elsewhere.member("own").await));
}

#[tokio::test]
async fn a_list_that_nobody_permits_is_refused_and_not_empty() {
    let policy = Policy::shipped().unwrap();
    let denied = policy.visible::<ListConnections>(&member(Role::Viewer).await, &moment()).unwrap_err();
    assert_eq!((denied.action(), denied.policies()), ("ListConnections", &[] as &[String]));
    let sync = World::new(Role::Owner, WorkspaceState::Active).await.sync().await;
    assert!(policy.visible::<ListRepositories>(&sync, &moment()).is_err());
}

#[tokio::test]
async fn a_refusal_tells_the_caller_nothing_and_the_audit_log_which_policy_spoke() {
    let policy = Policy::shipped().unwrap();
    let owner = World::new(Role::Owner, WorkspaceState::Archived).await.member("own").await;
    let archived = policy.authorize::<Connect>(&owner, &WorkspaceFacts::of(&owner), &moment()).unwrap_err();
    assert_eq!(archived.policies(), ["archived-workspace"]);
    assert_eq!((archived.action(), archived.resource()), ("Connect", ResourceKey::Workspace));

    let both =
        policy.authorize::<Connect>(&owner, &WorkspaceFacts { workspace: FOREIGN }, &moment()).unwrap_err();
    assert_eq!(both.policies(), ["archived-workspace", "tenant-mismatch"]);

    let viewer = member(Role::Viewer).await;
    let unpermitted =
        policy.authorize::<ReadAudit>(&viewer, &AuditLogFacts::of(&viewer), &moment()).unwrap_err();
    assert!(unpermitted.policies().is_empty());
    for denied in [&archived, &both, &unpermitted] {
        assert_eq!(denied.to_string(), "not allowed");
        assert!(!denied.errored());
    }
}

#[tokio::test]
async fn foreign_and_absent_rows_are_refused_alike() {
    let policy = Policy::shipped().unwrap();
    let scope = member(Role::Owner).await;
    let refuse = |id| -> Denied {
        let row =
            RepositoryFacts { workspace: FOREIGN, id: RepositoryId::from_bytes(id), integration: CONNECTION };
        policy.authorize::<ReadRepository>(&scope, &row, &moment()).unwrap_err()
    };
    assert_eq!(refuse([1; 16]).to_string(), refuse([2; 16]).to_string());
    assert_eq!(refuse([1; 16]).policies(), ["tenant-mismatch"]);
}

#[tokio::test]
async fn background_work_does_its_own_work_and_people_cannot() {
    let policy = Policy::shipped().unwrap();
    let world = World::new(Role::Owner, WorkspaceState::Active).await;
    let permit = policy.authorize::<IngestFacts>(&world.sync().await, &MINE, &moment()).unwrap();
    assert_eq!(permit.resource(), MINE.key());
    assert!(policy.authorize::<IngestFacts>(&world.member("own").await, &MINE, &moment()).is_err());
    assert!(policy.authorize::<RunSync>(&world.sync().await, &MINE, &moment()).is_err());
}
