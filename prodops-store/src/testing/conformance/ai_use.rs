//! What a workspace lets AI providers be asked.

use super::super::fixture::{Fixture, Subject};
use crate::contract::{Version, Versioned};
use crate::{Current, StoreError};

/// What a workspace chose is written at the version that was read, with its event, and by whoever is first.
pub async fn the_use_of_ai_is_compared_and_set(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 98);
    let (tenant, other) = (fixture.tenant().await, fixture.tenant().await);
    let (store, event) = (fixture.inside(&tenant), || fixture.event(&tenant.scope));
    assert_eq!(store.ai_use().await.unwrap(), None);
    let (first, second) = (fixture.ai_use("one"), fixture.ai_use("two"));
    let early = store.put_ai_use(Some(Version::FIRST), &first, &event()).await;
    assert!(matches!(early, Err(StoreError::Conflict { current: Current::Absent })), "{early:?}");
    assert_eq!(store.put_ai_use(None, &first, &event()).await.unwrap(), Version::FIRST);
    for late in [None, Some(Version::FIRST.next())] {
        let refused = store.put_ai_use(late, &second, &event()).await;
        let current = Current::Version(Version::FIRST);
        assert!(matches!(refused, Err(StoreError::Conflict { current: found }) if found == current));
    }
    let version = store.put_ai_use(Some(Version::FIRST), &second, &event()).await.unwrap();
    assert_eq!(store.ai_use().await.unwrap(), Some(Versioned { version, value: second }));
    assert_eq!(fixture.inside(&other).ai_use().await.unwrap(), None);
    let seen = store.audit_events(&crate::contract::AuditQuery::default(), None, 100).await.unwrap();
    assert_eq!(seen.items.len(), 2, "what was refused left no event");
}
