//! The audit log.

use prodops_core::audit::{Actor, Decision};
use prodops_core::tenancy::SystemPrincipal;

use super::super::contents::all_events;
use super::super::fixture::{Fixture, Subject};
use crate::StoreError;
use crate::contract::Version;

/// A change without its event does not happen, and neither does an event without its change.
pub async fn a_change_and_its_audit_event_are_one(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 60);
    let tenant = fixture.tenant().await;
    let store = fixture.inside(&tenant);
    let (row, event) = (fixture.connection(), fixture.event(&tenant.scope));
    let version = store.put_connection(&row, &event).await.unwrap();
    assert_eq!(all_events(&store, 10).await.unwrap(), std::slice::from_ref(&event));

    let other = fixture.connection();
    let taken = store.put_connection(&other, &event).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists { what: "audit event" })), "{taken:?}");
    assert_eq!(store.connection(other.id).await.unwrap(), None, "no event, no change");
    let taken = store.put_connection_if(version, &row, &event).await;
    assert!(matches!(taken, Err(StoreError::AlreadyExists { what: "audit event" })), "{taken:?}");
    assert_eq!(store.connection(row.id).await.unwrap().unwrap().version, version, "no event, no change");

    let unheard = fixture.event(&tenant.scope);
    assert!(store.put_connection(&row, &unheard).await.is_err());
    assert!(store.put_connection_if(Version::from_number(9), &row, &unheard).await.is_err());
    assert_eq!(all_events(&store, 10).await.unwrap(), [event], "no change, no event");
}

/// Entries come by id, page by page, and none is ever overwritten.
pub async fn the_audit_log_is_ordered_and_append_only(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 61);
    let tenant = fixture.tenant().await;
    let store = fixture.inside(&tenant);
    let mut events: Vec<_> = (0..25).map(|_| fixture.event(&tenant.scope)).collect();
    for event in &events {
        store.append_audit(event).await.unwrap();
    }
    events.sort_by_key(|event| event.id);
    for limit in [1, 4, 25, 100] {
        assert_eq!(all_events(&store, limit).await.unwrap(), events);
    }
    let mut rewritten = events[3].clone();
    rewritten.decision = Decision::Denied;
    let refused = store.append_audit(&rewritten).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists { .. })), "{refused:?}");
    assert_eq!(all_events(&store, 100).await.unwrap(), events);
}

/// Nobody writes into another workspace's log, or in somebody else's name.
pub async fn an_audit_event_names_its_own_workspace_and_actor(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 62);
    let (mine, theirs) = (fixture.tenant().await, fixture.tenant().await);
    let store = fixture.inside(&mine);
    let elsewhere = fixture.event(&theirs.scope);
    let mut disguised = fixture.event(&mine.scope);
    disguised.actor = Actor::System(SystemPrincipal::Sync);
    for event in [elsewhere, disguised] {
        let outcomes = [
            store.append_audit(&event).await,
            store.put_connection(&fixture.connection(), &event).await.map(drop),
            store.put_connection_if(Version::FIRST, &fixture.connection(), &event).await.map(drop),
        ];
        for outcome in outcomes {
            assert!(matches!(outcome, Err(StoreError::ScopeViolation)), "{outcome:?}");
        }
    }
    assert_eq!(all_events(&store, 10).await.unwrap(), []);
    assert_eq!(all_events(&fixture.inside(&theirs), 10).await.unwrap(), []);

    let source = fixture.source(&mine).await;
    let scope = fixture.system_scope(source.lease.id).await;
    let event = fixture.event(&scope);
    fixture.store.workspace(&scope).unwrap().append_audit(&event).await.unwrap();
    assert!(all_events(&store, 10).await.unwrap().contains(&event), "background work signs as itself");
}
