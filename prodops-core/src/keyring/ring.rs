//! The keyring of a running deployment: opens keys when they are needed and forgets them soon.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use async_trait::async_trait;

use super::budget::{BLOCK, ROTATE_AT, SealBudget};
use super::cache::KeyCache;
use super::error::KeyringError;
use super::flight::Flights;
use super::keys::{DataKeys, OpenKey};
use super::owner::KeyOwner;
use super::record::{DataKeyRecord, KeyState, SealedKeyKind};
use super::root::Roots;
use super::rows::RowKeySource;
use super::sealed_key;
use super::store::{Change, KeyringStore};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::environment::Environment;
use crate::vault::{Context, KeyId, VaultKey};

/// How often a change is tried again when somebody else changed the same row.
pub(super) const ATTEMPTS: u32 = 16;

/// What a keyring is made of.
#[derive(Debug, Clone)]
pub struct KeyringParts {
    /// The deployment's environment, bound into everything that is sealed.
    pub environment: Environment,
    /// Where wrapped keys are kept.
    pub store: Arc<dyn KeyringStore>,
    /// The root keys to begin with.
    pub roots: Roots,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The source of keys.
    pub entropy: Arc<dyn Entropy>,
}

/// The keys of a deployment. Cheap to clone; clones are the same keyring.
///
/// # Security
/// Open keys are kept for ten minutes at most and wiped when they are dropped. A record is opened with the key that it
/// names, never by trying.
#[derive(Clone)]
pub struct Keyring {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) parts: KeyringParts,
    pub(super) cache: KeyCache,
    flights: Flights,
    roots: RwLock<Roots>,
    /// Outlive the cache, so that what a key was granted is not granted again. They hold no secret.
    budgets: Mutex<BTreeMap<KeyId, Arc<SealBudget>>>,
}

impl Keyring {
    pub(super) fn over(parts: KeyringParts) -> Self {
        let roots = RwLock::new(parts.roots.clone());
        let (cache, flights, budgets) = (KeyCache::default(), Flights::default(), Mutex::default());
        Self { inner: Arc::new(Inner { parts, cache, flights, roots, budgets }) }
    }

    pub(super) fn parts(&self) -> &KeyringParts {
        &self.inner.parts
    }

    /// The root keys that are used now.
    #[must_use]
    pub fn roots(&self) -> Roots {
        self.inner.roots.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_roots(&self, roots: Roots) {
        *self.inner.roots.write().unwrap_or_else(PoisonError::into_inner) = roots;
    }

    pub(super) fn cache(&self) -> &KeyCache {
        &self.inner.cache
    }

    /// The open keys of an owner, for reading.
    ///
    /// # Errors
    /// [`KeyringError::NoKeys`] when it has none, else when a root key or the keyring's store fails.
    pub async fn keys(&self, owner: KeyOwner) -> Result<Arc<DataKeys>, KeyringError> {
        let kept = || self.cache().get(owner, self.parts().clock.now());
        if let Some(keys) = kept() {
            return Ok(keys);
        }
        // Many may ask at once after a start: a root that lives elsewhere is asked once. Where that fails everybody goes on
        // by themselves, so that a root that is away costs one time-out more and not one for each.
        let _landing = self.inner.flights.begin(owner).await;
        match kept() {
            Some(keys) => Ok(keys),
            None => self.open_keys(owner).await,
        }
    }

    /// The same as the keyring has them now, whichever process changed them last.
    ///
    /// # Errors
    /// As [`Keyring::keys`].
    pub async fn current_keys(&self, owner: KeyOwner) -> Result<Arc<DataKeys>, KeyringError> {
        let keys = self.keys(owner).await?;
        if self.confirm(&keys).await? { Ok(keys) } else { self.keys(owner).await }
    }

    async fn open_keys(&self, owner: KeyOwner) -> Result<Arc<DataKeys>, KeyringError> {
        let mut attempt = 0;
        loop {
            let (ticket, now) = (self.cache().ticket(), self.parts().clock.now());
            match self.load(owner).await {
                Ok(keys) => return Ok(self.cache().put(keys, now, ticket)),
                // Somebody rotated between the look at the data keys and the one at what is sealed under them.
                Err(KeyringError::UnknownKey(_) | KeyringError::KeyDestroyed(_)) if attempt < ATTEMPTS => {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Wipes keys that nobody asked for in a while. Called by the engine's background work.
    pub fn sweep(&self) {
        self.cache().sweep(self.parts().clock.now());
    }

    async fn load(&self, owner: KeyOwner) -> Result<DataKeys, KeyringError> {
        let mut active = None;
        let (mut older, mut destroyed) = (BTreeMap::new(), BTreeSet::new());
        let roots = self.roots();
        for row in self.parts().store.data_keys(owner).await? {
            match row.state {
                KeyState::Active => active = Some(OpenKey::new(self.unwrap(&roots, &row).await?)),
                KeyState::DecryptOnly => {
                    older.insert(row.id, OpenKey::new(self.unwrap(&roots, &row).await?));
                }
                KeyState::Destroyed => {
                    destroyed.insert(row.id);
                }
            }
        }
        let active = active.ok_or(KeyringError::NoKeys(owner))?;
        let budget = self.budget(active.key.id());
        let KeyringParts { environment, entropy, .. } = self.parts();
        let (environment, entropy) = (*environment, Arc::clone(entropy));
        let lookup = None;
        let mut keys = DataKeys { owner, environment, entropy, active, older, destroyed, budget, lookup };
        let index = self.parts().store.sealed_key(owner, SealedKeyKind::Index, sealed_key::NOBODY).await?;
        keys.lookup = sealed_key::lookup(index.as_ref(), &keys)?;
        Ok(keys)
    }

    /// Opens a data key with the first root that can: one that is away, refuses this deployment or was damaged is what the
    /// others are there for.
    pub(super) async fn unwrap(&self, roots: &Roots, row: &DataKeyRecord) -> Result<VaultKey, KeyringError> {
        let mut failures = Vec::new();
        for root in roots.iter() {
            let Some(wrapping) = row.wrapping(root.root()) else { continue };
            match root.unwrap(&wrapping.bytes, row.id, &self.context(row)).await {
                Ok(key) => return Ok(key),
                Err(error) => failures.push((root.root(), error)),
            }
        }
        match failures.is_empty() {
            true => Err(KeyringError::UnknownKey(row.id)),
            false => Err(KeyringError::Unwrap { key: row.id, failures }),
        }
    }

    /// The place that the wrappings of a data key belong to.
    pub(super) fn context(&self, row: &DataKeyRecord) -> Context<'static> {
        Context {
            environment: self.parts().environment,
            workspace: row.owner.workspace(),
            kind: "data-key",
            record: *row.id.as_bytes(),
            field: "",
            generation: row.generation,
        }
    }

    fn budget(&self, id: KeyId) -> Arc<SealBudget> {
        let mut budgets = self.inner.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(budgets.entry(id).or_default())
    }

    /// Takes leave for another block of seals, and tells for which key; one that has sealed enough is followed by a new one.
    async fn grant(&self, owner: KeyOwner) -> Result<KeyId, KeyringError> {
        let rows = self.parts().store.data_keys(owner).await?;
        let before = rows.into_iter().find(|row| row.state == KeyState::Active);
        let before = before.ok_or(KeyringError::NoKeys(owner))?;
        let seals = before.seals.saturating_add(BLOCK);
        if seals > ROTATE_AT {
            return self.rotate_data_key(owner).await;
        }
        let after = DataKeyRecord { seals, ..before.clone() };
        let id = before.id;
        let change = Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) };
        self.parts().store.apply(vec![change]).await?;
        self.budget(id).grant(BLOCK);
        Ok(id)
    }
}

#[async_trait]
impl RowKeySource for Keyring {
    async fn opening_keys(&self, owner: KeyOwner) -> Result<Arc<DataKeys>, KeyringError> {
        self.keys(owner).await
    }

    async fn sealing_keys(&self, owner: KeyOwner) -> Result<Arc<DataKeys>, KeyringError> {
        for _ in 0..ATTEMPTS {
            let keys = self.keys(owner).await?;
            if !keys.budget.is_low() {
                return Ok(keys);
            }
            match self.grant(owner).await {
                Ok(id) if id == keys.active() => {}
                // Somebody else rotated or took a block: what is cached is the past, or may be.
                Ok(_) | Err(KeyringError::Conflict) => self.cache().forget(owner),
                Err(error) => return Err(error),
            }
        }
        Err(KeyringError::Conflict)
    }

    fn is_current(&self, keys: &DataKeys) -> bool {
        self.cache().holds(keys)
    }

    async fn confirm(&self, keys: &DataKeys) -> Result<bool, KeyringError> {
        if !self.cache().holds(keys) {
            return Ok(false);
        }
        let current = self.parts().store.active_key(keys.owner()).await? == Some(keys.active());
        if !current {
            // Another process rotated, or destroyed them.
            self.cache().forget(keys.owner());
        }
        Ok(current)
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("roots", &self.roots().ids()).finish_non_exhaustive()
    }
}
