//! HKDF-Expand with SHA-512 (RFC 5869, section 2.3), the key's half of every HMAC done once.
//!
//! Written as HMAC calls: the usual crate refuses a 32-byte key for SHA-512, which Cobblestone asks for.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;
use zeroize::Zeroize;

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

    /// The first `N` bytes for the parts of `info` one after another. `N` is at most 255 × 64.
    pub(super) fn expand<const N: usize>(&self, info: &[&[u8]]) -> [u8; N] {
        const { assert!(N <= 255 * BLOCK, "HKDF-Expand ends at 255 blocks") };
        let mut output = [0u8; N];
        let mut previous = [0u8; BLOCK];
        for (counter, part) in (1u8..).zip(output.chunks_mut(BLOCK)) {
            let mut mac = self.0.clone();
            if counter > 1 {
                mac.update(&previous);
            }
            info.iter().for_each(|part| mac.update(part));
            mac.update(&[counter]);
            previous = mac.finalize().into_bytes().into();
            part.copy_from_slice(previous.get(..part.len()).unwrap_or_default());
        }
        previous.as_mut_slice().zeroize();
        output
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition of RFC 5869 without the shortcuts.
    #[test]
    fn it_is_hkdf_expand() {
        let key = [7u8; 32];
        let mac = |parts: &[&[u8]]| -> [u8; 64] {
            let mut mac = Hmac::<Sha512>::new_from_slice(&key).unwrap();
            parts.iter().for_each(|part| mac.update(part));
            mac.finalize().into_bytes().into()
        };
        let first = mac(&[b"some info", &[1]]);
        let second = mac(&[&first, b"some info", &[2]]);
        let third = mac(&[&second, b"some info", &[3]]);
        let expected = [first, second, third].concat();
        let prf = Prf::new(&key);
        assert_eq!(prf.expand::<0>(&[]), [0u8; 0]);
        assert_eq!(prf.expand::<64>(&[b"some info"]), expected[..64]);
        assert_eq!(prf.expand::<76>(&[b"some", b" ", b"info"]), expected[..76]);
        assert_eq!(prf.expand::<192>(&[b"some info", b""]), *expected);
    }
}
