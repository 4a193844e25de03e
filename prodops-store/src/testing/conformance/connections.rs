//! Edits of connections by version, and the record of a sync.

use super::super::contents::all_events;
use super::super::fixture::{Fixture, Subject};
use crate::contract::{ConnectionState, SyncOutcome, SyncRecord, Version};
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
