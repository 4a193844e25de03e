//! The audit log: one entry for every change and every refusal, none for reading.

use std::collections::BTreeSet;

use prodops::connectors::contract::Silent;
use prodops::core::audit::{Actor, AuditEvent, AuditObject, Decision};
use prodops::core::id::{AuditEventId, ConnectionId, MembershipId, RequestId};
use prodops::core::input::ApiTokenName;
use prodops::core::tenancy::{MembershipState, Role, SystemPrincipal};
use prodops::engine::{ApiTokenRequest, Workspace};
use prodops::store::contract::AuditQuery;

use crate::place::{Place, Tenant, all_history, enter, git, stranger, target, tenant};
use crate::repository::history;

/// Reads the log again and again, and tells what came in between.
struct Reader<'t> {
    tenant: &'t Tenant,
    seen: BTreeSet<AuditEventId>,
}

impl<'t> Reader<'t> {
    async fn new(tenant: &'t Tenant) -> Self {
        let mut reader = Self { tenant, seen: BTreeSet::new() };
        reader.news().await;
        reader
    }

    /// The entries since the last look, without the one of this look.
    async fn news(&mut self) -> Vec<AuditEvent> {
        let log = self.tenant.log().await;
        let mut news: Vec<_> = log.into_iter().filter(|event| self.seen.insert(event.id)).collect();
        let look = |event: &AuditEvent| event.action == "ReadAudit" && by(event, &self.tenant.workspace);
        let own = news.iter().position(look).expect("reading the log is an entry of the log");
        news.remove(own);
        news
    }

    async fn only(&mut self) -> AuditEvent {
        let news = self.news().await;
        assert_eq!(news.len(), 1, "{news:#?}");
        news.into_iter().next().unwrap()
    }
}

fn by(event: &AuditEvent, who: &Workspace) -> bool {
    matches!(event.actor, Actor::Member(membership) if Some(membership) == who.membership())
}

fn expect(event: &AuditEvent, who: &Workspace, action: &str, object: AuditObject, decision: Decision) {
    assert!(by(event, who), "{event:?}");
    assert_eq!((event.action.as_str(), event.object, event.decision), (action, object, decision));
}

fn as_it_is(member: MembershipId, role: Role, active: bool) -> AuditObject {
    AuditObject::MemberAs { member, role, active }
}

#[tokio::test]
async fn every_change_leaves_one_entry_that_says_who_did_what_to_what() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let repository = place.repository("api", &history(12));
    let mut log = Reader::new(&one).await;

    let connection = one.workspace.connect(&git(), &target(repository.path())).await.unwrap().id;
    let object = AuditObject::Connection(connection);
    expect(&log.only().await, &one.workspace, "Connect", object, Decision::Allowed);
    one.sync(connection).await.unwrap();
    let [asked, ended] = <[AuditEvent; 2]>::try_from(log.news().await).unwrap();
    expect(&asked, &one.workspace, "RunSync", object, Decision::Allowed);
    assert_eq!(ended.actor, Actor::System(SystemPrincipal::Sync));
    let brought = AuditObject::Sync { connection, commits: 12, pruned: 0 };
    assert_eq!(
        (ended.action.as_str(), ended.object, ended.decision),
        ("IngestFacts", brought, Decision::Allowed)
    );
    drop(one.workspace.begin_sync(connection).await.unwrap());
    expect(&log.only().await, &one.workspace, "RunSync", object, Decision::Allowed);
    one.workspace.disconnect(connection).await.unwrap();
    expect(&log.only().await, &one.workspace, "Disconnect", object, Decision::Allowed);
    one.workspace.disconnect(connection).await.unwrap();
    assert_eq!(log.news().await, [], "nothing was changed the second time");
    let guest = stranger(&engine, "guest").await;
    let member = one.workspace.add_member(guest, Role::Admin).await.unwrap();
    expect(
        &log.only().await,
        &one.workspace,
        "ManageMembers",
        as_it_is(member, Role::Admin, true),
        Decision::Allowed,
    );
    // What changes nothing for other reasons than a refusal is no entry, unless somebody reached out for something.
    assert!(one.workspace.add_member(guest, Role::Viewer).await.is_err());
    assert!(one.sync(connection).await.is_err());
    assert!(one.workspace.disconnect(ConnectionId::from_bytes([7; 16])).await.is_err());
    assert_eq!(log.news().await, []);
    assert!(one.workspace.connect(&git(), &target(&place.roots())).await.is_err());
    let failed = log.only().await;
    assert!(by(&failed, &one.workspace));
    assert_eq!((failed.action.as_str(), failed.decision), ("Connect", Decision::Failed));
    // Another one's look is theirs.
    let theirs = enter(&engine, guest, "one").await.unwrap();
    theirs.audit(&AuditQuery::default(), None, 1).await.unwrap();
    expect(&log.only().await, &theirs, "ReadAudit", AuditObject::AuditLog, Decision::Allowed);
}

#[tokio::test]
async fn whatever_changes_who_may_come_in_leaves_one_entry() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (user, guest) = one.joined_by(&engine, Role::Viewer).await;
    let member = guest.membership().unwrap();
    let (whole, allowed) = (AuditObject::Workspace, Decision::Allowed);
    let mut log = Reader::new(&one).await;

    one.workspace.change_role(user, Role::Admin).await.unwrap();
    let promoted = as_it_is(member, Role::Admin, true);
    expect(&log.only().await, &one.workspace, "ManageMembers", promoted, allowed);
    one.workspace.set_member_state(user, MembershipState::Suspended).await.unwrap();
    let suspended = as_it_is(member, Role::Admin, false);
    expect(&log.only().await, &one.workspace, "ManageMembers", suspended, allowed);
    one.workspace.set_member_state(user, MembershipState::Suspended).await.unwrap();
    one.workspace.change_role(user, Role::Admin).await.unwrap();
    assert_eq!(log.news().await, [], "nothing was changed the second time");
    one.workspace.change_role(one.owner, Role::Viewer).await.unwrap_err();
    let own = as_it_is(one.workspace.membership().unwrap(), Role::Viewer, true);
    expect(&log.only().await, &one.workspace, "ManageMembers", own, Decision::Denied);

    let name = ApiTokenName::new("a script").unwrap();
    let wanted = ApiTokenRequest { name, cap: Role::Viewer, lifetime_seconds: 60 };
    let token = one.workspace.create_api_token(&wanted).await.unwrap().1.id;
    expect(&log.only().await, &one.workspace, "CreateApiToken", AuditObject::ApiToken(token), allowed);
    one.workspace.revoke_api_token(token).await.unwrap();
    expect(&log.only().await, &one.workspace, "RevokeApiToken", AuditObject::ApiToken(token), allowed);
    one.workspace.end_member_sessions().await.unwrap();
    expect(&log.only().await, &one.workspace, "EndMemberSessions", whole, allowed);
}

#[tokio::test]
async fn every_refusal_leaves_one_entry() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let repository = place.repository("api", &history(12));
    let connection = one.read(&repository).await;
    let (user, viewer) = one.joined_by(&engine, Role::Viewer).await;
    let (_, admin) = one.joined_by(&engine, Role::Admin).await;
    let mut log = Reader::new(&one).await;
    let (object, whole, denied) =
        (AuditObject::Connection(connection), AuditObject::Workspace, Decision::Denied);

    viewer.connect(&git(), &target(repository.path())).await.unwrap_err();
    expect(&log.only().await, &viewer, "Connect", whole, denied);
    viewer.sync(connection, &Silent, &Default::default()).await.unwrap_err();
    expect(&log.only().await, &viewer, "RunSync", object, denied);
    let _refused = viewer.begin_sync(connection).await.unwrap_err();
    expect(&log.only().await, &viewer, "RunSync", object, denied);
    viewer.disconnect(connection).await.unwrap_err();
    expect(&log.only().await, &viewer, "Disconnect", object, denied);
    viewer.connections().await.unwrap_err();
    let listed = log.only().await;
    assert!(by(&listed, &viewer));
    assert_eq!((listed.action.as_str(), listed.decision), ("ListConnections", denied));
    viewer.audit(&AuditQuery::default(), None, 10).await.unwrap_err();
    expect(&log.only().await, &viewer, "ReadAudit", AuditObject::AuditLog, denied);
    viewer.add_member(user, Role::Viewer).await.unwrap_err();
    expect(&log.only().await, &viewer, "ManageMembers", whole, denied);
    admin.add_member(user, Role::Owner).await.unwrap_err();
    expect(&log.only().await, &admin, "ManageMembers", whole, denied);
}

#[tokio::test]
async fn reading_leaves_no_entry() {
    let place = Place::new();
    let one = tenant(&place.engine().await, "one").await;
    one.read(&place.repository("api", &history(12))).await;
    let mut log = Reader::new(&one).await;
    let id = one.workspace.repositories().await.unwrap()[0].id;
    one.workspace.connections().await.unwrap();
    one.workspace.repository(id).await.unwrap();
    one.workspace.commits(id, None, 5).await.unwrap();
    one.workspace.coverage(id).await.unwrap();
    one.workspace.report(&all_history(Some(id))).await.unwrap();
    one.report().await;
    assert_eq!(log.news().await, []);
}

#[tokio::test]
async fn entries_name_the_request_they_belong_to() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let repository = place.repository("api", &history(3));
    let mut log = Reader::new(&one).await;
    let request = RequestId::from_bytes([3; 16]);
    let asked = enter(&engine, one.owner, "one").await.unwrap().for_request(request);
    asked.connect(&git(), &target(repository.path())).await.unwrap();
    assert_eq!(log.only().await.request, Some(request));
}
