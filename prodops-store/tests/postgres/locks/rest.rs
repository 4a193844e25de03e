//! What the conformance suite does not send: rows of every table brought under new keys, and the deployment's own log searched
//! and purged.

use std::sync::Arc;

use prodops_core::audit::Actor;
use prodops_core::entropy::SystemEntropy;
use prodops_core::id::{JobId, WorkerId};
use prodops_core::keyring::KeyOwner;
use prodops_core::session::{RevocationSubject, SignInLinkRecord, VerifiedSubject};
use prodops_core::time::Timestamp;
use prodops_store::backend::{AuditBackend, ControlBackend, LifecycleBackend};
use prodops_store::contract::{
    AuditFilter, AuditQuery, BatchTag, ErasureSubject, Heartbeat, PurgeState, RemoteObjectKind,
    RemoteObjectRecord, RemoteObjectState, SequencedBatch, SignedCheckpoint, TombstoneRecord,
};
use prodops_store::postgres::Postgres;
use prodops_store::testing::{Fixture, KeysOnDemand};

use super::{Known, furnish};

/// Two workspaces and a deployment with a row in every table; each comes under a new key and leaves the others as they are.
pub(super) async fn rotate_and_purge(store: Arc<Postgres>, empty: &Postgres, keys: &KeysOnDemand) {
    let fixture = Fixture::new(Arc::<Postgres>::clone(&store), 5);
    let (one, two) = (furnish(&fixture).await, furnish(&fixture).await);
    people_and_workers(&fixture, &one).await;
    let person = one.history.people[0].id;
    let event = super::world::event(&fixture.generate, &fixture, one.workspace.id, "Erase");
    assert!(fixture.lifecycle().erase_person(one.workspace.id, person, &event).await.unwrap());
    sequence(&fixture).await;
    let owners = [one.workspace.id, two.workspace.id].map(KeyOwner::Workspace);
    for owner in owners.into_iter().chain([KeyOwner::Deployment]) {
        rotate(&store, keys, owner, &owners).await;
    }
    empty.begin_restore().await.unwrap();
    // The keys of the deployment were rotated: the mark of a restore comes under them, too.
    let old = keys.0.keys(KeyOwner::Deployment).await.unwrap().active();
    keys.0.rotate_data_key(KeyOwner::Deployment).await.unwrap();
    while empty.reseal(KeyOwner::Deployment, None, 1).await.unwrap().rows > 0 {}
    empty.reseal(KeyOwner::Deployment, None, 1_000).await.unwrap();
    assert_eq!(empty.rows_under(KeyOwner::Deployment, old).await.unwrap(), 0);
    empty.finish_restore().await.unwrap();
    search(&store, Actor::Operator).await;
    assert_eq!(store.purge_audit(None, 1, 10).await.unwrap(), 1);
    assert_eq!(store.purge_audit(None, 1, 10).await.unwrap(), 0, "it is purged already");
}

/// Brings everything of an owner under a new key, three rows at a time.
async fn rotate(store: &Postgres, keys: &KeysOnDemand, owner: KeyOwner, workspaces: &[KeyOwner]) {
    let old = keys.0.keys(owner).await.unwrap().active();
    let named = store.rows_under(owner, old).await.unwrap();
    assert!(named > 10, "{owner:?}: {named}");
    let mut others = Vec::new();
    for other in workspaces.iter().filter(|other| **other != owner) {
        let key = keys.0.keys(*other).await.unwrap().active();
        others.push((*other, key, store.rows_under(*other, key).await.unwrap()));
    }
    let new = keys.0.rotate_data_key(owner).await.unwrap();
    let (mut after, mut sealed) = (None, 0);
    loop {
        let step = store.reseal(owner, after.as_ref(), 3).await.unwrap();
        sealed += step.rows;
        after = step.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((sealed, store.rows_under(owner, new).await.unwrap()), (named, named));
    for (other, key, rows) in others {
        assert_eq!(store.rows_under(other, key).await.unwrap(), rows, "{other:?} is as it was");
    }
}

/// A row in every table of the identity and control planes.
async fn people_and_workers(fixture: &Fixture, known: &Known) {
    let (identity, user) = (fixture.identity(), known.membership.user);
    let subject = VerifiedSubject::new("https://id.example", "7", fixture.now()).unwrap().key();
    let known_as = prodops_core::session::UserRecord {
        id: prodops_core::id::UserId::from_bytes(fixture.generate.bytes()),
        created: fixture.now(),
    };
    identity.create_user(&known_as, Some(&subject)).await.unwrap();
    identity.create_api_token(&fixture.token(), &fixture.api_token(&known.membership)).await.unwrap();
    let link = SignInLinkRecord { user, expires: fixture.now().plus_seconds(60) };
    identity.put_sign_in_link(&fixture.token(), &link).await.unwrap();
    identity.revoke_sessions(RevocationSubject::User(known_as.id)).await.unwrap();
    let worker = WorkerId::from_bytes(fixture.generate.bytes());
    let (started, at) = (fixture.now(), fixture.now());
    fixture.jobs().beat(&Heartbeat { worker, started, at, every: 30 }, Timestamp::UNIX_EPOCH).await.unwrap();
    let id = JobId::from_bytes(fixture.generate.bytes());
    let job = prodops_store::contract::NewJob { id, workspace: None, ..known.job.clone() };
    fixture.jobs().enqueue(&job).await.unwrap();
    let tombstone = TombstoneRecord {
        subject: ErasureSubject::User(known_as.id),
        requested: fixture.now(),
        requested_by: Actor::Operator,
        grace_ends: fixture.now(),
        state: PurgeState::Pending,
        since: fixture.now(),
        restores: None,
    };
    assert!(fixture.lifecycle().advance_tombstone(None, &tombstone, &fixture.provisioned()).await.unwrap());
    remote_objects(fixture).await;
}

/// One that stays, and one that is seen to be gone.
async fn remote_objects(fixture: &Fixture) {
    let control = fixture.control();
    let mut object = RemoteObjectRecord {
        tag: BatchTag::random(&SystemEntropy).unwrap(),
        kind: RemoteObjectKind::Batch,
        provider: "provider".to_owned(),
        id: None,
        state: RemoteObjectState::Intended,
        since: fixture.now(),
        alive: None,
    };
    control.put_remote_object(&object).await.unwrap();
    object.kind = RemoteObjectKind::Input;
    control.put_remote_object(&object).await.unwrap();
    assert!(control.strike_remote_object(&object.tag, object.kind).await.unwrap());
    assert_eq!(control.remote_objects().await.unwrap().len(), 1);
}

/// Gives what waits its place in the tree, but for the last one.
async fn sequence(fixture: &Fixture) {
    let audit = fixture.audit();
    let (mut leaves, mut frontier) =
        (audit.queue(None, 100).await.unwrap(), audit.tree().await.unwrap().frontier);
    leaves.pop();
    let expected = frontier.size();
    frontier.extend(leaves.iter().map(|leaf| leaf.hash));
    let (size, root) = (frontier.size(), frontier.root());
    let checkpoint = SignedCheckpoint { size, root, time: fixture.now(), note: "a note".to_owned() };
    audit.sequence(&SequencedBatch { expected, leaves, frontier, checkpoint }).await.unwrap();
}

/// Asks the deployment's log each question in both directions.
async fn search(store: &Postgres, actor: Actor) {
    for newest_first in [false, true] {
        let object = AuditFilter { object: Some([1; 16]), ..AuditFilter::default() };
        let actor = AuditFilter { actor: Some(actor), ..AuditFilter::default() };
        for (filter, expected) in [(AuditFilter::default(), true), (actor, true), (object, false)] {
            let query = AuditQuery { filter, newest_first };
            let found = store.audit_events(None, &query, None, 100).await.unwrap();
            assert_eq!(!found.is_empty(), expected, "{query:?}");
            assert!(found.iter().all(|entry| entry.event.workspace.is_none()));
        }
    }
}
