//! The bytes of one sealed record.

use std::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::cobblestone::{SEALED_CHUNK_LEN, TAG_LEN};
use super::error::OpenError;
use super::header::Header;
use super::key_id::KeyId;
use super::padding;
use super::prefix::Prefix;
use super::purpose::Purpose;
use crate::hex;

/// The bytes of one sealed record, checked as far as they can be without the key.
///
/// Every store, cookie and backup keeps it as it is. As text it is lower-case hexadecimal.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SealedRecord {
    header: Header,
    bytes: Box<[u8]>,
}

impl SealedRecord {
    /// The most bytes that a record has.
    pub const MAX_LEN: usize = 64 * 1024;

    /// Checks that the bytes are laid out like a record. Whether they are one, only [`open`](super::open) can tell.
    ///
    /// # Errors
    /// `NotARecord` without the header, `Unsupported` when the header asks for something unknown or names a stream,
    /// `Corrupt` when the length is none that a record can have.
    pub fn parse(bytes: &[u8]) -> Result<Self, OpenError> {
        let header = Header::parse(bytes.first_chunk().ok_or(OpenError::NotARecord)?)?;
        if header.purpose == Purpose::Backup {
            return Err(OpenError::Unsupported { what: "purpose of a record, it is a stream's" });
        }
        let (_, chunks) = Prefix::split(bytes).ok_or(OpenError::Corrupt)?;
        let text = text_len(chunks.len()).ok_or(OpenError::Corrupt)?;
        if bytes.len() > Self::MAX_LEN || !padding::is_padded(text) {
            return Err(OpenError::Corrupt);
        }
        Ok(Self { header, bytes: bytes.into() })
    }

    /// What [`super::seal`] has just laid out.
    pub(super) fn from_sealed(header: Header, bytes: Vec<u8>) -> Self {
        Self { header, bytes: bytes.into() }
    }

    /// All bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it says it is for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.header.purpose
    }

    /// The key that it says it was sealed with.
    #[must_use]
    pub const fn key_id(&self) -> KeyId {
        self.header.key_id
    }
}

/// The plaintext bytes in chunks of this length, `None` when no plaintext makes it.
pub(super) const fn text_len(chunks: usize) -> Option<usize> {
    // The last chunk is shorter than a full one and at least a tag, so there is one more than there are full ones.
    let count = chunks / SEALED_CHUNK_LEN + 1;
    if chunks % SEALED_CHUNK_LEN < TAG_LEN { None } else { chunks.checked_sub(count * TAG_LEN) }
}

/// Length, purpose and key id; the bytes mean nothing to a reader.
impl fmt::Debug for SealedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedRecord({}, key {}, {} bytes)", self.purpose(), self.key_id(), self.bytes.len())
    }
}

/// Hexadecimal text where people read, bytes elsewhere.
impl Serialize for SealedRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&hex::encode(&self.bytes))
        } else {
            serializer.serialize_bytes(&self.bytes)
        }
    }
}

impl<'de> Deserialize<'de> for SealedRecord {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(Form)
        } else {
            deserializer.deserialize_bytes(Form)
        }
    }
}

/// Reads both forms.
struct Form;

impl<'de> Visitor<'de> for Form {
    type Value = SealedRecord;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sealed record")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<SealedRecord, E> {
        self.visit_bytes(&hex::decode(text).ok_or_else(|| E::custom(OpenError::NotARecord))?)
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<SealedRecord, E> {
        SealedRecord::parse(bytes).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<SealedRecord, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = sequence.next_element()? {
            // A longer one is refused anyway, and must not fill the memory before.
            if bytes.len() > SealedRecord::MAX_LEN {
                return Err(A::Error::custom(OpenError::Corrupt));
            }
            bytes.push(byte);
        }
        self.visit_bytes(&bytes)
    }
}
