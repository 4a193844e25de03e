//! One person goes, the workspaces stay.

use prodops::core::audit::{Actor, AuditEvent};
use prodops::core::id::UserId;
use prodops::core::tenancy::Role;
use prodops::engine::EngineError;
use prodops::store::contract::AuditQuery;

use crate::place::{Place, Tenant, enter, git, session, slug, stranger, target, tenant};
use crate::repository::history;

/// What a member left in a workspace's log, and whether it can still be told who they were.
async fn told(tenant: &Tenant, member: Actor) -> Vec<(AuditEvent, Option<UserId>)> {
    let page = tenant.workspace.audit(&AuditQuery::default(), None, 500).await.unwrap();
    let mut found = Vec::new();
    for row in page.items.into_iter().filter(|row| row.event.actor == member) {
        let person = tenant.workspace.audit_person(&row.event).await.unwrap();
        found.push((row.event, person.map(|person| person.user)));
    }
    found
}

#[tokio::test]
async fn a_member_who_is_erased_in_one_workspace_stays_in_the_other() {
    let place = Place::new();
    let engine = place.engine().await;
    let (one, two) = (tenant(&engine, "one").await, tenant(&engine, "two").await);
    let repository = place.repository("api", &history(6));
    one.read(&repository).await;
    let leaver = stranger(&engine, "leaver").await;
    let mut actors = Vec::new();
    for tenant in [&one, &two] {
        tenant.workspace.add_member(leaver, Role::Admin).await.unwrap();
        let name = tenant.workspace.record().slug.as_str();
        let inside = enter(&engine, leaver, name).await.unwrap();
        inside.audit(&AuditQuery::default(), None, 1).await.unwrap();
        actors.push(Actor::Member(inside.membership().unwrap()));
    }
    let before = told(&one, actors[0]).await;
    assert!(!before.is_empty() && before.iter().all(|(_, user)| *user == Some(leaver)));

    one.workspace.erase_member(leaver).await.unwrap();
    let after = told(&one, actors[0]).await;
    assert_eq!(after.len(), before.len(), "the log stays");
    assert!(after.iter().all(|(_, user)| user.is_none()), "and nobody can tell any more whose act it was");
    assert!(matches!(enter(&engine, leaver, "one").await, Err(EngineError::NotFound)));
    assert!(told(&two, actors[1]).await.iter().all(|(_, user)| *user == Some(leaver)));
    assert!(enter(&engine, leaver, "two").await.is_ok());
    let gone = one.workspace.erase_member(leaver).await;
    assert!(matches!(gone, Err(EngineError::NotFound)), "{gone:?}");

    engine.erase_user(leaver).await.unwrap();
    assert!(told(&two, actors[1]).await.iter().all(|(_, user)| user.is_none()));
    assert!(engine.sign_in_link(leaver, 60).await.is_err(), "there is no such user any more");
    assert_ne!(stranger(&engine, "leaver").await, leaver, "who comes back is somebody new");
    assert_eq!(one.workspace.repositories().await.unwrap().len(), 1, "the workspaces live on");
    engine.audit_upkeep().await.unwrap();
    let found = engine.audit_source("VerifyAudit").await.unwrap().verify(Vec::new()).await.unwrap();
    assert_eq!(found.findings, [], "and their logs verify");
}

#[tokio::test]
async fn nobody_erases_themselves_or_their_betters() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let (admin, as_admin) = one.joined_by(&engine, Role::Admin).await;
    assert!(matches!(one.workspace.erase_member(one.owner).await, Err(EngineError::Denied)));
    assert!(matches!(as_admin.erase_member(admin).await, Err(EngineError::Denied)), "owners only");
    let second = stranger(&engine, "second").await;
    one.workspace.add_member(second, Role::Owner).await.unwrap();
    one.workspace.erase_member(second).await.unwrap();
    assert!(engine.enter(&session(&engine, second).await, &slug("one")).await.is_err());
}

#[tokio::test]
async fn the_work_of_an_erased_person_stays() {
    let place = Place::new();
    let engine = place.engine().await;
    let one = tenant(&engine, "one").await;
    let repository = place.repository("api", &history(6));
    let first = one.read(&repository).await;
    let id = one.workspace.repositories().await.unwrap()[0].id;
    let commits = one.workspace.commits(id, None, 100).await.unwrap().items;
    let person = commits[0].author.unwrap();
    one.workspace.erase_person(person).await.unwrap();
    one.workspace.erase_person(person).await.unwrap();
    one.workspace.disconnect(first).await.unwrap();
    let again = one.workspace.connect(&git(), &target(repository.path())).await.unwrap();
    one.sync(again.id).await.unwrap();
    let after = one.workspace.commits(id, None, 100).await.unwrap().items;
    assert_eq!(after, commits, "their work stays, under an id that says nothing");
    let entries = one.workspace.audit(&AuditQuery::default(), None, 500).await.unwrap().items;
    assert_eq!(entries.iter().filter(|row| row.event.action == "ErasePerson").count(), 2);
}
