//! A keyring whose store can be made to fail, whose roots count, and whose clock is moved by hand.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use prodops_core::clock::Clock;
use prodops_core::entropy::Entropy;
use prodops_core::environment::Environment;
use prodops_core::id::WorkspaceId;
use prodops_core::keyring::{
    Change, DataKeyRecord, ExistingData, KeyOwner, KeyProvider, Keyring, KeyringError, KeyringParts,
    KeyringStore, LocalRoot, MemoryKeyring, Place, RootError, RootRecord, Roots, SealedKeyKind,
    SealedKeyRecord,
};
use prodops_core::secret::Secret;
use prodops_core::testing::{FixedClock, SeededEntropy};
use prodops_core::vault::{Context, KeyId, VaultKey};

pub(crate) const WORKSPACE: WorkspaceId = WorkspaceId::from_bytes([7; 16]);
pub(crate) const OWNER: KeyOwner = KeyOwner::Workspace(WORKSPACE);
pub(crate) const PLACE: Place<'static> =
    Place { kind: "connection", record: [3; 16], field: "token", generation: 1 };

/// A store of keys that fails after so many writes, and whose writes others get in the way of.
#[derive(Debug, Default)]
pub(crate) struct Fragile {
    pub(crate) rows: MemoryKeyring,
    /// Writes left before each further one fails; negative for a healthy store.
    left: AtomicI64,
    /// How many of the next writes find that somebody else was faster.
    overtaken: AtomicI64,
    /// Whether writes of many keys always find that.
    crowded: AtomicBool,
    /// What somebody else writes just before the next write.
    first: Mutex<Vec<Change>>,
}

impl Fragile {
    pub(crate) fn healthy() -> Arc<Self> {
        Arc::new(Self { left: AtomicI64::new(-1), ..Self::default() })
    }

    pub(crate) fn overtake(&self, writes: i64) {
        self.overtaken.store(writes, Ordering::SeqCst);
    }

    pub(crate) fn crowd(&self, crowded: bool) {
        self.crowded.store(crowded, Ordering::SeqCst);
    }

    pub(crate) fn slip_in(&self, change: Change) {
        self.first.lock().unwrap().push(change);
    }

    fn is_overtaken(&self, changes: &[Change]) -> bool {
        let keys = changes.iter().filter(|change| matches!(change, Change::DataKey { .. })).count();
        let overtaken = self.overtaken.load(Ordering::SeqCst) > 0;
        if overtaken {
            self.overtaken.fetch_sub(1, Ordering::SeqCst);
        }
        overtaken || (keys > 2 && self.crowded.load(Ordering::SeqCst))
    }

    pub(crate) fn fail_after(&self, writes: i64) {
        self.left.store(writes, Ordering::SeqCst);
    }

    pub(crate) fn heal(&self) {
        self.left.store(-1, Ordering::SeqCst);
    }
}

#[async_trait]
impl KeyringStore for Fragile {
    async fn roots(&self) -> Result<Vec<RootRecord>, KeyringError> {
        self.rows.roots().await
    }
    async fn owners(&self, after: Option<KeyOwner>, limit: usize) -> Result<Vec<KeyOwner>, KeyringError> {
        self.rows.owners(after, limit).await
    }
    async fn data_keys(&self, owner: KeyOwner) -> Result<Vec<DataKeyRecord>, KeyringError> {
        self.rows.data_keys(owner).await
    }
    async fn sealed_keys(&self, owner: KeyOwner) -> Result<Vec<SealedKeyRecord>, KeyringError> {
        self.rows.sealed_keys(owner).await
    }
    async fn sealed_key(
        &self,
        owner: KeyOwner,
        kind: SealedKeyKind,
        subject: [u8; 16],
    ) -> Result<Option<SealedKeyRecord>, KeyringError> {
        self.rows.sealed_key(owner, kind, subject).await
    }
    async fn apply(&self, changes: Vec<Change>) -> Result<(), KeyringError> {
        let first = std::mem::take(&mut *self.first.lock().unwrap());
        self.rows.apply(first).await?;
        if self.is_overtaken(&changes) {
            return Err(KeyringError::Conflict);
        }
        match self.left.load(Ordering::SeqCst) {
            0 => return Err(KeyringError::Store("the disk is gone".into())),
            left if left > 0 => self.left.store(left - 1, Ordering::SeqCst),
            _ => {}
        }
        self.rows.apply(changes).await
    }
}

/// A root key that counts what it unwraps, and can be made unreachable, unwilling, or slow.
#[derive(Debug)]
pub(crate) struct Counted {
    root: LocalRoot,
    pub(crate) unwrapped: AtomicU64,
    pub(crate) reachable: AtomicBool,
    /// Whether it refuses this deployment.
    pub(crate) denies: AtomicBool,
    /// Whether others get their turn before it answers.
    pub(crate) slow: AtomicBool,
}

#[derive(Debug, Clone)]
pub(crate) struct Shared(pub(crate) Arc<Counted>);

impl Shared {
    pub(crate) fn new(bytes: [u8; 32]) -> Self {
        let root = LocalRoot::from_bytes(Secret::new(bytes), entropy(91));
        let (reachable, denies, slow) = (true.into(), false.into(), false.into());
        Self(Arc::new(Counted { root, unwrapped: AtomicU64::new(0), reachable, denies, slow }))
    }

    pub(crate) fn id(&self) -> KeyId {
        self.0.root.root()
    }

    async fn rest(&self) {
        if self.0.slow.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn count(&self) -> u64 {
        self.0.unwrapped.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl KeyProvider for Shared {
    fn root(&self) -> KeyId {
        self.0.root.root()
    }
    async fn wrap(&self, key: &VaultKey, context: &Context<'_>) -> Result<Vec<u8>, RootError> {
        self.rest().await;
        self.0.root.wrap(key, context).await
    }
    async fn unwrap(&self, wrapped: &[u8], id: KeyId, context: &Context<'_>) -> Result<VaultKey, RootError> {
        if !self.0.reachable.load(Ordering::SeqCst) {
            return Err(RootError::Unavailable { reason: "no route".into() });
        }
        if self.0.denies.load(Ordering::SeqCst) {
            return Err(RootError::Denied { reason: "the token was revoked".into() });
        }
        self.0.unwrapped.fetch_add(1, Ordering::SeqCst);
        self.rest().await;
        self.0.root.unwrap(wrapped, id, context).await
    }
}

pub(crate) fn entropy(seed: u64) -> Arc<dyn Entropy> {
    Arc::new(SeededEntropy::new(seed))
}

/// Hands of one clock.
#[derive(Debug, Clone)]
pub(crate) struct Hands(pub(crate) Arc<FixedClock>);

impl Clock for Hands {
    fn now(&self) -> prodops_core::time::Timestamp {
        self.0.now()
    }
}

pub(crate) struct World {
    pub(crate) store: Arc<Fragile>,
    pub(crate) clock: Hands,
    seed: AtomicU64,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Hands(Arc::new(FixedClock::at("2026-01-05T09:00:00Z")));
        Self { store: Fragile::healthy(), clock, seed: AtomicU64::new(1) }
    }

    /// What a process sees that was given these roots.
    pub(crate) async fn open(&self, roots: Roots, data: ExistingData) -> Result<Keyring, KeyringError> {
        self.open_in(Environment::Test, roots, data).await
    }

    pub(crate) async fn open_in(
        &self,
        environment: Environment,
        roots: Roots,
        data: ExistingData,
    ) -> Result<Keyring, KeyringError> {
        let parts = KeyringParts {
            environment,
            store: self.store.clone(),
            roots,
            clock: Arc::new(self.clock.clone()),
            entropy: entropy(self.seed.fetch_add(1, Ordering::SeqCst)),
        };
        Keyring::open(parts, data).await
    }

    /// A new keyring with one workspace.
    pub(crate) async fn ring(&self, roots: Roots) -> Keyring {
        let ring = self.open(roots, ExistingData::Absent).await.unwrap();
        ring.create_workspace(WORKSPACE).await.unwrap();
        ring
    }

    pub(crate) async fn rows(&self, owner: KeyOwner) -> Vec<DataKeyRecord> {
        self.store.data_keys(owner).await.unwrap()
    }
}
