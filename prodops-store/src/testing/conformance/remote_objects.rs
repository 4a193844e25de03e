//! What has to be deleted at AI providers.

use crate::contract::{BatchTag, RemoteObjectId, RemoteObjectKind, RemoteObjectRecord, RemoteObjectState};
use crate::testing::{Fixture, Subject};

/// An object of which nothing is known but that it is about to be there.
pub(super) fn remote_object(fixture: &Fixture, kind: RemoteObjectKind) -> RemoteObjectRecord {
    let tag = BatchTag::random(&fixture.generate.entropy).unwrap();
    RemoteObjectRecord {
        tag,
        kind,
        provider: "provider".to_owned(),
        id: None,
        state: RemoteObjectState::Intended,
        since: fixture.now(),
        alive: Some(fixture.now()),
    }
}

/// What lies at a provider is written down once per tag and kind, listed for everybody's deletion, and struck out once.
pub async fn remote_objects_are_written_listed_and_struck_out(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 97);
    let control = fixture.control();
    let batch = remote_object(&fixture, RemoteObjectKind::Batch);
    let input = RemoteObjectRecord { kind: RemoteObjectKind::Input, ..batch.clone() };
    let other = remote_object(&fixture, RemoteObjectKind::Errors);
    for row in [&batch, &input, &other] {
        control.put_remote_object(row).await.unwrap();
    }
    let id = Some(RemoteObjectId::try_from("file-1".to_owned()).unwrap());
    let stored = RemoteObjectRecord { id, state: RemoteObjectState::Stored, alive: None, ..input };
    control.put_remote_object(&stored).await.unwrap();
    let mut expected = vec![stored.clone(), batch, other];
    expected.sort_by_key(|row| RemoteObjectRecord::key(&row.tag, row.kind));
    assert_eq!(control.remote_objects().await.unwrap(), expected);
    assert!(control.strike_remote_object(&stored.tag, stored.kind).await.unwrap());
    assert!(!control.strike_remote_object(&stored.tag, stored.kind).await.unwrap());
    expected.retain(|row| *row != stored);
    assert_eq!(control.remote_objects().await.unwrap(), expected);
}
