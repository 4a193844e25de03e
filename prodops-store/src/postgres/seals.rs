//! The sealed columns of many rows, for one statement.

use serde::Serialize;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::value::id;
use crate::error::StoreError;

/// One entry for each row.
#[derive(Default)]
pub(super) struct Seals {
    pub(super) digests: Vec<Vec<u8>>,
    pub(super) key_ids: Vec<Uuid>,
    pub(super) sealed: Vec<Vec<u8>>,
}

impl Seals {
    pub(super) fn add(
        &mut self,
        frame: &Frame,
        table: Sealed,
        key: &[u8],
        row: &impl Serialize,
    ) -> Result<(), StoreError> {
        let place = frame.place(table)?;
        let (sealed, digest) = place.seal_with_digest(key, row)?;
        self.key_ids.push(id(place.keys.active().as_bytes()));
        self.digests.push(digest.to_vec());
        self.sealed.push(sealed);
        Ok(())
    }
}
