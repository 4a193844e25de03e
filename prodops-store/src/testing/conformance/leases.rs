//! Exclusive holds with growing epochs.

use std::sync::Arc;

use prodops_core::id::ConnectionId;
use prodops_core::tenancy::{JobLease, Principal, SystemPrincipal};

use super::super::fixture::{Fixture, Subject};
use crate::StoreError;

/// One holder at a time; each hold has a larger epoch than all before; what is over stays over.
pub async fn a_lease_is_exclusive_and_its_epoch_grows(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 10);
    let control = fixture.control();
    let tenant = fixture.tenant().await;
    let connection = ConnectionId::from_bytes(fixture.generate.bytes());
    let request = || fixture.lease_request(tenant.workspace.id, connection);

    let first = control.acquire_lease(&request()).await.unwrap().unwrap();
    assert_eq!(control.acquire_lease(&request()).await.unwrap(), None, "still held");
    assert!(control.renew_lease(first.id, first.expires.plus_seconds(60)).await.unwrap());
    let mut late = request();
    late.now = first.expires.plus_seconds(59);
    late.expires = late.now.plus_seconds(60);
    assert_eq!(control.acquire_lease(&late).await.unwrap(), None, "renewed");
    late.now = first.expires.plus_seconds(60);
    late.expires = late.now.plus_seconds(60);
    let second = control.acquire_lease(&late).await.unwrap().expect("the first is over");
    assert!(second.epoch > first.epoch);
    assert!(!control.renew_lease(first.id, late.expires).await.unwrap(), "somebody else took the connection");
    assert!(
        control.renew_lease(second.id, second.expires.plus_seconds(60)).await.unwrap(),
        "nobody else did"
    );
    assert!(!control.release_lease(first.id).await.unwrap(), "the second hold is not the first one's to end");

    assert!(control.release_lease(second.id).await.unwrap());
    assert!(!control.release_lease(second.id).await.unwrap());
    let third = control.acquire_lease(&request()).await.unwrap().expect("released");
    assert!(third.epoch > second.epoch, "the epoch outlives the lease");

    let mut over = request();
    over.expires = over.now;
    assert!(matches!(control.acquire_lease(&over).await, Err(StoreError::Invalid { what: "lease", .. })));
}

/// The same connection id in two workspaces is two connections.
pub async fn leases_of_two_workspaces_do_not_meet(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 11);
    let (one, two) = (fixture.tenant().await, fixture.tenant().await);
    let connection = ConnectionId::from_bytes(fixture.generate.bytes());
    for tenant in [&one, &two] {
        let request = fixture.lease_request(tenant.workspace.id, connection);
        let lease = fixture.control().acquire_lease(&request).await.unwrap();
        assert_eq!(lease.expect("nobody of this workspace holds it").epoch, 1);
    }
}

/// Of many askers at once exactly one gets the hold.
pub async fn of_many_at_once_one_gets_the_lease(subject: Subject) {
    let fixture = Arc::new(Fixture::new(subject.backend(), 12));
    let tenant = fixture.tenant().await;
    let connection = ConnectionId::from_bytes(fixture.generate.bytes());
    let askers: Vec<_> = (0..16)
        .map(|_| {
            let (fixture, request) =
                (Arc::clone(&fixture), fixture.lease_request(tenant.workspace.id, connection));
            tokio::spawn(async move { fixture.control().acquire_lease(&request).await.unwrap() })
        })
        .collect();
    let mut holders = 0;
    for asker in askers {
        holders += u32::from(asker.await.unwrap().is_some());
    }
    assert_eq!(holders, 1);
}

/// A lease becomes a scope of the workspace that it was taken for, and nothing once it is released.
pub async fn a_lease_opens_its_own_workspace_only(subject: Subject) {
    let fixture = Fixture::new(subject.backend(), 13);
    let tenant = fixture.tenant().await;
    let source = fixture.source(&tenant).await;
    let scope = fixture.system_scope(source.lease.id).await;
    assert_eq!(scope.workspace(), tenant.workspace.id);
    assert_eq!(scope.principal(), Principal::System(SystemPrincipal::Sync));
    assert!(fixture.control().release_lease(source.lease.id).await.unwrap());
    assert!(JobLease::verify(&fixture.authority, source.lease.id).await.unwrap().is_none());
}
