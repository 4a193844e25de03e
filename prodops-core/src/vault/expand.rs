//! HKDF-Expand with SHA-512 (RFC 5869, section 2.3), the key's half of every HMAC done once.
//!
//! Written as HMAC calls: the usual crate refuses a 32-byte key for SHA-512, which Cobblestone asks for.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use zeroize::{Zeroize, Zeroizing};

const BLOCK: usize = 64;

/// HMAC-SHA-512 under one key, ready to be continued. Wiped when dropped.
pub(super) struct Prf(Hmac<Sha512>);

impl Prf {
    /// Takes the key in.
    pub(super) fn new(key: &[u8; 32]) -> Self {
        // HMAC pads a shorter key with zeros itself; done here, the key has the type that cannot be refused.
        let mut padded = hmac::digest::Key::<Hmac<Sha512>>::default();
        for (to, from) in padded.iter_mut().zip(key) {
            *to = *from;
        }
        let prf = Self(Hmac::new(&padded));
        padded.zeroize();
        prf
    }

    /// The first `N` bytes for `info`. `N` is at most 255 × 64.
    pub(super) fn expand<const N: usize>(&self, info: &[u8]) -> [u8; N] {
        const { assert!(N <= 255 * BLOCK, "HKDF-Expand ends at 255 blocks") };
        let mut output = [0u8; N];
        let mut previous = Zeroizing::new([0u8; BLOCK]);
        for (counter, part) in (1u8..).zip(output.chunks_mut(BLOCK)) {
            let mut mac = self.0.clone();
            if counter > 1 {
                mac.update(previous.as_slice());
            }
            mac.update(info);
            mac.update(&[counter]);
            *previous = mac.finalize().into_bytes().into();
            for (to, from) in part.iter_mut().zip(previous.iter()) {
                *to = *from;
            }
        }
        output
    }
}
