//! Two who change the keyring at the same time: one of them looks again, and no key is lost between them.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

use prodops_core::id::WorkspaceId;
use prodops_core::keyring::{
    Change, DataKeyRecord, ExistingData, KeyOwner, Keyring, KeyringError, KeyringStore, RootState, Roots,
    RowKeySource, Sealed,
};

use super::place::{OWNER, Shared, WORKSPACE, World};

const NEW: WorkspaceId = WorkspaceId::from_bytes([9; 16]);

/// Lets somebody work up to the point where a slow root makes them wait.
async fn begin<F: Future>(mut work: Pin<&mut F>) {
    let is_pending = poll_fn(|context| Poll::Ready(work.as_mut().poll(context).is_pending())).await;
    assert!(is_pending, "it was to wait for its root");
}

/// A keyring with two roots in use, as one process sees it that was given both.
async fn with_two(world: &World, old: &Shared, new: &Shared) -> Keyring {
    drop(world.ring(Roots::new(old.clone())).await);
    let both = world.open(Roots::new(old.clone()).and(new.clone()), ExistingData::Present).await.unwrap();
    both.rotate_roots().await.unwrap();
    both
}

fn without(row: &DataKeyRecord, root: &Shared) -> DataKeyRecord {
    let mut after = row.clone();
    after.wrappings.retain(|wrapping| wrapping.root != root.id());
    after
}

#[tokio::test]
async fn a_key_that_is_made_while_a_root_is_retired_is_not_wrapped_under_it() {
    let (world, old, new) = (World::new(), Shared::new([1; 32]), Shared::new([2; 32]));
    let both = with_two(&world, &old, &new).await;
    let server = world.open(both.roots(), ExistingData::Present).await.unwrap();
    old.0.slow.store(true, Ordering::SeqCst);
    let (mut made, mut rotated) = (pin!(server.create_workspace(NEW)), pin!(server.rotate_data_key(OWNER)));
    begin(made.as_mut()).await;
    begin(rotated.as_mut()).await;
    both.retire_root(old.id()).await.unwrap();
    made.await.unwrap();
    rotated.await.unwrap();
    for owner in [KeyOwner::Workspace(NEW), OWNER] {
        let rows = world.rows(owner).await;
        assert!(rows.iter().all(|row| row.wrapping(old.id()).is_none() && row.wrapping(new.id()).is_some()));
    }
    let alone = world.open(Roots::new(new), ExistingData::Present).await.unwrap();
    alone.index_key(NEW).await.unwrap();
    alone.index_key(WORKSPACE).await.unwrap();
}

#[tokio::test]
async fn a_key_is_not_made_under_a_retired_root_alone() {
    let (world, old, new) = (World::new(), Shared::new([1; 32]), Shared::new([2; 32]));
    let both = with_two(&world, &old, &new).await;
    // A server that was not told of the new root.
    let server = world.open(Roots::new(old.clone()), ExistingData::Present).await.unwrap();
    old.0.slow.store(true, Ordering::SeqCst);
    let mut made = pin!(server.create_workspace(NEW));
    begin(made.as_mut()).await;
    both.retire_root(old.id()).await.unwrap();
    let refused = made.await.unwrap_err();
    let KeyringError::Sealed(Sealed::WrongRoot { expected, .. }) = refused else { panic!("{refused}") };
    assert_eq!(expected, [new.id()]);
    assert!(world.rows(KeyOwner::Workspace(NEW)).await.is_empty(), "nothing was made");
}

#[tokio::test]
async fn a_retirement_does_not_take_the_last_wrapping_of_a_key() {
    let (world, old, new) = (World::new(), Shared::new([1; 32]), Shared::new([2; 32]));
    let both = with_two(&world, &old, &new).await;
    // After it was looked at, a key is as somebody makes it who has the old root only.
    let before = world.rows(OWNER).await.remove(0);
    let after = without(&before, &new);
    let change = Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) };
    world.store.slip_in(change);
    let refused = both.retire_root(old.id()).await.unwrap_err();
    assert!(matches!(refused, KeyringError::NotRetirable { .. }), "{refused}");
    assert!(world.rows(OWNER).await.iter().all(|row| row.wrapping(old.id()).is_some()));
    let server = world.open(Roots::new(old.clone()), ExistingData::Present).await;
    let opened = server.unwrap().index_key(WORKSPACE).await;
    opened.unwrap();
    // It is completed as the refusal says.
    both.rotate_roots().await.unwrap();
    both.retire_root(old.id()).await.unwrap();
    both.index_key(WORKSPACE).await.unwrap();
}

#[tokio::test]
async fn nothing_is_wrapped_under_a_root_on_its_way_out() {
    let (world, old, new) = (World::new(), Shared::new([1; 32]), Shared::new([2; 32]));
    let both = with_two(&world, &old, &new).await;
    world.store.fail_after(1);
    both.retire_root(old.id()).await.unwrap_err();
    world.store.heal();
    let state = |roots: Vec<prodops_core::keyring::RootRecord>| {
        roots.into_iter().find(|row| row.id == old.id()).map(|row| row.state)
    };
    assert_eq!(state(world.store.roots().await.unwrap()), Some(RootState::Retiring));
    both.create_workspace(NEW).await.unwrap();
    let rows = world.rows(KeyOwner::Workspace(NEW)).await;
    assert!(rows[0].wrapping(old.id()).is_none() && rows[0].wrapping(new.id()).is_some());
    both.retire_root(old.id()).await.unwrap();
    assert_eq!(state(world.store.roots().await.unwrap()), None);
}

#[tokio::test]
async fn who_is_overtaken_looks_again() {
    let (world, old, new) = (World::new(), Shared::new([1; 32]), Shared::new([2; 32]));
    drop(world.ring(Roots::new(old.clone())).await);
    let both = world.open(Roots::new(old.clone()).and(new.clone()), ExistingData::Present).await.unwrap();
    world.store.overtake(1);
    both.create_workspace(NEW).await.unwrap();
    both.subject_key(OWNER, [5; 16]).await.unwrap();
    world.store.overtake(2);
    assert_eq!(both.rotate_roots().await.unwrap(), [new.id()]);
    world.store.overtake(2);
    both.retire_root(old.id()).await.unwrap();
    world.store.overtake(2);
    assert!(both.erase_subject(OWNER, [5; 16]).await.unwrap());
    world.store.overtake(2);
    both.destroy_workspace(NEW).await.unwrap();
    assert!(world.rows(KeyOwner::Workspace(NEW)).await.iter().all(|row| row.wrappings.is_empty()));
}

#[tokio::test]
async fn one_owner_who_is_always_busy_does_not_hold_a_batch_up() {
    let (world, old, new) = (World::new(), Shared::new([1; 32]), Shared::new([2; 32]));
    let ring = world.ring(Roots::new(old.clone())).await;
    for n in 20..30 {
        ring.create_workspace(WorkspaceId::from_bytes([n; 16])).await.unwrap();
    }
    let both = world.open(Roots::new(old.clone()).and(new.clone()), ExistingData::Present).await.unwrap();
    world.store.crowd(true);
    both.rotate_roots().await.unwrap();
    both.retire_root(old.id()).await.unwrap();
    world.store.crowd(false);
    let alone = world.open(Roots::new(new), ExistingData::Present).await.unwrap();
    let found = alone.verify(&alone.roots()).await.unwrap();
    assert_eq!((found.wrappings, found.failures.len()), (12, 0));
}

#[tokio::test]
async fn keys_that_many_ask_for_at_once_are_opened_once_and_are_the_same_for_all() {
    let (world, root) = (World::new(), Shared::new([1; 32]));
    let ring = world.ring(Roots::new(root.clone())).await;
    root.0.slow.store(true, Ordering::SeqCst);
    let before = root.count();
    let (one, two, three) = tokio::join!(ring.keys(OWNER), ring.keys(OWNER), ring.keys(OWNER));
    let (one, two, three) = (one.unwrap(), two.unwrap(), three.unwrap());
    assert_eq!(root.count() - before, 1);
    assert!(Arc::ptr_eq(&one, &two) && Arc::ptr_eq(&two, &three));
    assert!(ring.is_current(&one));
}

#[tokio::test]
async fn who_goes_away_while_opening_keys_leaves_nobody_waiting() {
    let (world, root) = (World::new(), Shared::new([1; 32]));
    let ring = world.ring(Roots::new(root.clone())).await;
    root.0.slow.store(true, Ordering::SeqCst);
    let (mut second, mut third) = (pin!(ring.keys(OWNER)), pin!(ring.keys(OWNER)));
    {
        let mut first = pin!(ring.keys(OWNER));
        begin(first.as_mut()).await;
        begin(second.as_mut()).await;
        begin(third.as_mut()).await;
    }
    let (second, third) = tokio::join!(second, third);
    let (second, third) = (second.unwrap(), third.unwrap());
    assert!(Arc::ptr_eq(&second, &third), "both opened them, and the first to be kept are everybody's");
    assert!(ring.is_current(&third));
}

#[tokio::test]
async fn who_only_read_under_a_key_that_another_process_rotated_seals_under_the_next() {
    let (world, root) = (World::new(), Shared::new([1; 32]));
    let ring = world.ring(Roots::new(root.clone())).await;
    let other = world.open(Roots::new(root), ExistingData::Present).await.unwrap();
    other.opening_keys(OWNER).await.unwrap();
    let next = ring.rotate_data_key(OWNER).await.unwrap();
    assert_eq!(other.sealing_keys(OWNER).await.unwrap().active(), next);
    let seals = |rows: Vec<DataKeyRecord>| rows.into_iter().find(|row| row.id == next).unwrap().seals;
    assert_eq!(seals(world.rows(OWNER).await), 1 << 20, "leave for one block was taken");
}
