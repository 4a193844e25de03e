//! A 256-bit key with its name.

use std::fmt;

use zeroize::Zeroize;

use super::expand::Prf;
use super::key_id::KeyId;
use crate::entropy::{Entropy, EntropyError};
use crate::secret::Secret;

/// A uniformly random 256-bit key and its id: a root key or a data key.
///
/// # Security
/// It does not print, copy, compare or serialise itself, and is wiped when dropped. Keep one and borrow it.
pub struct VaultKey {
    id: KeyId,
    bytes: Secret<[u8; 32]>,
    /// The key's half of the derivation, done once.
    prf: Prf,
}

impl VaultKey {
    /// Makes a new random one.
    ///
    /// # Errors
    /// When the entropy source fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let id = KeyId::generate(entropy)?;
        let mut bytes = Secret::new([0u8; 32]);
        bytes.expose_mut(|bytes| entropy.fill(bytes))?;
        Ok(Self { id, prf: bytes.expose(Prf::new), bytes })
    }

    /// The key with these bytes, as a provider unwrapped them.
    ///
    /// # Security
    /// The bytes must be uniformly random, never a password.
    #[must_use]
    pub fn from_bytes(id: KeyId, mut bytes: [u8; 32]) -> Self {
        let key = Self { id, prf: Prf::new(&bytes), bytes: Secret::new(bytes) };
        bytes.zeroize();
        key
    }

    /// Its public name.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Lends the bytes, for the one place that wraps them.
    pub fn expose<R>(&self, reader: impl FnOnce(&[u8; 32]) -> R) -> R {
        self.bytes.expose(reader)
    }

    /// Whether both have the same bytes, in time that does not depend on where they differ.
    #[must_use]
    pub fn ct_eq(&self, other: &Self) -> bool {
        self.bytes.ct_eq(&other.bytes)
    }

    /// A key for another use: HKDF-Expand with SHA-512 of this key under `"prodops/vault/1/subkey" ‖ 0 ‖ label`.
    ///
    /// Keys under different labels have nothing to do with each other, nor with the keys of records.
    #[must_use]
    pub fn subkey(&self, label: &str) -> Secret<[u8; 32]> {
        Secret::new(self.prf.expand(&[b"prodops/vault/1/subkey\0", label.as_bytes()]))
    }

    pub(super) const fn prf(&self) -> &Prf {
        &self.prf
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaultKey({}, [redacted])", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;

    #[test]
    fn subkeys_depend_on_key_and_label() {
        let key = VaultKey::generate(&SeededEntropy::new(1)).unwrap();
        let other = VaultKey::generate(&SeededEntropy::new(2)).unwrap();
        let row = key.subkey("row");
        assert!(row.ct_eq(&key.subkey("row")));
        assert!(!row.ct_eq(&key.subkey("csrf")));
        assert!(!row.ct_eq(&other.subkey("row")));
        assert!(!row.expose(|row| key.expose(|key| row == key)));
    }

    #[test]
    fn it_prints_its_name_only() {
        let key = VaultKey::from_bytes(KeyId::from_bytes([7; 16]), [0x41; 32]);
        let shown = format!("{key:?}");
        assert!(shown.contains(&key.id().to_string()) && shown.contains("[redacted]"), "{shown}");
        assert!(!shown.contains("4141") && !shown.contains("AA") && !shown.contains("65"), "{shown}");
    }
}
