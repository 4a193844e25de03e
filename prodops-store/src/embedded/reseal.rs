//! Brings rows under the active key of their owner, a batch at a time.
//!
//! Which rows are left is seen from the rows themselves: a sweep that was killed begins again and finds what it did done.

use std::ops::Bound;

use prodops_core::keyring::KeyOwner;
use prodops_core::vault::{KeyId, row_key_id};
use redb::{ReadableTable, TableDefinition};

use super::failure::Stored;
use super::key::end_of;
use super::tables::DECLARATIONS;
use super::transaction::{Reading, Writing};
use crate::contract::{Plane, ResealPosition, Resealed};
use crate::error::StoreError;
use crate::sealed::Place;

type Bytes = &'static [u8];

/// The tables with rows of an owner, and what their keys begin with.
pub(super) fn tables_of(owner: KeyOwner) -> (impl Iterator<Item = (u16, &'static str, Plane)>, Vec<u8>) {
    let prefix = owner.workspace().map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let own = move |plane: Plane| (plane == Plane::Workspace) == owner.workspace().is_some();
    let all = (0u16..).zip(DECLARATIONS).map(|(at, (name, plane))| (at, *name, *plane));
    (all.filter(move |(_, _, plane)| own(*plane)), prefix)
}

pub(super) const fn definition(name: &'static str) -> TableDefinition<'static, Bytes, Bytes> {
    TableDefinition::new(name)
}

/// Looks at up to `limit` of the owner's rows that come after `after`, and re-seals those under older keys.
pub(super) fn reseal(
    tx: &Writing,
    owner: KeyOwner,
    after: Option<&ResealPosition>,
    limit: usize,
) -> Result<Resealed, StoreError> {
    let (tables, prefix) = tables_of(owner);
    let mut done = Resealed { rows: 0, next: None };
    let (from, mut left) = (after.map_or(0, |after| after.table), limit.max(1));
    for (at, name, plane) in tables.filter(|(at, _, _)| *at >= from) {
        let place = Place { table: name, keys: tx.keys.of(plane)? };
        let key = after.filter(|after| after.table == at).map(|after| after.key.as_slice());
        let mut table = tx.inner.open_table(definition(name)).stored()?;
        let look = look(&table, place, &prefix, key, left)?;
        for (key, sealed) in &look.outdated {
            table.insert(key.as_slice(), sealed.as_slice()).stored()?;
        }
        done.rows += look.outdated.len() as u64;
        left = left.saturating_sub(look.rows);
        if left == 0 {
            done.next = look.last.map(|key| ResealPosition { table: at, key });
            break;
        }
    }
    Ok(done)
}

/// What a look at some rows of a table found.
#[derive(Default)]
struct Look {
    /// How many rows were looked at.
    rows: usize,
    /// The key of the last of them.
    last: Option<Vec<u8>>,
    /// Rows under older keys, sealed anew.
    outdated: Vec<(Vec<u8>, Vec<u8>)>,
}

fn look(
    table: &impl ReadableTable<Bytes, Bytes>,
    place: Place<'_>,
    prefix: &[u8],
    after: Option<&[u8]>,
    limit: usize,
) -> Result<Look, StoreError> {
    let first = after.map_or(Bound::Included(prefix), Bound::Excluded);
    let end = end_of(prefix);
    let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let mut look = Look::default();
    for entry in table.range::<&[u8]>((first, end)).stored()?.take(limit) {
        let (key, sealed) = entry.stored()?;
        look.rows += 1;
        if let Some(anew) = place.resealed(key.value(), sealed.value())? {
            look.outdated.push((key.value().to_vec(), anew));
        }
        if look.rows == limit {
            look.last = Some(key.value().to_vec());
        }
    }
    Ok(look)
}

/// How many of the owner's rows name a key.
pub(super) fn rows_under(tx: &Reading, owner: KeyOwner, key: KeyId) -> Result<u64, StoreError> {
    let (tables, prefix) = tables_of(owner);
    let end = end_of(&prefix);
    let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let mut count = 0;
    for (_, name, _) in tables {
        let table = tx.inner.open_table(definition(name)).stored()?;
        for entry in table.range::<&[u8]>((Bound::Included(prefix.as_slice()), end)).stored()? {
            let named = row_key_id(entry.stored()?.1.value());
            count += u64::from(named.map_err(|_| StoreError::Corrupt { table: name })? == key);
        }
    }
    Ok(count)
}
