//! Keys for stores under test.

use std::sync::Arc;

use async_trait::async_trait;
use prodops_core::clock::SystemClock;
use prodops_core::entropy::{Entropy, SystemEntropy};
use prodops_core::environment::Environment;
use prodops_core::keyring::{
    DataKeys, ExistingData, KeyOwner, Keyring, KeyringError, KeyringParts, LocalRoot, MemoryKeyring, Roots,
    RowKeySource,
};

/// A keyring that makes the keys of a workspace when they are first asked for, so that tests need not.
#[derive(Debug, Clone)]
pub struct KeysOnDemand(pub Keyring);

impl KeysOnDemand {
    /// A new keyring with a root key of its own.
    ///
    /// # Panics
    /// When the machine has no random bytes.
    pub async fn new(environment: Environment) -> Arc<Self> {
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let root = LocalRoot::ephemeral(Arc::clone(&entropy)).expect("random bytes");
        let (store, clock) = (Arc::new(MemoryKeyring::default()), Arc::new(SystemClock));
        let parts = KeyringParts { environment, store, roots: Roots::new(root), clock, entropy };
        Arc::new(Self(Keyring::open(parts, ExistingData::Absent).await.expect("a new keyring")))
    }

    async fn made(&self, owner: KeyOwner) -> Result<(), KeyringError> {
        match (owner, self.0.keys(owner).await) {
            (KeyOwner::Workspace(id), Err(KeyringError::NoKeys(_))) => {
                match self.0.create_workspace(id).await {
                    // Somebody else asked at the same time.
                    Err(KeyringError::Conflict) => Ok(()),
                    made => made,
                }
            }
            (_, keys) => keys.map(drop),
        }
    }
}

#[async_trait]
impl RowKeySource for KeysOnDemand {
    async fn opening_keys(&self, owner: KeyOwner) -> Result<Arc<DataKeys>, KeyringError> {
        self.made(owner).await?;
        self.0.opening_keys(owner).await
    }

    async fn sealing_keys(&self, owner: KeyOwner) -> Result<Arc<DataKeys>, KeyringError> {
        self.made(owner).await?;
        self.0.sealing_keys(owner).await
    }

    fn is_current(&self, keys: &DataKeys) -> bool {
        self.0.is_current(keys)
    }

    async fn confirm(&self, keys: &DataKeys) -> Result<bool, KeyringError> {
        self.0.confirm(keys).await
    }
}
