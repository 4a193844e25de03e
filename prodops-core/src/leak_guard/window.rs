//! Sixteen bytes and the two keyed hashes by which they are known: a fast one that finds, a strong one that confirms.

use siphasher::sip128::{Hasher128, SipHasher24};
use std::hash::Hasher;

use crate::entropy::{Entropy, EntropyError};
use crate::secret::Secret;

/// Length of what is looked for, in bytes.
///
/// # Security
/// Sixteen hexadecimal digits are 64 bits: too many to be guessed from a keyed hash by somebody who has both the hash
/// and the key, such as the reader of a memory dump. Only the two ends of a secret are hashed, never its middle.
pub(super) const WINDOW: usize = 16;

/// The strong hash, SipHash-2-4 with 128 bits.
pub(super) type Tag = u128;

/// The keys of one guard.
pub(super) struct Keys {
    fast: Secret<[u64; 2]>,
    strong: Secret<[u8; 16]>,
}

impl Keys {
    pub(super) fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let word = || {
            let mut bytes = [0u8; 8];
            entropy.fill(&mut bytes).map(|()| u64::from_le_bytes(bytes))
        };
        let fast = Secret::new([word()?, word()?]);
        let mut bytes = [0u8; 16];
        entropy.fill(&mut bytes)?;
        Ok(Self { fast, strong: Secret::new(bytes) })
    }

    /// The strong hash of a window, or of a whole secret.
    pub(super) fn tag(&self, bytes: &[u8]) -> Tag {
        self.strong.expose(|key| {
            let mut hasher = SipHasher24::new_with_key(key);
            hasher.write(bytes);
            hasher.finish128().as_u128()
        })
    }

    /// The fast hash, ready to be called once per byte of a text.
    pub(super) fn fast(&self) -> FastHash {
        self.fast.expose(|[low, high]| FastHash { low: *low, high: *high })
    }
}

/// Multiply and fold: two additions and one multiplication per window, and windows do not wait for each other, which a
/// rolling hash's do.
#[derive(Clone, Copy)]
pub(super) struct FastHash {
    low: u64,
    high: u64,
}

impl FastHash {
    /// The hash of a window; its upper half is what a filter keeps.
    #[inline]
    #[allow(clippy::cast_possible_truncation, reason = "the two halves are taken apart")]
    pub(super) const fn of(self, window: &[u8; WINDOW]) -> u32 {
        let both = u128::from_le_bytes(*window);
        let low = (both as u64).wrapping_add(self.low) as u128;
        let high = ((both >> 64) as u64).wrapping_add(self.high) as u128;
        let product = low.wrapping_mul(high);
        ((product ^ product >> 64) >> 32) as u32
    }
}
