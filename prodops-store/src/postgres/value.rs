//! Between Rust's types and columns.

use prodops_core::keyring::KeyOwner;
use sha2::{Digest, Sha256};
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;
use sqlx::{Decode, Postgres, Row, Type};

use super::failure::Stored;
use crate::error::StoreError;

/// A column of an answer.
pub(super) fn column<'r, T: Decode<'r, Postgres> + Type<Postgres>>(
    row: &'r PgRow,
    at: usize,
) -> Result<T, StoreError> {
    row.try_get(at).stored()
}

/// The only column of an answer that may be empty.
pub(super) fn bytes(row: Option<&PgRow>) -> Result<Option<Vec<u8>>, StoreError> {
    row.map(|row| column(row, 0)).transpose()
}

pub(super) const fn id(bytes: &[u8; 16]) -> Uuid {
    Uuid::from_bytes(*bytes)
}

/// The database counts to 2⁶³: a larger number than that is as good as the largest.
pub(super) fn number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The most rows that are asked for.
pub(super) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(number: i64, table: &'static str) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Corrupt { table })
}

/// The key under which a row is sealed: its parts, one behind the other.
pub(super) fn key(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// The advisory lock of an owner's keys. Two owners that happen to share one wait for each other, no more.
pub(super) fn key_lock(owner: KeyOwner) -> i64 {
    let mut hash = Sha256::new();
    hash.update(b"prodops/key lock/1\0");
    if let Some(workspace) = owner.workspace() {
        hash.update(workspace.as_bytes());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let [a, b, c, d, e, f, g, h, ..] = digest;
    i64::from_be_bytes([a, b, c, d, e, f, g, h])
}
