//! Rows as bytes: a version byte, then `postcard`.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// The version of every row of this file format. A row that changes its shape gets a larger one.
const VERSION: u8 = 1;

pub(super) fn encode(table: &'static str, row: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    postcard::to_extend(row, vec![VERSION]).map_err(|_| StoreError::Corrupt { table })
}

pub(super) fn decode<Row: DeserializeOwned>(table: &'static str, bytes: &[u8]) -> Result<Row, StoreError> {
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
