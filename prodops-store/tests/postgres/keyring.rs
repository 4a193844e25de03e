//! The keyring that several processes share: against the one in memory, in races, and from a database that is not one.

use std::sync::Arc;

use prodops_core::clock::SystemClock;
use prodops_core::entropy::{Entropy, SystemEntropy};
use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::keyring::{
    Change, DataKeyRecord, ExistingData, KeyOwner, KeyState, Keyring, KeyringError, KeyringParts,
    KeyringStore, LocalRoot, MemoryKeyring, RootRecord, RootState, Roots, RowKeySource, SealedKeyKind,
    SealedKeyRecord, Wrapping,
};
use prodops_core::secret::Secret;
use prodops_core::testing::SeededEntropy;
use prodops_core::time::Timestamp;
use prodops_core::vault::{KeyId, SealedRecord};
use prodops_store::StoreError;
use prodops_store::contract::ErasureSubject;
use prodops_store::ledger::{Ledger, LedgerEvent};
use prodops_store::postgres::{Database, PostgresKeyring, Separation, migrate_keyring};
use prodops_store::testing::postgres::{TestDatabase, skipped};
use sqlx::Executor;

async fn store(database: &TestDatabase) -> Arc<PostgresKeyring> {
    let config = database.config().connections(4);
    Arc::new(PostgresKeyring::connect(&config, Environment::Test).await.unwrap())
}

fn luck(seed: u64) -> impl FnMut(u64) -> u64 {
    let entropy = SeededEntropy::new(seed);
    move |bound| {
        let mut bytes = [0; 8];
        entropy.fill(&mut bytes).unwrap();
        u64::from_le_bytes(bytes) % bound
    }
}

/// A record that nobody can open, in the right form.
fn sealed(keys: &prodops_core::keyring::DataKeys) -> SealedRecord {
    let place = prodops_core::keyring::Place { kind: "test", record: [1; 16], field: "", generation: 0 };
    keys.seal(prodops_core::vault::Purpose::IndexKey, place, &[7; 48]).unwrap()
}

async fn ring(store: Arc<dyn KeyringStore>, root: &Roots) -> Result<Keyring, KeyringError> {
    let parts = KeyringParts {
        environment: Environment::Test,
        store,
        roots: root.clone(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    Keyring::open(parts, ExistingData::Absent).await
}

fn root() -> Roots {
    Roots::new(LocalRoot::ephemeral(Arc::new(SystemEntropy)).unwrap())
}

fn owner(number: u64) -> KeyOwner {
    match number {
        0 => KeyOwner::Deployment,
        _ => KeyOwner::Workspace(WorkspaceId::from_bytes([u8::try_from(number).unwrap(); 16])),
    }
}

/// A change that is right as often as not.
fn any_change(luck: &mut impl FnMut(u64) -> u64, record: &SealedRecord) -> Change {
    let data_key = |luck: &mut dyn FnMut(u64) -> u64, owner, generation| DataKeyRecord {
        id: KeyId::from_bytes([9; 16]),
        owner,
        generation,
        state: [KeyState::Active, KeyState::DecryptOnly, KeyState::Destroyed][luck(3) as usize],
        created: Timestamp::UNIX_EPOCH,
        superseded: None,
        seals: luck(2),
        wrappings: vec![Wrapping { root: KeyId::from_bytes([1; 16]), bytes: vec![1, 2, 3] }],
    };
    let is_there = |luck: &mut dyn FnMut(u64) -> u64| luck(2) == 0;
    match luck(3) {
        0 => {
            let id = KeyId::from_bytes([u8::try_from(luck(3)).unwrap(); 16]);
            let row = |state| RootRecord {
                id,
                state,
                created: Timestamp::UNIX_EPOCH,
                check: vec![4],
                proof: record.clone(),
            };
            let states = [None, Some(RootState::Staged), Some(RootState::Active)];
            let (before, after) = (states[luck(3) as usize].map(row), states[luck(3) as usize].map(row));
            Change::Root { before, after }
        }
        1 => {
            let (owner, generation) = (owner(luck(3)), luck(3));
            let before = is_there(luck).then(|| Box::new(data_key(luck, owner, generation)));
            Change::DataKey { before, after: Box::new(data_key(luck, owner, generation)) }
        }
        _ => {
            let kind = [SealedKeyKind::Index, SealedKeyKind::Subject][luck(2) as usize];
            let row = SealedKeyRecord {
                owner: owner(luck(3)),
                kind,
                subject: [u8::try_from(luck(2)).unwrap(); 16],
                sealed: record.clone(),
            };
            let before = is_there(luck).then(|| Box::new(row.clone()));
            Change::SealedKey { before, after: is_there(luck).then(|| Box::new(row)) }
        }
    }
}

async fn assert_alike(left: &dyn KeyringStore, right: &dyn KeyringStore) {
    assert_eq!(left.roots().await.unwrap(), right.roots().await.unwrap());
    for limit in [1, 2, usize::MAX] {
        for after in [None, Some(owner(0)), Some(owner(1))] {
            assert_eq!(left.owners(after, limit).await.unwrap(), right.owners(after, limit).await.unwrap());
        }
    }
    for owner in (0..3).map(owner) {
        assert_eq!(left.data_keys(owner).await.unwrap(), right.data_keys(owner).await.unwrap());
        assert_eq!(left.sealed_keys(owner).await.unwrap(), right.sealed_keys(owner).await.unwrap());
        for kind in [SealedKeyKind::Index, SealedKeyKind::Subject] {
            for subject in [[0; 16], [1; 16]] {
                let (one, other) = (
                    left.sealed_key(owner, kind, subject).await,
                    right.sealed_key(owner, kind, subject).await,
                );
                assert_eq!(one.unwrap(), other.unwrap());
            }
        }
    }
}

#[tokio::test]
async fn it_does_what_the_keyring_in_memory_does() {
    if skipped() {
        return;
    }
    let database = TestDatabase::keyring().await;
    let (tested, model) = (store(&database).await, MemoryKeyring::default());
    let keys = ring(Arc::new(MemoryKeyring::default()), &root()).await.unwrap();
    let record = sealed(keys.keys(KeyOwner::Deployment).await.unwrap().as_ref());
    let mut luck = luck(5);
    let (mut done, mut refused) = (0, 0);
    for round in 0..600 {
        let mut changes: Vec<Change> = Vec::new();
        for _ in 0..=luck(3) {
            let change = any_change(&mut luck, &record);
            // One change for each place: what two of them would mean is nobody's business.
            let place = |change: &Change| {
                let (before, after) = change.rows();
                before.or(after).map(|row| {
                    let text = serde_json::to_value(row).unwrap();
                    let (kind, row) = text.as_object().unwrap().iter().next().unwrap();
                    let parts =
                        ["id", "owner", "generation", "kind", "subject"].map(|part| row.get(part).cloned());
                    match kind.as_str() {
                        "data_key" => format!("{kind}{:?}", (&parts[1], &parts[2])),
                        _ => format!("{kind}{parts:?}"),
                    }
                })
            };
            if place(&change).is_some() && changes.iter().all(|other| place(other) != place(&change)) {
                changes.push(change);
            }
        }
        let (one, other) = (tested.apply(changes.clone()).await, model.apply(changes).await);
        match (one, other) {
            (Ok(()), Ok(())) => done += 1,
            (Err(KeyringError::Conflict), Err(KeyringError::Conflict)) => refused += 1,
            odd => panic!("{odd:?}"),
        }
        if round % 20 == 0 {
            assert_alike(tested.as_ref(), &model).await;
        }
    }
    assert_alike(tested.as_ref(), &model).await;
    assert!(done > 50 && refused > 50, "{done} done, {refused} refused");
    // A copy of it is all of it, and goes into an empty one only.
    let copy = TestDatabase::keyring().await;
    let copy = store(&copy).await;
    copy.put_back(tested.rows().await.unwrap(), "").await.unwrap();
    assert_alike(copy.as_ref(), &model).await;
    assert!(matches!(copy.put_back(Vec::new(), "").await, Err(KeyringError::Conflict)));
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_that_start_at_the_same_time_have_one_keyring() {
    if skipped() {
        return;
    }
    for _ in 0..5 {
        let database = TestDatabase::keyring().await;
        let root = root();
        let mut starting = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let (store, root) = (store(&database).await, root.clone());
            starting.spawn(async move { ring(store, &root).await });
        }
        let rings: Vec<Keyring> = starting.join_all().await.into_iter().map(Result::unwrap).collect();
        let mut active = std::collections::BTreeSet::new();
        for ring in &rings {
            active.insert(ring.keys(KeyOwner::Deployment).await.unwrap().active());
        }
        assert_eq!(active.len(), 1);
        // One with another root key does not get in.
        let refused = ring(store(&database).await, &self::root()).await;
        assert!(matches!(refused, Err(KeyringError::Sealed(_))), "{refused:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_rotates_and_destroys_the_others_see() {
    if skipped() {
        return;
    }
    let database = TestDatabase::keyring().await;
    let root = root();
    let one = ring(store(&database).await, &root).await.unwrap();
    let other = ring(store(&database).await, &root).await.unwrap();
    let workspace = WorkspaceId::from_bytes([3; 16]);
    let owner = KeyOwner::Workspace(workspace);
    one.create_workspace(workspace).await.unwrap();
    let before = other.sealing_keys(owner).await.unwrap();
    assert!(other.confirm(&before).await.unwrap());
    let next = one.rotate_data_key(owner).await.unwrap();
    assert!(other.is_current(&before), "it cannot know by itself");
    assert!(!other.confirm(&before).await.unwrap());
    let now = other.sealing_keys(owner).await.unwrap();
    assert_eq!(now.active(), next);
    assert!(other.confirm(&now).await.unwrap());
    // Both at once: one after the other, no key is lost.
    let (mut racing, rounds) = (tokio::task::JoinSet::new(), 4u64);
    for ring in [&one, &other, &one, &other] {
        let ring = ring.clone();
        racing.spawn(async move { ring.rotate_data_key(owner).await.unwrap() });
    }
    racing.join_all().await;
    let rows = store(&database).await.data_keys(owner).await.unwrap();
    let active: Vec<u64> =
        rows.iter().filter(|row| row.state == KeyState::Active).map(|row| row.generation).collect();
    assert_eq!(active, [2 + rounds], "of {} keys the newest seals", rows.len());
    let now = other.current_keys(owner).await.unwrap();
    one.destroy_workspace(workspace).await.unwrap();
    assert!(!other.confirm(&now).await.unwrap());
    assert!(matches!(other.sealing_keys(owner).await, Err(KeyringError::NoKeys(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_beside_it_takes_one_line_at_a_time() {
    if skipped() {
        return;
    }
    let database = TestDatabase::keyring().await;
    let mut writing = tokio::task::JoinSet::new();
    for process in 0..4u8 {
        let ledger = Ledger::at(store(&database).await.ledger(), Environment::Test, Secret::new([1; 32]));
        writing.spawn(async move {
            for number in 0..8u8 {
                let subject = ErasureSubject::Workspace(WorkspaceId::from_bytes([process * 8 + number; 16]));
                let event = LedgerEvent::Cancelled { subject, at: Timestamp::UNIX_EPOCH };
                ledger.append(event).await.unwrap();
            }
        });
    }
    writing.join_all().await;
    let keyring = store(&database).await;
    let ledger = Ledger::at(keyring.ledger(), Environment::Test, Secret::new([1; 32]));
    assert_eq!(ledger.entries().await.unwrap().len(), 32);
    assert_eq!(ledger.standing().await.unwrap().last().len(), 32);
    // Nobody who serves requests can take a line back, and whoever can is found out.
    let mut login = database.login().await;
    for query in ["DELETE FROM prodops_keyring.deletion", "UPDATE prodops_keyring.deletion SET text = ''"] {
        let refused = login.execute(query).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{query}");
    }
    let mut admin = database.admin().await;
    admin.execute("DELETE FROM prodops_keyring.deletion WHERE line = 7").await.unwrap();
    assert!(ledger.entries().await.is_err());
}

#[tokio::test]
async fn a_database_that_is_no_keyring_of_this_environment_is_refused() {
    if skipped() {
        return;
    }
    let data = TestDatabase::new().await;
    let config = data.config();
    let refused = PostgresKeyring::connect(&config, Environment::Test).await.unwrap_err();
    assert!(matches!(refused, StoreError::NotMigrated), "{refused:?}");
    let keys = TestDatabase::keyring().await;
    let refused = PostgresKeyring::connect(&keys.config(), Environment::Staging).await.unwrap_err();
    assert!(matches!(refused, StoreError::Environment { .. }), "{refused:?}");
    let refused = migrate_keyring(&keys.admin_config(), Environment::Staging).await.unwrap_err();
    assert!(matches!(refused, StoreError::Environment { .. }), "{refused:?}");
    migrate_keyring(&keys.admin_config(), Environment::Test).await.unwrap();
    keys.admin().await.execute("UPDATE prodops_keyring.stamp SET schema_version = 9").await.unwrap();
    let refused = PostgresKeyring::connect(&keys.config(), Environment::Test).await.unwrap_err();
    assert!(matches!(refused, StoreError::Schema { found: 9, .. }), "{refused:?}");
}

#[tokio::test]
async fn how_far_keys_and_data_lie_apart_is_told() {
    if skipped() {
        return;
    }
    let (data, keys) = (TestDatabase::new().await, TestDatabase::keyring().await);
    let database = Database::reach(&data.config(), Environment::Test).await.unwrap();
    let apart = database.separation(store(&keys).await.as_ref()).await.unwrap();
    assert_eq!(apart, Separation::Database, "the tests have one server");
    // The same database by two names.
    migrate_keyring(&data.admin_config(), Environment::Test).await.unwrap();
    let inside = PostgresKeyring::connect(&data.admin_config(), Environment::Test).await.unwrap();
    assert_eq!(database.separation(&inside).await.unwrap(), Separation::None);
}
