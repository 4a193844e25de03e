//! How long keys are kept open, how often they seal, and how they end.

use prodops_core::id::WorkspaceId;
use prodops_core::keyring::{
    Change, DataKeyRecord, KeyOwner, KeyState, KeyringError, KeyringStore, Roots, RowKeySource,
};
use prodops_core::vault::Purpose;

use super::place::{OWNER, PLACE, Shared, WORKSPACE, World};

#[tokio::test]
async fn open_keys_are_kept_for_ten_minutes_and_not_across_a_clock_that_goes_back() {
    let (world, root) = (World::new(), Shared::new([1; 32]));
    let ring = world.ring(Roots::new(root.clone())).await;
    let asked = async |ring: &prodops_core::keyring::Keyring| {
        let before = root.count();
        ring.keys(OWNER).await.unwrap();
        root.count() - before
    };
    assert_eq!((asked(&ring).await, asked(&ring).await), (1, 0));
    world.clock.0.advance_seconds(599);
    assert_eq!(asked(&ring).await, 0);
    world.clock.0.advance_seconds(1);
    assert_eq!(asked(&ring).await, 1);
    world.clock.0.advance_seconds(-1);
    assert_eq!(asked(&ring).await, 1, "nobody can say how old it is");
}

#[tokio::test]
async fn a_new_data_key_seals_while_the_old_one_still_opens() {
    let world = World::new();
    let ring = world.ring(Roots::new(Shared::new([1; 32]))).await;
    let old = ring.keys(OWNER).await.unwrap();
    let record = old.seal(Purpose::Token, PLACE, b"one").unwrap();
    let row = old.seal_row("t", b"k", b"two").unwrap();
    let index = ring.index_key(WORKSPACE).await.unwrap().expose(|bytes| *bytes);
    let signing = ring.signing_key().await.unwrap();

    let id = ring.rotate_data_key(OWNER).await.unwrap();
    ring.rotate_data_key(KeyOwner::Deployment).await.unwrap();
    let new = ring.keys(OWNER).await.unwrap();
    assert_eq!(new.active(), id);
    assert_ne!(new.active(), old.active());
    assert!(new.open(Purpose::Token, PLACE, &record).unwrap().expose(|bytes| bytes == b"one"));
    assert_eq!(new.open_row("t", b"k", &row).unwrap(), b"two");
    assert!(!new.is_current(&row).unwrap());
    assert!(new.is_current(&new.seal_row("t", b"k", b"two").unwrap()).unwrap());
    assert_eq!(ring.index_key(WORKSPACE).await.unwrap().expose(|bytes| *bytes), index);
    assert!(ring.signing_key().await.unwrap().ct_eq(&signing));
    for owner in [OWNER, KeyOwner::Deployment] {
        let sealed = world.store.sealed_keys(owner).await.unwrap();
        let active = ring.keys(owner).await.unwrap().active();
        assert!(!sealed.is_empty() && sealed.iter().all(|row| row.sealed.key_id() == active));
    }
}

#[tokio::test]
async fn a_key_is_retired_when_nobody_can_seal_with_it_any_more() {
    let world = World::new();
    let ring = world.ring(Roots::new(Shared::new([1; 32]))).await;
    let old = ring.keys(OWNER).await.unwrap();
    let record = old.seal(Purpose::Token, PLACE, b"one").unwrap();
    let row = old.seal_row("t", b"k", b"two").unwrap();
    let refused = ring.retire_data_key(OWNER, old.active(), 0).await;
    assert!(matches!(refused, Err(KeyringError::InUse(_))), "the active one");
    ring.rotate_data_key(OWNER).await.unwrap();
    world.clock.0.advance_seconds(599);
    let refused = ring.retire_data_key(OWNER, old.active(), 0).await;
    assert!(matches!(refused, Err(KeyringError::InUse(_))), "another process may have it open");
    assert!(ring.rested_keys(OWNER, 0).await.unwrap().is_empty());
    world.clock.0.advance_seconds(1);
    assert_eq!(ring.rested_keys(OWNER, 0).await.unwrap(), [old.active()]);
    assert!(ring.rested_keys(OWNER, 601).await.unwrap().is_empty(), "what it sealed may come back longer");
    ring.retire_data_key(OWNER, old.active(), 0).await.unwrap();
    ring.retire_data_key(OWNER, old.active(), 0).await.unwrap();
    let keys = ring.keys(OWNER).await.unwrap();
    let gone = |error: KeyringError| matches!(error, KeyringError::KeyDestroyed(id) if id == old.active());
    assert!(gone(keys.open(Purpose::Token, PLACE, &record).map(drop).unwrap_err()));
    assert!(gone(keys.open_row("t", b"k", &row).map(drop).unwrap_err()));
    let rows = world.rows(OWNER).await;
    assert!(rows.iter().any(|row| row.state == KeyState::Destroyed && row.wrappings.is_empty()));
    assert_eq!(rows.iter().filter(|row| row.state == KeyState::Active).count(), 1);
}

#[tokio::test]
async fn a_destroyed_workspace_has_no_keys_and_others_keep_theirs() {
    let world = World::new();
    let ring = world.ring(Roots::new(Shared::new([1; 32]))).await;
    let other = WorkspaceId::from_bytes([8; 16]);
    ring.create_workspace(other).await.unwrap();
    ring.subject_key(KeyOwner::Workspace(WORKSPACE), [5; 16]).await.unwrap();
    ring.destroy_workspace(WORKSPACE).await.unwrap();
    ring.destroy_workspace(WORKSPACE).await.unwrap();
    assert!(matches!(ring.keys(OWNER).await, Err(KeyringError::NoKeys(owner)) if owner == OWNER));
    assert!(matches!(ring.index_key(WORKSPACE).await, Err(KeyringError::NoKeys(_))));
    assert!(world.store.sealed_keys(OWNER).await.unwrap().is_empty());
    assert!(world.rows(OWNER).await.iter().all(|row| row.wrappings.is_empty()));
    ring.index_key(other).await.unwrap();
}

#[tokio::test]
async fn erasing_one_person_leaves_everybody_else_readable() {
    let world = World::new();
    let ring = world.ring(Roots::new(Shared::new([1; 32]))).await;
    let other = WorkspaceId::from_bytes([8; 16]);
    ring.create_workspace(other).await.unwrap();
    let [gone, stays] = [[5; 16], [6; 16]];
    let key = ring.subject_key(KeyOwner::Workspace(WORKSPACE), gone).await.unwrap();
    assert!(
        key.ct_eq(&ring.subject_key(KeyOwner::Workspace(WORKSPACE), gone).await.unwrap()),
        "the same key every time"
    );
    let elsewhere = ring.subject_key(KeyOwner::Workspace(other), gone).await.unwrap();
    assert!(!key.ct_eq(&elsewhere), "a person is somebody else in another workspace");
    let neighbour = ring.subject_key(KeyOwner::Workspace(WORKSPACE), stays).await.unwrap();
    ring.rotate_data_key(OWNER).await.unwrap();
    assert!(
        key.ct_eq(&ring.subject_key(KeyOwner::Workspace(WORKSPACE), gone).await.unwrap()),
        "rotation changes no subject key"
    );

    assert!(ring.erase_subject(KeyOwner::Workspace(WORKSPACE), gone).await.unwrap());
    assert!(!ring.erase_subject(KeyOwner::Workspace(WORKSPACE), gone).await.unwrap());
    assert!(ring.existing_subject_key(KeyOwner::Workspace(WORKSPACE), gone).await.unwrap().is_none());
    assert!(
        neighbour
            .ct_eq(&ring.existing_subject_key(KeyOwner::Workspace(WORKSPACE), stays).await.unwrap().unwrap())
    );
    assert!(
        elsewhere.ct_eq(&ring.existing_subject_key(KeyOwner::Workspace(other), gone).await.unwrap().unwrap())
    );
    assert!(
        !key.ct_eq(&ring.subject_key(KeyOwner::Workspace(WORKSPACE), gone).await.unwrap()),
        "who comes back is new"
    );
}

#[tokio::test]
async fn a_key_that_sealed_two_billion_rows_is_followed_by_another() {
    let world = World::new();
    let ring = world.ring(Roots::new(Shared::new([1; 32]))).await;
    let first = ring.sealing_keys(OWNER).await.unwrap();
    assert_eq!(world.rows(OWNER).await[0].seals, 1 << 20, "leave is taken before it is used");
    drop(ring);
    let before = world.rows(OWNER).await.remove(0);
    let after = DataKeyRecord { seals: (1 << 31) - 1, ..before.clone() };
    let change = Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) };
    world.store.apply(vec![change]).await.unwrap();
    let ring = world
        .open(Roots::new(Shared::new([1; 32])), prodops_core::keyring::ExistingData::Present)
        .await
        .unwrap();
    assert_eq!(ring.keys(OWNER).await.unwrap().active(), first.active(), "reading rotates nothing");
    assert_ne!(ring.sealing_keys(OWNER).await.unwrap().active(), first.active());
    assert_eq!(world.rows(OWNER).await.len(), 2);
}

#[tokio::test]
async fn a_workspace_gets_its_keys_once() {
    let world = World::new();
    let ring = world.ring(Roots::new(Shared::new([1; 32]))).await;
    assert!(matches!(ring.create_workspace(WORKSPACE).await, Err(KeyringError::Conflict)));
    let owner = KeyOwner::Workspace(WorkspaceId::from_bytes([9; 16]));
    assert!(matches!(ring.keys(owner).await, Err(KeyringError::NoKeys(_))));
}
