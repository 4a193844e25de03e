//! The audit logs: one chain for each workspace and one for the deployment.

use prodops_core::audit::{Actor, AuditEntry, AuditEvent, AuditObject, Decision, LogHead};
use prodops_core::id::{ConnectionId, MembershipId};
use prodops_core::tenancy::SystemPrincipal;

use super::super::contents::{all_answers, all_events};
use super::super::fixture::{Fixture, Subject, Tenant};
use crate::StoreError;
use crate::contract::{AuditFilter, AuditQuery, Version};
use crate::plane::WorkspaceStore;

fn events(entries: &[AuditEntry]) -> Vec<AuditEvent> {
    entries.iter().map(|entry| entry.event.clone()).collect()
}

/// A change without its event does not happen, and neither does an event without its change.
pub async fn a_change_and_its_audit_event_are_one(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 60);
    let tenant = fixture.tenant().await;
    let store = fixture.inside(&tenant);
    let (row, event) = (fixture.connection(), fixture.event(&tenant.scope));
    let version = store.put_connection(&row, &event).await.unwrap();
    assert_eq!(events(&all_events(&store, 10).await.unwrap()), std::slice::from_ref(&event));

    let other = fixture.connection();
    let long = AuditEvent { action: "x".repeat(AuditEntry::MAX_LEAF), ..fixture.event(&tenant.scope) };
    for refused in [
        store.append_audit(&long).await,
        store.put_connection(&other, &long).await.map(drop),
        store.put_connection_if(version, &row, &long).await.map(drop),
    ] {
        assert!(matches!(refused, Err(StoreError::Invalid { what: "audit event", .. })), "{refused:?}");
    }
    assert_eq!(store.connection(other.id).await.unwrap(), None, "no event, no change");
    assert_eq!(store.connection(row.id).await.unwrap().unwrap().version, version, "no event, no change");

    let unheard = fixture.event(&tenant.scope);
    assert!(store.put_connection(&row, &unheard).await.is_err());
    assert!(store.put_connection_if(Version::from_number(9), &row, &unheard).await.is_err());
    assert_eq!(events(&all_events(&store, 10).await.unwrap()), [event], "no change, no event");
}

/// Entries come in the order in which they were appended, each chained to the one before, whatever the size of a page.
pub async fn the_audit_log_is_a_chain(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 61);
    let (tenant, other) = (fixture.tenant().await, fixture.tenant().await);
    let store = fixture.inside(&tenant);
    let (mut head, mut expected) = (LogHead::default(), Vec::new());
    for _ in 0..25 {
        let event = fixture.event(&tenant.scope);
        store.append_audit(&event).await.unwrap();
        fixture.inside(&other).append_audit(&fixture.event(&other.scope)).await.unwrap();
        let (entry, next) = head.append(event).unwrap();
        expected.push(entry);
        head = next;
    }
    for limit in [1, 4, 25, 100] {
        assert_eq!(all_events(&store, limit).await.unwrap(), expected);
    }
    let audit = fixture.audit();
    let id = Some(tenant.workspace.id);
    assert_eq!(audit.head(id).await.unwrap(), head);
    let kept = audit.log(id, 20, 3).await.unwrap();
    assert_eq!(kept.iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [21, 22, 23]);
    for (seq, row) in kept {
        let row = row.unwrap();
        let body = row.body.unwrap();
        assert_eq!((body.seq, body.hash().unwrap()), (seq, row.hash));
    }
    expected.reverse();
    let newest = AuditQuery { newest_first: true, ..AuditQuery::default() };
    for limit in [1, 7, 100] {
        assert_eq!(all_answers(&store, &newest, limit).await.unwrap(), expected);
    }
}

/// The deployment's log takes what belongs to no workspace, and nothing else.
pub async fn the_deployment_has_a_log_of_its_own(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 63);
    let tenant = fixture.tenant().await;
    let audit = fixture.audit();
    let event = AuditEvent { workspace: None, actor: Actor::Operator, ..fixture.event(&tenant.scope) };
    audit.append(&event).await.unwrap();
    let refused = audit.append(&fixture.event(&tenant.scope)).await;
    assert!(matches!(refused, Err(StoreError::ScopeViolation)), "{refused:?}");
    let log = audit.log(None, 0, 10).await.unwrap();
    assert_eq!(log.len(), 2, "the workspace was an entry already");
    assert_eq!(log.into_iter().next_back().unwrap().1.unwrap().body.unwrap().event, event);
    assert_eq!(audit.head(None).await.unwrap().seq, 2);
    assert_eq!(audit.head(Some(tenant.workspace.id)).await.unwrap(), LogHead::default());
}

/// Nobody writes into another workspace's log, or in somebody else's name.
pub async fn an_audit_event_names_its_own_workspace_and_actor(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 62);
    let (mine, theirs) = (fixture.tenant().await, fixture.tenant().await);
    let store = fixture.inside(&mine);
    let elsewhere = fixture.event(&theirs.scope);
    let nowhere = AuditEvent { workspace: None, ..fixture.event(&mine.scope) };
    let mut disguised = fixture.event(&mine.scope);
    disguised.actor = Actor::System(SystemPrincipal::Sync);
    for event in [elsewhere, nowhere, disguised] {
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
    let seen = events(&all_events(&store, 10).await.unwrap());
    assert!(seen.contains(&event), "background work signs as itself");
}

/// Fills a log with events of several kinds, by two actors.
async fn fill(fixture: &Fixture, tenant: &Tenant) -> Vec<AuditEntry> {
    let source = fixture.source(tenant).await;
    let system = fixture.system_scope(source.lease.id).await;
    let (own, background) = (fixture.inside(tenant), fixture.store.workspace(&system).unwrap());
    for n in 0..60 {
        let (store, scope) = if n % 5 == 0 { (&background, &system) } else { (&own, &tenant.scope) };
        let connection = ConnectionId::from_bytes([u8::try_from(n % 3).unwrap(); 16]);
        let event = AuditEvent {
            action: ["Connect", "RunSync"][usize::from(n % 2 == 0)].to_owned(),
            object: [AuditObject::Connection(connection), AuditObject::Workspace][usize::from(n % 4 == 0)],
            decision: if n % 7 == 0 { Decision::Denied } else { Decision::Allowed },
            // Not in order: clocks go back.
            time: fixture.now().plus_seconds(i64::from(n * 37 % 60)),
            ..fixture.event(scope)
        };
        store.append_audit(&event).await.unwrap();
    }
    all_events(&own, 1_000).await.unwrap()
}

fn filters(fixture: &Fixture, tenant: &Tenant) -> Vec<AuditFilter> {
    let any = AuditFilter::default();
    let object = AuditFilter { object: Some([1; 16]), ..any.clone() };
    let system = Some(Actor::System(SystemPrincipal::Sync));
    vec![
        any.clone(),
        AuditFilter { actor: Some(Actor::from(tenant.scope.principal())), ..any.clone() },
        AuditFilter { actor: system, ..any.clone() },
        AuditFilter { actor: Some(Actor::Member(MembershipId::from_bytes([9; 16]))), ..any.clone() },
        AuditFilter { action: Some("RunSync".to_owned()), ..any.clone() },
        AuditFilter { decision: Some(Decision::Denied), ..any.clone() },
        AuditFilter { from: Some(fixture.now().plus_seconds(20)), ..any.clone() },
        AuditFilter { until: Some(fixture.now().plus_seconds(20)), ..any },
        AuditFilter { decision: Some(Decision::Allowed), ..object.clone() },
        AuditFilter { actor: system, until: Some(fixture.now().plus_seconds(40)), ..object.clone() },
        object,
    ]
}

/// A question to the log is answered with exactly what it asks for, from either end, whatever the size of a page.
pub async fn the_audit_log_answers_what_is_asked(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 64);
    let (tenant, other) = (fixture.tenant().await, fixture.tenant().await);
    let all = fill(&fixture, &tenant).await;
    fill(&fixture, &other).await;
    let store = fixture.inside(&tenant);
    for filter in filters(&fixture, &tenant) {
        let mut expected: Vec<_> = all.iter().filter(|entry| filter.admits(&entry.event)).cloned().collect();
        for newest_first in [false, true] {
            let query = AuditQuery { filter: filter.clone(), newest_first };
            for limit in [1, 7, 1_000] {
                assert_eq!(all_answers(&store, &query, limit).await.unwrap(), expected, "{query:?}");
            }
            expected.reverse();
        }
    }
}

/// A page of one question does not continue another one.
pub async fn an_audit_page_is_good_for_its_question_only(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 65);
    let tenant = fixture.tenant().await;
    fill(&fixture, &tenant).await;
    let store = fixture.inside(&tenant);
    let query = AuditQuery::default();
    let token = store.audit_events(&query, None, 2).await.unwrap().next.unwrap();
    let backwards = AuditQuery { newest_first: true, ..query.clone() };
    let filter = AuditFilter { decision: Some(Decision::Allowed), ..AuditFilter::default() };
    for other in [backwards, AuditQuery { filter, newest_first: false }] {
        let refused = store.audit_events(&other, Some(&token), 2).await;
        assert!(matches!(refused, Err(StoreError::Invalid { what: "page token", .. })), "{refused:?}");
    }
    assert_eq!(store.audit_events(&query, Some(&token), 2).await.unwrap().items.len(), 2);
}

async fn answers(store: &WorkspaceStore<'_>, query: &AuditQuery) -> Vec<u64> {
    all_answers(store, query, 10).await.unwrap().into_iter().map(|entry| entry.seq).collect()
}

/// Purging erases what entries say, in every answer, and keeps their leaf hashes.
pub async fn a_purge_keeps_the_leaf_hashes(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 66);
    let tenant = fixture.tenant().await;
    let all = fill(&fixture, &tenant).await;
    let (audit, id) = (fixture.audit(), Some(tenant.workspace.id));
    let before = audit.log(id, 0, 1_000).await.unwrap();
    assert_eq!((audit.purge(id, 40, 30).await.unwrap(), audit.purge(id, 40, 30).await.unwrap()), (30, 10));
    assert_eq!(audit.purge(id, 40, 30).await.unwrap(), 0);
    let after = audit.log(id, 0, 1_000).await.unwrap();
    for ((seq, old), (same, new)) in before.iter().zip(&after) {
        let (old, new) = (old.as_ref().unwrap(), new.as_ref().unwrap());
        assert_eq!((seq, old.hash, *seq <= 40), (same, new.hash, new.body.is_none()));
    }
    let store = fixture.inside(&tenant);
    for filter in filters(&fixture, &tenant) {
        let left = all.iter().filter(|entry| entry.seq > 40 && filter.admits(&entry.event));
        let expected: Vec<_> = left.map(|entry| entry.seq).collect();
        assert_eq!(answers(&store, &AuditQuery { filter, newest_first: false }).await, expected);
    }
    assert_eq!(audit.head(id).await.unwrap().seq, u64::try_from(all.len()).unwrap());
}
