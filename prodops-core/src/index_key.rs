//! The key of a workspace under which names, paths and fingerprints are hashed.
//!
//! Plain hashes of paths and addresses can be reversed with a dictionary. Keyed with a random key per workspace they
//! cannot, they mean nothing in another workspace, and destroying the key makes them meaningless everywhere.

mod batch;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use siphasher::sip::SipHasher24;
use siphasher::sip128::{Hasher128, SipHasher24 as SipHasher24x128};
use std::hash::Hasher;
use zeroize::Zeroize;

use crate::entropy::{Entropy, EntropyError};
use crate::secret::Secret;

/// What a subkey is for. Hashes under different labels never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IndexLabel {
    /// Paths inside a repository.
    Path,
    /// E-mail addresses.
    Email,
    /// Names of people.
    Name,
    /// Natural keys of rows, such as slugs.
    Lookup,
    /// Fingerprints of lines.
    Line,
    /// Fingerprints of runs of tokens.
    Gram,
    /// Fingerprints of patches.
    Patch,
    /// Whether the content of a file is the same.
    Content,
}

impl IndexLabel {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Email => "email",
            Self::Name => "name",
            Self::Lookup => "lookup",
            Self::Line => "fingerprint/1/line",
            Self::Gram => "fingerprint/1/gram",
            Self::Patch => "fingerprint/1/patch",
            Self::Content => "fingerprint/1/content",
        }
    }
}

/// The random 256-bit index key of one workspace.
#[derive(Debug)]
pub struct IndexKey(Secret<[u8; 32]>);

impl IndexKey {
    /// Makes a new one.
    ///
    /// # Errors
    /// When the entropy source fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = Secret::new([0u8; 32]);
        bytes.expose_mut(|bytes| entropy.fill(bytes))?;
        Ok(Self(bytes))
    }

    /// The key with these bytes, as a store kept them.
    #[must_use]
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        let key = Self(Secret::new(bytes));
        bytes.zeroize();
        key
    }

    /// Lends the bytes, for the one row that keeps them.
    pub fn expose<R>(&self, reader: impl FnOnce(&[u8; 32]) -> R) -> R {
        self.0.expose(reader)
    }

    /// The key of the deletion ledger: HMAC-SHA-256(key, "prodops/ledger/1").
    pub(crate) fn ledger_key(&self) -> Secret<[u8; 32]> {
        self.0.expose(|key| {
            let mut secret = Secret::new([0u8; 32]);
            // HMAC takes keys of any length, so this is never `Err`.
            if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
                mac.update(b"prodops/ledger/1");
                fill(&mut secret, mac);
            }
            secret
        })
    }

    /// The subkey for one kind of hash: the first half of HMAC-SHA-256(key, "prodops/index/1" ‖ 0 ‖ label).
    #[must_use]
    pub fn subkey(&self, label: IndexLabel) -> IndexSubkey {
        self.0.expose(|key| {
            let mut secret = Secret::new([0u8; 16]);
            // HMAC takes keys of any length, so this is never `Err`.
            if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) {
                mac.update(b"prodops/index/1\0");
                mac.update(label.as_str().as_bytes());
                fill(&mut secret, mac);
            }
            IndexSubkey(secret)
        })
    }
}

/// The first bytes of a code, with no copy of it left elsewhere.
fn fill<const N: usize>(secret: &mut Secret<[u8; N]>, mac: Hmac<Sha256>) {
    let mut code = mac.finalize().into_bytes();
    secret.expose_mut(|bytes| bytes.iter_mut().zip(&code).for_each(|(to, from)| *to = *from));
    code.as_mut_slice().zeroize();
}

/// A SipHash-2-4 key for one kind of hash.
#[derive(Debug)]
pub struct IndexSubkey(Secret<[u8; 16]>);

impl IndexSubkey {
    /// The keyed 64-bit hash of `bytes`.
    #[must_use]
    pub fn hash64(&self, bytes: &[u8]) -> u64 {
        self.0.expose(|key| {
            let mut hasher = SipHasher24::new_with_key(key);
            hasher.write(bytes);
            hasher.finish()
        })
    }

    /// Replaces every number by the keyed 64-bit hash of its eight bytes, little-endian: [`hash64`](Self::hash64) for many at
    /// once, several times as fast.
    pub fn hash_numbers(&self, numbers: &mut [u64]) {
        self.0.expose(|key| batch::hash(key, numbers));
    }

    /// The keyed 128-bit hash of `bytes`, little-endian.
    #[must_use]
    pub fn hash128(&self, bytes: &[u8]) -> [u8; 16] {
        self.0.expose(|key| {
            let mut hasher = SipHasher24x128::new_with_key(key);
            hasher.write(bytes);
            hasher.finish128().as_bytes()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_keys_separate_hashes() {
        let one = IndexKey::from_bytes([1; 32]);
        let two = IndexKey::from_bytes([2; 32]);
        let path = one.subkey(IndexLabel::Path);
        assert_eq!(path.hash64(b"src/lib.rs"), one.subkey(IndexLabel::Path).hash64(b"src/lib.rs"));
        assert_ne!(path.hash64(b"src/lib.rs"), two.subkey(IndexLabel::Path).hash64(b"src/lib.rs"));
        assert_ne!(path.hash128(b"x"), one.subkey(IndexLabel::Email).hash128(b"x"));
    }

    #[test]
    fn siphash_is_the_published_function() {
        // Reference vectors of SipHash-2-4: key 00..0f, input 00..0e (64 bit); empty input (128 bit).
        let key: [u8; 16] = core::array::from_fn(|i| i as u8);
        let input: Vec<u8> = (0..15).collect();
        let subkey = IndexSubkey(Secret::new(key));
        assert_eq!(subkey.hash64(&input), 0xa129_ca61_49be_45e5);
        assert_eq!(
            subkey.hash128(b""),
            [0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93]
        );
    }
}
