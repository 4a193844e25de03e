//! Start-up with the right root key, the wrong one, none, and one that cannot be reached.

use std::sync::atomic::Ordering;

use prodops_core::environment::Environment;
use prodops_core::keyring::{Change, ExistingData, KeyringError, KeyringStore, Roots, Sealed};

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

#[tokio::test]
async fn a_root_that_refuses_this_deployment_is_passed_over_and_every_answer_is_told() {
    let world = World::new();
    let (near, far) = (Shared::new([1; 32]), Shared::new([2; 32]));
    let both = || Roots::new(near.clone()).and(far.clone());
    drop(world.ring(both()).await);
    near.0.denies.store(true, Ordering::SeqCst);
    let ring = world.open(both(), ExistingData::Present).await.unwrap();
    ring.index_key(WORKSPACE).await.unwrap();
    far.0.reachable.store(false, Ordering::SeqCst);
    let told = |text: String| {
        assert!(text.contains(&near.id().to_string()) && text.contains("revoked"), "{text}");
        assert!(text.contains(&far.id().to_string()) && text.contains("no route"), "{text}");
    };
    world.clock.0.advance_seconds(600);
    told(ring.keys(OWNER).await.unwrap_err().to_string());
    let refused = world.open(both(), ExistingData::Present).await.unwrap_err();
    assert!(matches!(refused, KeyringError::Sealed(Sealed::RootUnavailable(_))));
    told(refused.to_string());
}

#[tokio::test]
async fn a_damaged_wrapping_is_passed_over() {
    let world = World::new();
    let (near, far) = (Shared::new([1; 32]), Shared::new([2; 32]));
    let both = || Roots::new(near.clone()).and(far.clone());
    drop(world.ring(both()).await);
    let before = world.rows(OWNER).await.remove(0);
    let mut after = before.clone();
    let wrapping = after.wrappings.iter_mut().find(|wrapping| wrapping.root == near.id()).unwrap();
    *wrapping.bytes.last_mut().unwrap() ^= 1;
    let change = Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) };
    world.store.apply(vec![change]).await.unwrap();
    let ring = world.open(both(), ExistingData::Present).await.unwrap();
    ring.index_key(WORKSPACE).await.unwrap();
}

#[tokio::test]
async fn a_root_that_wraps_nothing_yet_is_not_the_right_one() {
    let world = World::new();
    let (old, new) = (Shared::new([1; 32]), Shared::new([2; 32]));
    let ring = world.ring(Roots::new(old.clone())).await;
    drop(ring);
    let both = world.open(Roots::new(new.clone()).and(old.clone()), ExistingData::Present).await.unwrap();
    world.store.fail_after(1);
    both.rotate_roots().await.unwrap_err();
    world.store.heal();
    assert_eq!(world.store.roots().await.unwrap().len(), 2, "it is staged");
    let refused = world.open(Roots::new(new.clone()), ExistingData::Present).await.unwrap_err();
    let KeyringError::Sealed(Sealed::WrongRoot { expected, found }) = refused else { panic!("{refused}") };
    assert_eq!((expected, found), (vec![old.id()], vec![new.id()]));
}

#[tokio::test]
async fn other_roots_are_used_only_when_they_open_the_keyring() {
    let world = World::new();
    let (old, new) = (Shared::new([1; 32]), Shared::new([2; 32]));
    let ring = world.ring(Roots::new(old.clone())).await;
    let refused = ring.use_roots(Roots::new(new.clone())).await.unwrap_err();
    assert!(matches!(refused, KeyringError::Sealed(Sealed::WrongRoot { .. })), "{refused}");
    assert_eq!(ring.roots().ids(), [old.id()]);
    ring.rotate_data_key(OWNER).await.unwrap();
    ring.use_roots(Roots::new(new.clone()).and(old.clone())).await.unwrap();
    assert_eq!(ring.roots().ids(), [new.id(), old.id()]);
}
