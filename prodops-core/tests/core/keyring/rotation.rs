//! Root keys are rotated with a kill at every write, and nothing is lost on the way.

use prodops_core::id::WorkspaceId;
use prodops_core::keyring::{ExistingData, KeyOwner, Keyring, KeyringError, KeyringStore, RootState, Roots};
use prodops_core::vault::{Purpose, SealedRecord};

use super::place::{OWNER, PLACE, Shared, WORKSPACE, World};

const WORKSPACES: u8 = 7;

fn workspace(n: u8) -> WorkspaceId {
    WorkspaceId::from_bytes([100 + n; 16])
}

/// A keyring with several workspaces, keys of every state, and a record of each owner.
async fn filled(world: &World, root: &Shared) -> Vec<(KeyOwner, SealedRecord)> {
    let ring = world.ring(Roots::new(root.clone())).await;
    let mut records = Vec::new();
    for n in 0..WORKSPACES {
        ring.create_workspace(workspace(n)).await.unwrap();
        let owner = KeyOwner::Workspace(workspace(n));
        records
            .push((owner, ring.keys(owner).await.unwrap().seal(Purpose::Token, PLACE, b"secret").unwrap()));
        if n % 2 == 0 {
            ring.rotate_data_key(owner).await.unwrap();
        }
    }
    ring.destroy_workspace(WORKSPACE).await.unwrap();
    records
}

async fn opens_all(ring: &Keyring, records: &[(KeyOwner, SealedRecord)]) {
    for (owner, record) in records {
        let keys = ring.keys(*owner).await.unwrap();
        assert!(keys.open(Purpose::Token, PLACE, record).unwrap().expose(|bytes| bytes == b"secret"));
    }
}

#[tokio::test]
async fn a_root_rotation_that_is_killed_at_every_write_ends_well_and_nothing_fails_to_open_meanwhile() {
    let (old, new) = (Shared::new([1; 32]), Shared::new([2; 32]));
    let both = || Roots::new(new.clone()).and(old.clone());
    for writes in 0.. {
        let world = World::new();
        let records = filled(&world, &old).await;
        let ring = world.open(both(), ExistingData::Present).await.unwrap();
        world.store.fail_after(writes);
        let whole = ring.rotate_roots().await;
        world.store.heal();
        // Whoever has the old key only, as a server that was not restarted yet, still reads everything.
        let server = world.open(Roots::new(old.clone()), ExistingData::Present).await.unwrap();
        opens_all(&server, &records).await;
        if whole.is_err() {
            let again = world.open(both(), ExistingData::Present).await.unwrap();
            again.rotate_roots().await.unwrap();
        }
        let successor = world.open(Roots::new(new.clone()), ExistingData::Present).await.unwrap();
        opens_all(&successor, &records).await;
        assert!(successor.verify(&successor.roots()).await.unwrap().failures.is_empty());
        if whole.is_ok() {
            assert!(writes >= 3, "stage, wrap, promote are writes of their own");
            return;
        }
    }
}

#[tokio::test]
async fn a_retirement_that_is_killed_at_every_write_ends_well() {
    let (old, new) = (Shared::new([1; 32]), Shared::new([2; 32]));
    for writes in 0.. {
        let world = World::new();
        let records = filled(&world, &old).await;
        let ring = world.open(Roots::new(new.clone()).and(old.clone()), ExistingData::Present).await.unwrap();
        ring.rotate_roots().await.unwrap();
        let id = Roots::new(old.clone()).ids()[0];
        world.store.fail_after(writes);
        let whole = ring.retire_root(id).await;
        world.store.heal();
        let successor = world.open(Roots::new(new.clone()), ExistingData::Present).await.unwrap();
        opens_all(&successor, &records).await;
        if whole.is_err() {
            successor.retire_root(id).await.unwrap();
        }
        assert_eq!(world.store.roots().await.unwrap().len(), 1);
        let refused = world.open(Roots::new(old.clone()), ExistingData::Present).await;
        assert!(matches!(refused, Err(KeyringError::Sealed(_))), "the old key opens nothing any more");
        for owner in world.store.owners(None, 100).await.unwrap() {
            assert!(world.rows(owner).await.iter().flat_map(|row| &row.wrappings).all(|one| one.root != id));
        }
        opens_all(&successor, &records).await;
        if whole.is_ok() {
            return;
        }
    }
}

#[tokio::test]
async fn a_root_that_something_hangs_on_is_not_retired() {
    let world = World::new();
    let (old, new) = (Shared::new([1; 32]), Shared::new([2; 32]));
    let ring = world.ring(Roots::new(old.clone())).await;
    let id = Roots::new(old.clone()).ids()[0];
    let refused = ring.retire_root(id).await.unwrap_err();
    assert!(refused.to_string().contains("rotate to the next one first"), "{refused}");
    let both = world.open(Roots::new(new.clone()).and(old.clone()), ExistingData::Present).await.unwrap();
    both.rotate_roots().await.unwrap();
    // A server that was not told of the new root makes a workspace meanwhile.
    ring.create_workspace(workspace(1)).await.unwrap();
    let refused = both.retire_root(id).await.unwrap_err();
    assert!(refused.to_string().contains("`vault rotate-root` again"), "{refused}");
    assert!(matches!(
        both.retire_root(Roots::new(Shared::new([9; 32])).ids()[0]).await,
        Err(KeyringError::UnknownKey(_))
    ));
    both.index_key(workspace(1)).await.unwrap();
    // What the refusal says helps.
    assert!(both.rotate_roots().await.unwrap().is_empty(), "none is new");
    both.retire_root(id).await.unwrap();
    both.index_key(workspace(1)).await.unwrap();
}

#[tokio::test]
async fn a_plan_shows_what_there_is_and_changes_nothing() {
    let world = World::new();
    let (old, new) = (Shared::new([1; 32]), Shared::new([2; 32]));
    filled(&world, &old).await;
    let ring = world.open(Roots::new(new.clone()).and(old.clone()), ExistingData::Present).await.unwrap();
    let before = world.rows(OWNER).await;
    let plan = ring.plan(&ring.roots()).await.unwrap();
    assert_eq!(plan, ring.plan(&ring.roots()).await.unwrap());
    assert_eq!(world.rows(OWNER).await, before);
    let live = plan.keys.iter().filter(|(state, _)| **state != prodops_core::keyring::KeyState::Destroyed);
    let live: u64 = live.map(|(_, count)| count).sum();
    let [known, staged] = &plan.roots[..] else { panic!("{plan:?}") };
    assert_eq!((known.state, known.wrapped, known.given), (Some(RootState::Active), live, true));
    assert_eq!((staged.state, staged.wrapped, staged.given), (None, 0, true));
    assert_eq!(plan.owners, u64::from(WORKSPACES) + 2);
    ring.rotate_roots().await.unwrap();
    let plan = ring.plan(&ring.roots()).await.unwrap();
    assert!(plan.roots.iter().all(|root| root.wrapped == live && root.state == Some(RootState::Active)));
}

#[tokio::test]
async fn verification_names_what_cannot_be_opened() {
    let (world, root) = (World::new(), Shared::new([1; 32]));
    let ring = world.ring(Roots::new(root)).await;
    let clean = ring.verify(&ring.roots()).await.unwrap();
    assert_eq!((clean.wrappings, clean.sealed_keys, clean.failures.len()), (2, 3, 0));
    let before = world.rows(OWNER).await.remove(0);
    let mut after = before.clone();
    let last = after.wrappings[0].bytes.len() - 1;
    after.wrappings[0].bytes[last] ^= 1;
    let change = prodops_core::keyring::Change::DataKey {
        before: Some(Box::new(before.clone())),
        after: Box::new(after),
    };
    world.store.apply(vec![change]).await.unwrap();
    let fresh = world.open(Roots::new(Shared::new([1; 32])), ExistingData::Present).await.unwrap();
    let found = fresh.verify(&fresh.roots()).await.unwrap();
    assert!(found.failures.iter().any(|(owner, key, _)| (*owner, *key) == (OWNER, before.id)), "{found:?}");
}

#[tokio::test]
async fn verification_names_keys_that_lack_a_root_in_use() {
    let world = World::new();
    let (old, new) = (Shared::new([1; 32]), Shared::new([2; 32]));
    let server = world.ring(Roots::new(old.clone())).await;
    let both = world.open(Roots::new(new.clone()).and(old.clone()), ExistingData::Present).await.unwrap();
    both.rotate_roots().await.unwrap();
    server.create_workspace(workspace(1)).await.unwrap();
    let [(owner, _, reason)] = &both.verify(&both.roots()).await.unwrap().failures[..] else {
        panic!("one key lacks one wrapping")
    };
    assert_eq!(*owner, KeyOwner::Workspace(workspace(1)));
    assert!(reason.contains(&new.id().to_string()) && reason.contains("rotate-root"), "{reason}");
    let found = both.verify(&Roots::new(Shared::new([3; 32]))).await.unwrap();
    assert_eq!((found.wrappings, found.failures.len()), (0, 3), "no key is wrapped under this one");
    assert!(both.verify(&Roots::new(old)).await.unwrap().failures.is_empty(), "the old one opens everything");
    both.rotate_roots().await.unwrap();
    assert!(both.verify(&both.roots()).await.unwrap().failures.is_empty());
    // A deleted workspace lacks nothing.
    both.destroy_workspace(workspace(1)).await.unwrap();
    assert!(both.verify(&both.roots()).await.unwrap().failures.is_empty());
}
