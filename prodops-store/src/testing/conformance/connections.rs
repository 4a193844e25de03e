//! Edits of connections by version, and the record of a sync.

use prodops_core::filter::Filter;
use prodops_core::input::ConnectorId;

use super::super::contents::all_events;
use super::super::fixture::{Fixture, Subject};
use crate::contract::{ConnectionRecord, ConnectionState, SyncOutcome, SyncRecord, Version, Versioned};
use crate::{Current, StoreError};

/// An edit needs the version that it was made from.
pub async fn a_connection_is_edited_by_version(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 50);
    let tenant = fixture.tenant().await;
    let store = fixture.inside(&tenant);
    let event = || fixture.event(&tenant.scope);
    let mut row = fixture.connection();

    let absent = store.put_connection_if(Version::FIRST, &row, &event()).await;
    assert!(matches!(absent, Err(StoreError::Conflict { current: Current::Absent })), "{absent:?}");
    assert_eq!(store.connection(row.id).await.unwrap(), None);
    let first = store.put_connection(&row, &event()).await.unwrap();
    let twice = store.put_connection(&row, &event()).await;
    assert!(matches!(twice, Err(StoreError::AlreadyExists { what: "connection" })), "{twice:?}");

    row.state = ConnectionState::Disconnected;
    let second = store.put_connection_if(first, &row, &event()).await.unwrap();
    assert!(second > first);
    let lost = store.put_connection_if(first, &row, &event()).await.unwrap_err();
    assert!(
        matches!(&lost, StoreError::Conflict { current: Current::Version(now) } if *now == second),
        "{lost:?}"
    );
    let stored = store.connection(row.id).await.unwrap().unwrap();
    assert_eq!((stored.version, stored.value), (second, row));
}

/// The holder of the lease notes how the sync ended; nobody else does, and other edits notice.
pub async fn a_sync_is_recorded_by_the_holder(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 51);
    let tenant = fixture.tenant().await;
    let (store, source) = (fixture.inside(&tenant), fixture.source(&tenant).await);
    let sync = SyncRecord { finished: fixture.now(), outcome: SyncOutcome::Partial };
    let event = fixture.event(&tenant.scope);
    let before = store.connection(source.connection).await.unwrap().unwrap();

    let late = store.record_sync(source.connection, source.lease.epoch - 1, sync, &event).await;
    assert!(matches!(late, Err(StoreError::Fenced)), "{late:?}");
    let absent = store.record_sync(fixture.connection().id, source.lease.epoch, sync, &event).await;
    assert!(matches!(absent, Err(StoreError::Invalid { what: "connection", .. })), "{absent:?}");
    assert_eq!(store.connection(source.connection).await.unwrap().unwrap(), before);

    assert_eq!(all_events(&store, 10).await.unwrap().len(), 1, "the connection's own");

    store.record_sync(source.connection, source.lease.epoch, sync, &event).await.unwrap();
    let after = store.connection(source.connection).await.unwrap().unwrap();
    assert_eq!(after.value.last_sync, Some(sync));
    assert!(after.version > before.version);
    assert_eq!(all_events(&store, 10).await.unwrap().last().unwrap().event, event);
}

/// Of several who connect the same target at once one does; when that connection is cut, the next may.
pub async fn a_target_is_connected_once(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 52);
    let (tenant, other) = (fixture.tenant().await, fixture.tenant().await);
    let (store, elsewhere) = (fixture.inside(&tenant), fixture.inside(&other));
    let mut row = fixture.connection();
    let again = |row: &ConnectionRecord| ConnectionRecord { id: fixture.connection().id, ..row.clone() };
    let (one, two, three) = (again(&row), again(&row), again(&row));
    let (a, b, c) =
        (fixture.event(&tenant.scope), fixture.event(&tenant.scope), fixture.event(&tenant.scope));
    let tried = tokio::join!(
        store.put_connection(&one, &a),
        store.put_connection(&two, &b),
        store.put_connection(&three, &c)
    );
    let tried = [tried.0, tried.1, tried.2];
    assert_eq!(tried.iter().filter(|made| made.is_ok()).count(), 1, "{tried:?}");
    for refused in tried.iter().filter_map(|made| made.as_ref().err()) {
        assert!(
            matches!(refused, StoreError::AlreadyExists { what: "a connection to this target" }),
            "{refused:?}"
        );
    }
    let stored = store.connections(&Filter::all()).await.unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(all_events(&store, 10).await.unwrap().len(), 1, "what was refused left no entry");
    // Another workspace is another matter, and so is another connector.
    elsewhere.put_connection(&again(&row), &fixture.event(&other.scope)).await.unwrap();
    row.connector = ConnectorId::new("other").unwrap();
    store.put_connection(&again(&row), &fixture.event(&tenant.scope)).await.unwrap();
    let Versioned { value: mut cut, version } = stored.into_iter().next().unwrap();
    let target = again(&cut);
    cut.state = ConnectionState::Disconnected;
    store.put_connection_if(version, &cut, &fixture.event(&tenant.scope)).await.unwrap();
    store.put_connection(&target, &fixture.event(&tenant.scope)).await.unwrap();
    // Nor does an edit bring the first one back beside it.
    cut.state = ConnectionState::Active;
    let back = store.put_connection_if(version.next(), &cut, &fixture.event(&tenant.scope)).await;
    assert!(
        matches!(back, Err(StoreError::AlreadyExists { what: "a connection to this target" })),
        "{back:?}"
    );
}
