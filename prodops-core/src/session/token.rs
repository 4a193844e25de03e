//! Opaque 256-bit tokens: what a cookie or a one-time link carries, and the hash by which a store knows it.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::entropy::{Entropy, EntropyError};
use crate::hex;
use crate::secret::Secret;

/// A text is not a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token: expected 64 hexadecimal digits")]
pub struct ParseTokenError;

/// A random 256-bit token. It says nothing by itself; the store knows only its hash.
pub struct OpaqueToken(Secret<[u8; 32]>);

impl OpaqueToken {
    /// Makes a new one.
    ///
    /// # Errors
    /// When the entropy source fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = Secret::new([0u8; 32]);
        bytes.expose_mut(|bytes| entropy.fill(bytes))?;
        Ok(Self(bytes))
    }

    pub(crate) const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Secret::new(bytes))
    }

    /// Reads the form that [`OpaqueToken::reveal`] writes.
    ///
    /// # Errors
    /// When the text is anything but 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, ParseTokenError> {
        let mut bytes = Secret::new([0u8; 32]);
        bytes.expose_mut(|bytes| hex::decode_into(text.as_bytes(), bytes)).ok_or(ParseTokenError)?;
        Ok(Self(bytes))
    }

    /// The text to hand to its bearer, once.
    ///
    /// # Security
    /// Whoever has this text is the bearer. Put it into a cookie or a link, never into a log.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0.expose(|bytes| hex::encode(bytes))
    }

    /// Lends the bytes.
    pub(crate) fn expose<R>(&self, reader: impl FnOnce(&[u8; 32]) -> R) -> R {
        self.0.expose(reader)
    }

    /// The name under which a store keeps what belongs to the token.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        self.0.expose(|bytes| TokenHash(Sha256::digest(bytes).into()))
    }
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OpaqueToken([redacted])")
    }
}

/// SHA-256 of a token's bytes. Knowing it does not help to guess the token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// The thirty-two bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SystemEntropy;
    use crate::testing::SeededEntropy;

    #[test]
    fn a_token_survives_its_text_form_and_nothing_else_does() {
        let token = OpaqueToken::generate(&SeededEntropy::new(7)).unwrap();
        let text = token.reveal();
        assert_eq!(text.len(), 64);
        assert_eq!(OpaqueToken::parse(&text).unwrap().hash(), token.hash());
        for bad in [String::new(), text.to_uppercase(), format!("{text}0"), "é".repeat(32)] {
            assert_eq!(OpaqueToken::parse(&bad).unwrap_err(), ParseTokenError);
        }
        assert!(!format!("{token:?}").contains(&text[..8]));
    }

    #[test]
    fn tokens_differ_in_every_bit_of_256() {
        let token = |_| OpaqueToken::generate(&SystemEntropy).unwrap().expose(|bytes| *bytes);
        let tokens: Vec<[u8; 32]> = (0..100).map(token).collect();
        for bit in 0..256 {
            let set = tokens.iter().filter(|token| token[bit / 8] >> (bit % 8) & 1 == 1).count();
            // Out of a hundred; that a fair bit fails this, one run in a hundred million does not see.
            assert!((15..=85).contains(&set), "bit {bit} is set in {set} of 100 tokens");
        }
    }
}
