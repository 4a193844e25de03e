//! Rows of the embedded store: too small for the overhead of a record, sealed under a subkey of the data key.

use std::io::Write;

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, KeyInit, Tag};

use super::cobblestone::{Aes256Gcm, TAG_LEN};
use super::error::{OpenError, SealError};
use super::key::VaultKey;
use super::key_id::KeyId;
use crate::entropy::Entropy;
use crate::environment::Environment;

const VERSION: u8 = 0x01;
const ID_LEN: usize = 16;
const NONCE_LEN: usize = 12;
const PREFIX_LEN: usize = 1 + ID_LEN + NONCE_LEN;
/// Room for the associated data of every row that the suite writes; longer ones are put together on the heap.
const STACK: usize = 256;

/// The place of a row. A row opens there and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowPlace<'a> {
    /// The deployment's kind.
    pub environment: Environment,
    /// The table, at most 65535 bytes.
    pub table: &'a str,
    /// The key under which the table keeps the row, at most 65535 bytes.
    pub key: &'a [u8],
}

/// Seals and opens rows under one data key.
///
/// # Security
/// Nonces are random 96-bit numbers: rotate the data key before 2³¹ rows were sealed with it, then the chance that any
/// two share a nonce stays below 2⁻³⁴. Counting them is up to the store. Row keys are not encrypted; put ids and keyed
/// hashes into them, never names or paths.
pub struct RowKey {
    id: KeyId,
    cipher: Aes256Gcm,
}

impl RowKey {
    /// Bytes that sealing adds to a row.
    pub const OVERHEAD: usize = PREFIX_LEN + TAG_LEN;

    /// The row key of a data key: its subkey with the label `row`.
    #[must_use]
    pub fn new(key: &VaultKey) -> Self {
        Self { id: key.id(), cipher: key.subkey("row").expose(|bytes| Aes256Gcm::new(bytes.into())) }
    }

    /// The id of the data key.
    #[must_use]
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Seals a row for its place: version ‖ key id ‖ nonce ‖ ciphertext ‖ tag.
    ///
    /// # Errors
    /// When a part of the place is longer than 65535 bytes, the row longer than 64 GiB, or no random nonce can be had.
    pub fn seal_row(
        &self,
        place: &RowPlace<'_>,
        row: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0u8; NONCE_LEN];
        entropy.fill(&mut nonce)?;
        let mut sealed = Vec::with_capacity(Self::OVERHEAD + row.len());
        sealed.push(VERSION);
        sealed.extend_from_slice(self.id.as_bytes());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(row);
        let text = sealed.get_mut(PREFIX_LEN..).unwrap_or_default();
        let tag =
            place.bound(|place| self.cipher.encrypt_inout_detached(&nonce.into(), place, text.into()))?;
        let most = usize::try_from(aes_gcm::P_MAX).unwrap_or(usize::MAX);
        let tag = tag.map_err(|_| SealError::TooLong { length: row.len(), most })?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens a row at its place.
    ///
    /// # Errors
    /// `NotARecord`, `Unsupported` or `UnknownKey` when the front of the row says so, `WrongKeyOrContext` when the row
    /// is not authentic: damaged, from another place, or sealed with another key of this name.
    ///
    /// # Security
    /// The bytes are not wiped when dropped: rows are derived data, and secrets in them are records of their own.
    pub fn open_row(&self, place: &RowPlace<'_>, sealed: &[u8]) -> Result<Vec<u8>, OpenError> {
        let row = SealedRow::parse(sealed)?;
        if row.id != self.id {
            return Err(OpenError::UnknownKey { id: row.id });
        }
        let mut text = vec![0u8; row.text.len()];
        let buffer = InOutBuf::new(row.text, &mut text).map_err(|_| OpenError::Corrupt)?;
        place
            .bound(|place| self.cipher.decrypt_inout_detached(&row.nonce.into(), place, buffer, &row.tag))
            .map_err(|_| OpenError::WrongKeyOrContext)?
            .map_err(|_| OpenError::WrongKeyOrContext)?;
        Ok(text)
    }
}

/// The data key that a sealed row names.
///
/// # Errors
/// `NotARecord` when the bytes are too short for a row, `Unsupported` when their version is unknown.
pub fn row_key_id(sealed: &[u8]) -> Result<KeyId, OpenError> {
    SealedRow::parse(sealed).map(|row| row.id)
}

impl std::fmt::Debug for RowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RowKey({}, [redacted])", self.id)
    }
}

/// A sealed row, taken apart.
struct SealedRow<'a> {
    id: KeyId,
    nonce: [u8; NONCE_LEN],
    text: &'a [u8],
    tag: Tag,
}

impl<'a> SealedRow<'a> {
    fn parse(sealed: &'a [u8]) -> Result<Self, OpenError> {
        let (&version, rest) = sealed.split_first().ok_or(OpenError::NotARecord)?;
        if version != VERSION {
            return Err(OpenError::Unsupported { what: "row version" });
        }
        Self::parse_first_version(rest).ok_or(OpenError::NotARecord)
    }

    fn parse_first_version(rest: &'a [u8]) -> Option<Self> {
        let (id, rest) = rest.split_first_chunk()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (text, tag) = rest.split_last_chunk::<TAG_LEN>()?;
        Some(Self { id: KeyId::from_bytes(*id), nonce: *nonce, text, tag: Tag::from(*tag) })
    }
}

impl RowPlace<'_> {
    /// Lends the associated data: environment, table and key, each behind its length. It is put together on the stack.
    fn bound<R>(&self, reader: impl FnOnce(&[u8]) -> R) -> Result<R, SealError> {
        let parts: [(&'static str, &[u8]); 3] = [
            ("environment", self.environment.as_str().as_bytes()),
            ("table", self.table.as_bytes()),
            ("key", self.key),
        ];
        let length: usize = parts.iter().map(|(_, part)| 2 + part.len()).sum();
        let (mut stack, mut heap) = ([0u8; STACK], Vec::new());
        let bytes = match stack.get_mut(..length) {
            Some(bytes) => bytes,
            None => {
                heap.resize(length, 0);
                heap.as_mut_slice()
            }
        };
        let mut slots = &mut *bytes;
        for (name, part) in parts {
            let length = u16::try_from(part.len()).map_err(|_| SealError::ContextTooLong { part: name })?;
            for bytes in [length.to_be_bytes().as_slice(), part] {
                // There is room: the length was counted above.
                let _ = slots.write_all(bytes);
            }
        }
        Ok(reader(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;

    const PLACE: RowPlace<'static> =
        RowPlace { environment: Environment::Test, table: "commit", key: b"\x01\x02" };

    fn row_key(seed: u64) -> RowKey {
        RowKey::new(&VaultKey::generate(&SeededEntropy::new(seed)).unwrap())
    }

    #[test]
    fn rows_of_every_length_open_at_their_place() {
        let (key, entropy) = (row_key(1), SeededEntropy::new(9));
        for length in [0, 1, 15, 16, 17, 63, 64, 65, 1000, 100_000] {
            let row = vec![0x5a; length];
            let sealed = key.seal_row(&PLACE, &row, &entropy).unwrap();
            assert_eq!(sealed.len(), length + RowKey::OVERHEAD);
            assert_eq!(row_key_id(&sealed), Ok(key.id()));
            assert_eq!(key.open_row(&PLACE, &sealed), Ok(row));
        }
    }

    #[test]
    fn a_row_is_laid_out_as_specified() {
        // The associated data and the layout, put together a second time by hand.
        let data_key = VaultKey::generate(&SeededEntropy::new(1)).unwrap();
        let sealed = RowKey::new(&data_key).seal_row(&PLACE, b"row", &SeededEntropy::new(9)).unwrap();
        let mut nonce = [0u8; 12];
        SeededEntropy::new(9).fill(&mut nonce).unwrap();
        let cipher = data_key.subkey("row").expose(|key| Aes256Gcm::new(key.into()));
        let mut text = *b"row";
        let tag = cipher
            .encrypt_inout_detached(
                &nonce.into(),
                b"\x00\x04test\x00\x06commit\x00\x02\x01\x02",
                text.as_mut_slice().into(),
            )
            .unwrap();
        let expected = [&[1], data_key.id().as_bytes().as_slice(), &nonce, &text, tag.as_slice()].concat();
        assert_eq!(sealed, expected);
    }

    #[test]
    fn a_row_opens_at_no_other_place_and_with_no_other_key() {
        let key = row_key(1);
        let sealed = key.seal_row(&PLACE, b"row", &SeededEntropy::new(9)).unwrap();
        let refused = |place: RowPlace<'_>| key.open_row(&place, &sealed).unwrap_err();
        for place in [
            RowPlace { environment: Environment::Production, ..PLACE },
            RowPlace { table: "commi", key: b"t\x01\x02", ..PLACE },
            RowPlace { table: "person", ..PLACE },
            RowPlace { key: b"\x01\x03", ..PLACE },
            RowPlace { key: &[1; 70_000], ..PLACE },
        ] {
            assert_eq!(refused(place), OpenError::WrongKeyOrContext, "{place:?}");
        }
        assert_eq!(row_key(2).open_row(&PLACE, &sealed), Err(OpenError::UnknownKey { id: key.id() }));
        let same_name = RowKey::new(&VaultKey::from_bytes(key.id(), [7; 32]));
        assert_eq!(same_name.open_row(&PLACE, &sealed), Err(OpenError::WrongKeyOrContext));
    }

    #[test]
    fn no_changed_or_cut_row_opens() {
        let key = row_key(1);
        let sealed = key.seal_row(&PLACE, b"a row", &SeededEntropy::new(9)).unwrap();
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(key.open_row(&PLACE, &changed).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(key.open_row(&PLACE, &sealed[..length]).is_err(), "{length} bytes");
        }
        assert_eq!(key.open_row(&PLACE, b"{}"), Err(OpenError::Unsupported { what: "row version" }));
        assert_eq!(key.open_row(&PLACE, b""), Err(OpenError::NotARecord));
    }

    #[test]
    fn long_places_work_and_places_that_cannot_be_encoded_are_refused() {
        let (key, entropy) = (row_key(1), SeededEntropy::new(9));
        let place = RowPlace { key: &[1; 65_535], ..PLACE };
        let sealed = key.seal_row(&place, b"row", &entropy).unwrap();
        assert_eq!(key.open_row(&place, &sealed).unwrap(), b"row");
        assert_eq!(
            key.seal_row(&RowPlace { key: &[1; 65_536], ..PLACE }, b"row", &entropy),
            Err(SealError::ContextTooLong { part: "key" })
        );
    }
}
