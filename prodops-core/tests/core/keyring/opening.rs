//! Start-up with the right root key, the wrong one, none, and one that cannot be reached.

use std::sync::atomic::Ordering;

use prodops_core::environment::Environment;
use prodops_core::keyring::{ExistingData, KeyringError, KeyringStore, Roots, Sealed};

use super::place::{OWNER, PLACE, Shared, WORKSPACE, World};
use prodops_core::vault::Purpose;

#[tokio::test]
async fn the_right_root_key_opens_what_an_earlier_process_sealed() {
    let (world, root) = (World::new(), Shared::new([1; 32]));
    let first = world.ring(Roots::new(root.clone())).await;
    let record = first.keys(OWNER).await.unwrap().seal(Purpose::Token, PLACE, b"secret").unwrap();
    let index = first.index_key(WORKSPACE).await.unwrap();
    drop(first);
    let second = world.open(Roots::new(root), ExistingData::Present).await.unwrap();
    let opened = second.keys(OWNER).await.unwrap().open(Purpose::Token, PLACE, &record).unwrap();
    assert!(opened.expose(|bytes| bytes == b"secret"));
    let again = second.index_key(WORKSPACE).await.unwrap();
    assert!(index.expose(|one| again.expose(|other| one == other)));
}

#[tokio::test]
async fn a_wrong_root_key_is_told_with_both_fingerprints_and_changes_nothing() {
    let world = World::new();
    let (right, wrong) = (Shared::new([1; 32]), Shared::new([2; 32]));
    drop(world.ring(Roots::new(right.clone())).await);
    let before = world.rows(OWNER).await;
    for data in [ExistingData::Present, ExistingData::Absent] {
        let refused = world.open(Roots::new(wrong.clone()), data).await.unwrap_err();
        let text = refused.to_string();
        let (right, wrong) = (Roots::new(right.clone()).ids()[0], Roots::new(wrong.clone()).ids()[0]);
        assert!(text.contains(&right.to_string()) && text.contains(&wrong.to_string()), "{text}");
        assert!(matches!(refused, KeyringError::Sealed(Sealed::WrongRoot { .. })));
    }
    assert_eq!(world.rows(OWNER).await, before);
    assert_eq!(world.store.roots().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_lost_keyring_is_not_begun_anew_over_data() {
    let world = World::new();
    let refused = world.open(Roots::new(Shared::new([1; 32])), ExistingData::Present).await.unwrap_err();
    assert!(matches!(refused, KeyringError::Sealed(Sealed::KeyringMissing)), "{refused}");
    assert!(refused.to_string().contains("restore the keyring"));
    assert!(world.store.roots().await.unwrap().is_empty(), "nothing was made");
}

#[tokio::test]
async fn a_root_key_of_another_environment_does_not_fit() {
    let (world, root) = (World::new(), Shared::new([1; 32]));
    drop(
        world.open_in(Environment::Production, Roots::new(root.clone()), ExistingData::Absent).await.unwrap(),
    );
    for other in [Environment::Staging, Environment::Test, Environment::Development] {
        let refused = world.open_in(other, Roots::new(root.clone()), ExistingData::Present).await;
        assert!(matches!(refused, Err(KeyringError::Sealed(Sealed::Refused(_)))), "{other}");
    }
}

#[tokio::test]
async fn any_one_of_several_roots_is_enough_and_one_out_of_reach_is_passed_over() {
    let world = World::new();
    let (near, far) = (Shared::new([1; 32]), Shared::new([2; 32]));
    drop(world.ring(Roots::new(near.clone()).and(far.clone())).await);
    for alone in [&near, &far] {
        let ring = world.open(Roots::new(alone.clone()), ExistingData::Present).await.unwrap();
        ring.index_key(WORKSPACE).await.unwrap();
    }
    near.0.reachable.store(false, Ordering::SeqCst);
    let ring = world.open(Roots::new(near.clone()).and(far), ExistingData::Present).await.unwrap();
    ring.index_key(WORKSPACE).await.unwrap();
    let refused = world.open(Roots::new(near), ExistingData::Present).await.unwrap_err();
    assert!(matches!(refused, KeyringError::Sealed(Sealed::RootUnavailable(_))), "{refused}");
}
