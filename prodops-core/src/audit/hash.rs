//! The hashes of an RFC 6962 Merkle tree over SHA-256.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

use crate::hex;

/// A hash of the tree: of a leaf, of an inner node, or the root.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct TreeHash([u8; 32]);

/// A text is not a tree hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a tree hash: expected 64 lower-case hexadecimal digits")]
pub struct ParseTreeHashError;

impl TreeHash {
    /// Thirty-two zero bytes: what precedes the first entry of a log.
    pub const ZERO: Self = Self([0; 32]);

    /// The hash of a leaf: SHA-256 of a zero byte and the leaf.
    #[must_use]
    pub fn of_leaf(leaf: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0]).chain_update(leaf).finalize().into())
    }

    /// The hash of an inner node: SHA-256 of a one byte and the hashes of both sides.
    #[must_use]
    pub fn of_node(left: &Self, right: &Self) -> Self {
        Self(Sha256::new().chain_update([1]).chain_update(left.0).chain_update(right.0).finalize().into())
    }

    /// The root of a tree without leaves: SHA-256 of nothing.
    #[must_use]
    pub fn of_empty_tree() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// The hash with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The thirty-two bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

impl fmt::Debug for TreeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TreeHash({self})")
    }
}

impl FromStr for TreeHash {
    type Err = ParseTreeHashError;
    fn from_str(text: &str) -> Result<Self, ParseTreeHashError> {
        hex::decode_array(text).map(Self).ok_or(ParseTreeHashError)
    }
}

/// Hexadecimal digits in formats for people, the bytes in others.
impl Serialize for TreeHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            self.0.serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for TreeHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
        } else {
            <[u8; 32]>::deserialize(deserializer).map(Self)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_round_trip_and_nothing_else_is_a_hash() {
        let hash = TreeHash::of_leaf(b"leaf");
        assert_eq!(hash.to_string().parse::<TreeHash>().unwrap(), hash);
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(json, format!("\"{hash}\""));
        assert_eq!(serde_json::from_str::<TreeHash>(&json).unwrap(), hash);
        let bytes = postcard::to_stdvec(&hash).unwrap();
        assert_eq!((bytes.len(), postcard::from_bytes::<TreeHash>(&bytes).unwrap()), (32, hash));
        let upper = hash.to_string().to_uppercase();
        for bad in ["", "00", &"+1".repeat(32), &upper, &"é".repeat(32), &format!("{hash}00")] {
            assert_eq!(bad.parse::<TreeHash>(), Err(ParseTreeHashError), "{bad}");
        }
    }
}
