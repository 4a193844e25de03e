//! Rows as bytes: a version byte and `postcard`, sealed under the keys of whoever owns the row.

use prodops_core::keyring::{DataKeys, KeyringError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// The version of every row. A row that changes its shape gets a larger one.
const VERSION: u8 = 1;

/// The table that a row lies in and the keys that open it.
#[derive(Clone, Copy)]
pub(crate) struct Place<'t> {
    pub(crate) table: &'static str,
    pub(crate) keys: &'t DataKeys,
}

impl Place<'_> {
    pub(crate) fn seal(&self, key: &[u8], row: &impl Serialize) -> Result<Vec<u8>, StoreError> {
        let plain = encode(self.table, row)?;
        self.keys.seal_row(self.table, key, &plain).map_err(|error| self.failed(error))
    }

    /// Seals a row, and tells a keyed hash of what it says at its place: the same as long as nothing changes.
    #[cfg(feature = "postgres")]
    pub(crate) fn seal_with_digest(
        &self,
        key: &[u8],
        row: &impl Serialize,
    ) -> Result<(Vec<u8>, [u8; 16]), StoreError> {
        let plain = encode(self.table, row)?;
        let digest = self.digest_of(key, &plain)?;
        let sealed = self.keys.seal_row(self.table, key, &plain).map_err(|error| self.failed(error))?;
        Ok((sealed, digest))
    }

    /// The same hash alone.
    #[cfg(feature = "postgres")]
    pub(crate) fn digest(&self, key: &[u8], row: &impl Serialize) -> Result<[u8; 16], StoreError> {
        self.digest_of(key, &encode(self.table, row)?)
    }

    #[cfg(feature = "postgres")]
    fn digest_of(&self, key: &[u8], plain: &[u8]) -> Result<[u8; 16], StoreError> {
        let place = (self.table.len() as u64).to_be_bytes();
        let length = (key.len() as u64).to_be_bytes();
        let said = [&place[..], self.table.as_bytes(), &length, key, plain].concat();
        Ok(self.keys.lookup_hash(&said)?)
    }

    pub(crate) fn open<Row: DeserializeOwned>(&self, key: &[u8], sealed: &[u8]) -> Result<Row, StoreError> {
        decode(self.table, &self.plain(key, sealed)?)
    }

    /// Whether the sealed row is this row.
    pub(crate) fn holds(&self, key: &[u8], sealed: &[u8], row: &impl Serialize) -> Result<bool, StoreError> {
        Ok(self.plain(key, sealed)? == encode(self.table, row)?)
    }

    /// The same row under the active key; `None` when it is sealed under that one already.
    pub(crate) fn resealed(&self, key: &[u8], sealed: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        if self.keys.is_current(sealed).map_err(|error| self.failed(error.into()))? {
            return Ok(None);
        }
        let plain = self.plain(key, sealed)?;
        self.keys.seal_row(self.table, key, &plain).map(Some).map_err(|error| self.failed(error))
    }

    fn plain(&self, key: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.keys.open_row(self.table, key, sealed).map_err(|error| self.failed(error))
    }

    /// A row that its own key does not open was changed, moved or damaged.
    fn failed(&self, error: KeyringError) -> StoreError {
        match error {
            KeyringError::Open(_) => StoreError::Corrupt { table: self.table },
            other => other.into(),
        }
    }
}

pub(crate) fn encode(table: &'static str, row: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    postcard::to_extend(row, vec![VERSION]).map_err(|_| StoreError::Corrupt { table })
}

fn decode<Row: DeserializeOwned>(table: &'static str, bytes: &[u8]) -> Result<Row, StoreError> {
    let corrupt = || StoreError::Corrupt { table };
    let body = bytes.strip_prefix(&[VERSION]).ok_or_else(corrupt)?;
    match postcard::take_from_bytes(body) {
        Ok((row, [])) => Ok(row),
        _ => Err(corrupt()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_exactly_a_row_is_corrupt() {
        let good = encode("t", &(7u32, "x")).unwrap();
        assert_eq!(decode::<(u32, String)>("t", &good).unwrap(), (7, "x".to_owned()));
        let other_version = [&[2], &good[1..]].concat();
        let longer = [good.as_slice(), &[0]].concat();
        for bad in [b"".as_slice(), &good[..2], &other_version, &longer] {
            assert!(matches!(decode::<(u32, String)>("t", bad), Err(StoreError::Corrupt { table: "t" })));
        }
    }
}
