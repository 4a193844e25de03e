//! The secret of one session: what its forms prove themselves with, and what its next token is made of.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::csrf::CsrfToken;
use super::token::OpaqueToken;
use crate::entropy::{Entropy, EntropyError};
use crate::id::SessionId;

/// 256 random bits that only the store knows. They never leave the server; what leaves is derived from them.
#[derive(Clone)]
pub struct SessionKey(Zeroizing<[u8; 32]>);

impl SessionKey {
    /// Makes a new one.
    ///
    /// # Errors
    /// When the entropy source fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        entropy.fill(bytes.as_mut())?;
        Ok(Self(bytes))
    }

    /// The key with these bytes, as a store kept them.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Lends the bytes, for the one row that keeps them.
    pub fn expose<R>(&self, reader: impl FnOnce(&[u8; 32]) -> R) -> R {
        reader(&self.0)
    }

    /// What forms and scripts of the session's own pages send along: HMAC-SHA-256 over the session's id.
    #[must_use]
    pub fn csrf_token(&self, session: SessionId) -> CsrfToken {
        CsrfToken::from_bytes(self.mac(b"prodops/csrf/1\0", session.as_bytes()))
    }

    /// The token that follows `token`: HMAC-SHA-256 over it.
    ///
    /// It is the same whoever asks, so of many requests at once each gets the same cookie, and a cookie that was lost on
    /// its way can be handed out again while the old token lasts. Without this key nobody can go from one to the next.
    #[must_use]
    pub fn successor(&self, token: &OpaqueToken) -> OpaqueToken {
        token.expose(|bytes| OpaqueToken::from_bytes(self.mac(b"prodops/successor/1\0", bytes)))
    }

    fn mac(&self, label: &[u8], message: &[u8]) -> [u8; 32] {
        let mut out = [0u8; 32];
        // HMAC takes keys of any length, so this is never `Err`.
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_ref()) {
            mac.update(label);
            mac.update(message);
            out = mac.finalize().into_bytes().into();
        }
        out
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;

    #[test]
    fn what_is_derived_hangs_on_key_label_and_message() {
        let entropy = SeededEntropy::new(3);
        let (one, two) = (SessionKey::generate(&entropy).unwrap(), SessionKey::generate(&entropy).unwrap());
        let token = OpaqueToken::generate(&entropy).unwrap();
        assert_eq!(one.successor(&token).hash(), one.successor(&token).hash());
        assert_ne!(one.successor(&token).hash(), two.successor(&token).hash());
        assert_ne!(one.successor(&token).hash(), token.hash());
        assert_ne!(one.successor(&one.successor(&token)).hash(), one.successor(&token).hash());
        let (a, b) = (SessionId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
        assert!(one.csrf_token(a).matches(&one.csrf_token(a).reveal()));
        for other in [one.csrf_token(b), two.csrf_token(a)] {
            assert!(!one.csrf_token(a).matches(&other.reveal()));
        }
        assert_eq!(format!("{one:?}"), "SessionKey([redacted])");
    }

    /// RFC 4231, test case 2, with the label and the message that make its data: the construction is plain HMAC.
    #[test]
    fn the_mac_is_hmac_sha_256() {
        let mut key = [0u8; 32];
        key[..4].copy_from_slice(b"Jefe");
        // HMAC pads short keys with zeros to the block size, so the padded key gives the published value.
        let mac = SessionKey::from_bytes(key).mac(b"what do ya want ", b"for nothing?");
        let published = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(crate::hex::encode(&mac), published);
    }
}
