//! Values that are hostile or large: they come back as they went in, or are refused by name.

use std::sync::Arc;

use prodops_core::audit::AuditEvent;
use prodops_core::environment::Environment;
use prodops_core::fact::RepositoryFact;
use prodops_core::filter::Filter;
use prodops_core::input::{ConnectionTarget, PersonName, RepositoryName};
use prodops_store::StoreError;
use prodops_store::contract::{AuditFilter, AuditQuery, ConnectionRecord, PermitCount};
use prodops_store::embedded::Embedded;
use prodops_store::testing::postgres::{TestDatabase, skipped};
use prodops_store::testing::{Fixture, KeysOnDemand};

const HOSTILE: &[&str] = &[
    "'; DROP TABLE prodops.person; --",
    "$1",
    "\\x27\\'",
    "\"; SET LOCAL ROLE prodops_owner; --",
    "a\0b",
    "%s %I {}",
    "\u{202e}rtl\u{feff}",
    "E'\\000'",
];

/// What a store gives back of every text that it takes, in the order in which it was put.
async fn echoed(fixture: &Fixture) -> Vec<String> {
    let tenant = fixture.tenant().await;
    let inside = fixture.inside(&tenant);
    let mut given = Vec::new();
    for (number, text) in HOSTILE.iter().enumerate() {
        // The types of texts refuse some of them: those go no further.
        let (name, person) = (RepositoryName::new(text), PersonName::new(text));
        let connection = match ConnectionTarget::new(text) {
            Ok(target) => ConnectionRecord { target, ..fixture.connection() },
            Err(_) => fixture.connection(),
        };
        inside.put_connection(&connection, &fixture.event(&tenant.scope)).await.unwrap();
        let request = fixture.lease_request(tenant.workspace.id, connection.id);
        let lease = fixture.control().acquire_lease(&request).await.unwrap().unwrap();
        let mut history = fixture.generate.history(connection.id, 1, 0);
        if let Ok(name) = name {
            history.repository = RepositoryFact { name, ..history.repository };
        }
        history.people[0].name = person.ok().or(history.people[0].name.take());
        let source = prodops_store::testing::Source {
            connection: connection.id,
            stream: prodops_core::input::StreamName::new("commits").unwrap(),
            lease,
        };
        inside.ingest(source.batch(None, text.as_bytes(), history.facts())).await.unwrap();
        let cursor = inside.cursor(source.connection, &source.stream).await.unwrap();
        assert_eq!(cursor.as_deref(), Some(text.as_bytes()), "{number}");
        given.push(format!("{:?} {:?}", inside.connection(connection.id).await, history.people[0]));
        let event = AuditEvent { action: (*text).to_owned(), ..fixture.event(&tenant.scope) };
        inside.append_audit(&event).await.unwrap();
        let filter = AuditFilter { action: Some((*text).to_owned()), ..AuditFilter::default() };
        let found = inside.audit_events(&AuditQuery { filter, newest_first: false }, None, 10).await.unwrap();
        given.push(format!("{:?}", found.items));
        let (hour, object) = (fixture.now(), "MetricReport".to_owned());
        let count = PermitCount { hour, actor: event.actor, action: (*text).to_owned(), object, count: 2 };
        fixture.audit().add_permit_counts(tenant.workspace.id, &[count.clone(), count]).await.unwrap();
    }
    let (from, until) = (fixture.now(), fixture.now().plus_seconds(1));
    given.push(format!("{:?}", inside.permit_counts(from, until).await.unwrap()));
    let (mut names, mut people) =
        (inside.repositories(&Filter::all()).await.unwrap(), inside.people().await.unwrap());
    names.sort_by_key(|row| row.id);
    people.sort_by_key(|row| row.id);
    given.push(format!("{names:?} {people:?}"));
    given
}

/// Every text comes back as from the embedded backend, and nothing else happened.
#[tokio::test]
async fn hostile_texts_are_texts() {
    if skipped() {
        return;
    }
    let keys = KeysOnDemand::new(Environment::Test).await;
    let database = TestDatabase::new().await;
    let store = Arc::new(database.store(keys.clone()).await);
    let embedded = Arc::new(Embedded::memory(Environment::Test, keys).unwrap());
    let (one, two) =
        (echoed(&Fixture::new(store.clone(), 970)).await, echoed(&Fixture::new(embedded, 970)).await);
    assert_eq!(one, two);
    assert!(store.posture().await.unwrap().is_safe(), "every table and policy is where it was");
    println!(
        "{} hostile texts in every place that takes one | they come back as they went in",
        HOSTILE.len()
    );
}

/// A megabyte goes in and comes out, where a megabyte may be.
#[tokio::test]
async fn a_megabyte_comes_back() {
    if skipped() {
        return;
    }
    let database = TestDatabase::new().await;
    let store = database.store(KeysOnDemand::new(Environment::Test).await).await;
    let fixture = Fixture::new(Arc::new(store), 971);
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    let inside = fixture.inside(&tenant);
    let large: Vec<u8> = (0..1_u32 << 20).map(|at| (at % 251) as u8).collect();
    inside.ingest(source.batch(None, &large, Vec::new())).await.unwrap();
    assert_eq!(inside.cursor(source.connection, &source.stream).await.unwrap(), Some(large));
    let event = AuditEvent { action: "x".repeat(1 << 20), ..fixture.event(&tenant.scope) };
    let refused = inside.append_audit(&event).await.unwrap_err();
    assert!(matches!(refused, StoreError::Invalid { what: "audit event", .. }), "{refused:?}");
    println!("a cursor of 1 MiB | it comes back as it went in; an action of 1 MiB | {refused:?}");
}
