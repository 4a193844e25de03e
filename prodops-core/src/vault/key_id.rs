//! The public name of a key.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::entropy::{Entropy, EntropyError};
use crate::hex;

/// Sixteen random bytes that name a key. They say nothing about it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 16]);

/// A text is not the id of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a key id: expected 32 lower-case hexadecimal digits")]
pub struct ParseKeyIdError;

impl KeyId {
    /// Makes a new random one.
    ///
    /// # Errors
    /// When the entropy source fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0u8; 16];
        entropy.fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The id with these sixteen bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The sixteen bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = ParseKeyIdError;
    fn from_str(text: &str) -> Result<Self, ParseKeyIdError> {
        hex::decode_array(text).map(Self).ok_or(ParseKeyIdError)
    }
}

/// Hexadecimal text where people read, sixteen bytes elsewhere.
impl Serialize for KeyId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
        } else {
            <[u8; 16]>::deserialize(deserializer).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;

    #[test]
    fn every_form_is_read_back() {
        let id = KeyId::generate(&SeededEntropy::new(1)).unwrap();
        assert_ne!(id, KeyId::generate(&SeededEntropy::new(2)).unwrap());
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(KeyId::from_bytes(*id.as_bytes()), id);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<KeyId>(&json).unwrap(), id);
        let compact = postcard::to_stdvec(&id).unwrap();
        assert_eq!(compact, id.as_bytes());
        assert_eq!(postcard::from_bytes::<KeyId>(&compact).unwrap(), id);
        assert_eq!("00".parse::<KeyId>(), Err(ParseKeyIdError));
        assert_eq!(id.to_string().to_uppercase().parse::<KeyId>(), Err(ParseKeyIdError));
    }
}
