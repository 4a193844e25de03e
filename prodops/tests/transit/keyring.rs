//! A keyring whose root key is in the engine.

use std::sync::Arc;

use prodops::core::entropy::SystemEntropy;
use prodops::core::environment::Environment;
use prodops::core::id::WorkspaceId;
use prodops::core::keyring::{
    ExistingData, KeyOwner, KeyProvider as _, Keyring, KeyringError, KeyringParts, LocalRoot, MemoryKeyring,
    Roots, Sealed,
};
use prodops::core::vault::{Purpose, SealedRecord};

use super::engine::{Engine, Fault};

const WORKSPACE: WorkspaceId = WorkspaceId::from_bytes([5; 16]);
const OWNER: KeyOwner = KeyOwner::Workspace(WORKSPACE);
const PLACE: prodops::core::keyring::Place<'static> =
    prodops::core::keyring::Place { kind: "connection", record: [1; 16], field: "token", generation: 1 };

async fn open(
    engine: &Engine,
    store: &Arc<MemoryKeyring>,
    roots: Roots,
    data: ExistingData,
) -> Result<Keyring, KeyringError> {
    let parts = KeyringParts {
        environment: Environment::Test,
        store: store.clone(),
        roots,
        clock: engine.clock.clone(),
        entropy: Arc::new(SystemEntropy),
    };
    Keyring::open(parts, data).await
}

async fn opens(ring: &Keyring, record: &SealedRecord) -> bool {
    let keys = ring.keys(OWNER).await.unwrap();
    keys.open(Purpose::Token, PLACE, record).is_ok_and(|secret| secret.expose(|bytes| bytes == b"secret"))
}

#[tokio::test]
async fn keys_are_made_and_opened_again_by_the_engine() {
    let (engine, store) = (Engine::start().await, Arc::new(MemoryKeyring::default()));
    let first = open(&engine, &store, Roots::new(engine.provider()), ExistingData::Absent).await.unwrap();
    first.create_workspace(WORKSPACE).await.unwrap();
    let record = first.keys(OWNER).await.unwrap().seal(Purpose::Token, PLACE, b"secret").unwrap();
    drop(first);
    engine.rotate();
    let second = open(&engine, &store, Roots::new(engine.provider()), ExistingData::Present).await.unwrap();
    assert!(opens(&second, &record).await);
    assert!(second.verify(&second.roots()).await.unwrap().failures.is_empty());
}

#[tokio::test]
async fn an_engine_with_another_key_or_none_seals_the_deployment() {
    let (engine, store) = (Engine::start().await, Arc::new(MemoryKeyring::default()));
    let ring = open(&engine, &store, Roots::new(engine.provider()), ExistingData::Absent).await.unwrap();
    drop(ring);
    // The same address answers with another key, as after a restore gone wrong.
    engine.state.lock().unwrap().replace_keys();
    let refused = open(&engine, &store, Roots::new(engine.provider()), ExistingData::Present).await;
    assert!(matches!(refused, Err(KeyringError::Sealed(Sealed::Refused(_)))), "{refused:?}");
    engine.fail("transit/decrypt/prodops-root", Fault::Status(503), usize::MAX);
    let away = open(&engine, &store, Roots::new(engine.provider()), ExistingData::Present).await;
    assert!(matches!(away, Err(KeyringError::Sealed(Sealed::RootUnavailable(_)))), "{away:?}");
}

#[tokio::test]
async fn a_local_root_is_rotated_to_the_engine() {
    let (engine, store) = (Engine::start().await, Arc::new(MemoryKeyring::default()));
    let local =
        || LocalRoot::from_bytes(prodops::core::secret::Secret::new([3; 32]), Arc::new(SystemEntropy));
    let ring = open(&engine, &store, Roots::new(local()), ExistingData::Absent).await.unwrap();
    ring.create_workspace(WORKSPACE).await.unwrap();
    let record = ring.keys(OWNER).await.unwrap().seal(Purpose::Token, PLACE, b"secret").unwrap();
    let both = Roots::new(engine.provider()).and(local());
    let ring = open(&engine, &store, both, ExistingData::Present).await.unwrap();
    ring.rotate_roots().await.unwrap();
    ring.retire_root(local().root()).await.unwrap();
    let alone = open(&engine, &store, Roots::new(engine.provider()), ExistingData::Present).await.unwrap();
    assert!(opens(&alone, &record).await);
}
