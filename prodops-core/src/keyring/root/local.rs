//! A root key in this process.

use std::fmt;

use async_trait::async_trait;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::Arc;

use super::file::{KeyFileError, KeySource};
use super::{KeyProvider, RootError};
use crate::entropy::{Entropy, EntropyError};
use crate::secret::Secret;
use crate::vault::{self, Context, KeyId, Purpose, SealedRecord, VaultKey};

/// A root key whose bytes this process holds. Wrappings are `PDV1` records of purpose 05.
pub struct LocalRoot {
    key: VaultKey,
    entropy: Arc<dyn Entropy>,
}

impl LocalRoot {
    /// The root key with these bytes. Its id is a fingerprint of them, so that two keys can be told apart by looking.
    #[must_use]
    pub fn from_bytes(bytes: Secret<[u8; 32]>, entropy: Arc<dyn Entropy>) -> Self {
        let key = bytes.expose(|bytes| VaultKey::from_bytes(fingerprint(bytes), *bytes));
        Self { key, entropy }
    }

    /// A new root key that only this process has: what is wrapped under it ends with the process.
    ///
    /// # Errors
    /// When the entropy source fails.
    pub fn ephemeral(entropy: Arc<dyn Entropy>) -> Result<Self, EntropyError> {
        let mut bytes = Secret::new([0u8; 32]);
        bytes.expose_mut(|bytes| entropy.fill(bytes))?;
        Ok(Self::from_bytes(bytes, entropy))
    }

    /// The root key that a source holds.
    ///
    /// # Errors
    /// With the reason and what to do about it.
    pub fn load(source: &KeySource, entropy: Arc<dyn Entropy>) -> Result<Self, KeyFileError> {
        Ok(Self::from_bytes(source.read()?, entropy))
    }
}

/// The first half of HMAC-SHA-256(key, "prodops/root-key-id/1" ‖ 0).
fn fingerprint(key: &[u8; 32]) -> KeyId {
    let mut id = [0u8; 16];
    // HMAC takes keys of any length, so this is never `Err`.
    if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
        mac.update(b"prodops/root-key-id/1\0");
        for (to, from) in id.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
    }
    KeyId::from_bytes(id)
}

#[async_trait]
impl KeyProvider for LocalRoot {
    fn root(&self) -> KeyId {
        self.key.id()
    }

    async fn wrap(&self, key: &VaultKey, context: &Context<'_>) -> Result<Vec<u8>, RootError> {
        let sealed = key.expose(|bytes| {
            vault::seal(&self.key, Purpose::WrappedDataKey, context, bytes, self.entropy.as_ref())
        });
        let sealed = sealed.map_err(|error| RootError::Unavailable { reason: error.to_string() })?;
        Ok(sealed.as_bytes().to_vec())
    }

    async fn unwrap(&self, wrapped: &[u8], id: KeyId, context: &Context<'_>) -> Result<VaultKey, RootError> {
        let refused = || RootError::Refused(self.root());
        let record = SealedRecord::parse(wrapped).map_err(|_| refused())?;
        let opened = vault::open(&self.key, Purpose::WrappedDataKey, context, &record);
        let opened = opened.map_err(|_| refused())?;
        opened.expose(|bytes| {
            let bytes: &[u8; 32] = bytes.as_slice().try_into().map_err(|_| refused())?;
            Ok(VaultKey::from_bytes(id, *bytes))
        })
    }
}

impl fmt::Debug for LocalRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalRoot").field("id", &self.root()).finish_non_exhaustive()
    }
}
