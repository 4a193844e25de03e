//! Typed tables over `redb`'s bytes.

use std::marker::PhantomData;
use std::ops::{Bound, ControlFlow};

use redb::{ReadableTable, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::failure::Stored;
use super::key::{Exact, Key, Scoped, end_of};
use super::transaction::{Reading, Writing};
use crate::contract::Plane;
use crate::error::StoreError;
use crate::sealed::row;

type Bytes = &'static [u8];

/// A table: its name, its plane, and by type what its keys and rows are. A table of the workspace plane takes
/// [`Scoped`] keys only.
#[derive(Debug)]
pub(super) struct Table<K, Row> {
    name: &'static str,
    plane: Plane,
    types: PhantomData<fn() -> (K, Row)>,
}

impl<Row> Table<Scoped, Row> {
    pub(super) const fn workspace(name: &'static str) -> Self {
        Self { name, plane: Plane::Workspace, types: PhantomData }
    }
}

impl<Row> Table<Exact, Row> {
    pub(super) const fn identity(name: &'static str) -> Self {
        Self { name, plane: Plane::Identity, types: PhantomData }
    }

    pub(super) const fn control(name: &'static str) -> Self {
        Self { name, plane: Plane::Control, types: PhantomData }
    }
}

impl<K: Key, Row> Table<K, Row> {
    pub(super) const fn declaration(&self) -> (&'static str, Plane) {
        (self.name, self.plane)
    }

    const fn definition(&self) -> TableDefinition<'static, Bytes, Bytes> {
        TableDefinition::new(self.name)
    }

    /// Makes the table unless it is there.
    pub(super) fn make(&self, transaction: &WriteTransaction) -> Result<(), StoreError> {
        transaction.open_table(self.definition()).stored().map(drop)
    }

    pub(super) fn read<'t>(
        &self,
        reading: &'t Reading,
    ) -> Result<Rows<'t, redb::ReadOnlyTable<Bytes, Bytes>, K, Row>, StoreError> {
        let rows = reading.inner.open_table(self.definition()).stored()?;
        Ok(Rows {
            place: row::Place { table: self.name, keys: reading.keys.of(self.plane)? },
            rows,
            types: PhantomData,
        })
    }

    pub(super) fn write<'t>(
        &self,
        writing: &'t Writing,
    ) -> Result<Rows<'t, redb::Table<'t, Bytes, Bytes>, K, Row>, StoreError> {
        let rows = writing.inner.open_table(self.definition()).stored()?;
        Ok(Rows {
            place: row::Place { table: self.name, keys: writing.keys.of(self.plane)? },
            rows,
            types: PhantomData,
        })
    }
}

/// The rows of a table, as one transaction sees them.
pub(super) struct Rows<'t, T, K, Row> {
    place: row::Place<'t>,
    rows: T,
    types: PhantomData<fn() -> (K, Row)>,
}

impl<T: ReadableTable<Bytes, Bytes>, K: Key, Row: DeserializeOwned> Rows<'_, T, K, Row> {
    pub(super) fn get(&self, key: &K) -> Result<Option<Row>, StoreError> {
        let found = self.rows.get(key.bytes()).stored()?;
        found.map(|sealed| self.place.open(key.bytes(), sealed.value())).transpose()
    }

    pub(super) fn contains(&self, key: &K) -> Result<bool, StoreError> {
        Ok(self.rows.get(key.bytes()).stored()?.is_some())
    }

    /// The first `limit` admitted rows whose keys begin with `prefix` and come after `after`, in key order.
    pub(super) fn list(
        &self,
        prefix: &K,
        after: Option<&K>,
        limit: usize,
        admit: impl Fn(&Row) -> bool,
    ) -> Result<Vec<Row>, StoreError> {
        let first = after.map_or(Bound::Included(prefix.bytes()), |key| Bound::Excluded(key.bytes()));
        let end = end_of(prefix.bytes());
        let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut found = Vec::new();
        for entry in self.rows.range::<&[u8]>((first, end)).stored()? {
            if found.len() >= limit {
                break;
            }
            let (key, sealed) = entry.stored()?;
            let row = self.place.open(key.value(), sealed.value())?;
            if admit(&row) {
                found.push(row);
            }
        }
        Ok(found)
    }

    /// Shows every row whose key begins with `prefix` and lies beyond `after`, with the rest of its key, in key order or
    /// backwards, until `visit` has seen enough. A row that cannot be opened is `visit`'s to judge.
    pub(super) fn walk(
        &self,
        prefix: &K,
        after: Option<&K>,
        backwards: bool,
        mut visit: impl FnMut(&[u8], Result<Row, StoreError>) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let end = end_of(prefix.bytes());
        let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let beyond = after.map(|key| Bound::Excluded(key.bytes()));
        let bounds = if backwards {
            (Bound::Included(prefix.bytes()), beyond.unwrap_or(end))
        } else {
            (beyond.unwrap_or(Bound::Included(prefix.bytes())), end)
        };
        let mut rows = self.rows.range::<&[u8]>(bounds).stored()?;
        while let Some(entry) = if backwards { rows.next_back() } else { rows.next() } {
            let (key, sealed) = entry.stored()?;
            let row = self.place.open(key.value(), sealed.value());
            let rest = key.value().strip_prefix(prefix.bytes()).unwrap_or_default();
            if visit(rest, row)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// Every row whose key begins with `prefix`, in key order.
    pub(super) fn all(&self, prefix: &K) -> Result<Vec<Row>, StoreError> {
        self.list(prefix, None, usize::MAX, |_| true)
    }
}

impl<'t, K: Key, Row: Serialize + DeserializeOwned> Rows<'t, redb::Table<'t, Bytes, Bytes>, K, Row> {
    pub(super) fn put(&mut self, key: &K, row: &Row) -> Result<(), StoreError> {
        let sealed = self.place.seal(key.bytes(), row)?;
        self.rows.insert(key.bytes(), sealed.as_slice()).stored()?;
        Ok(())
    }

    /// Adds a row where there is none. `what` names it when there is.
    pub(super) fn add(&mut self, key: &K, row: &Row, what: &'static str) -> Result<(), StoreError> {
        if self.contains(key)? {
            return Err(StoreError::AlreadyExists { what });
        }
        self.put(key, row)
    }

    /// Writes the row unless it is stored just so already, and tells whether it did.
    pub(super) fn put_if_changed(&mut self, key: &K, row: &Row) -> Result<bool, StoreError> {
        let same = match self.rows.get(key.bytes()).stored()? {
            Some(stored) => self.place.holds(key.bytes(), stored.value(), row)?,
            None => false,
        };
        if !same {
            self.put(key, row)?;
        }
        Ok(!same)
    }

    pub(super) fn remove(&mut self, key: &K) -> Result<Option<Row>, StoreError> {
        let removed = self.rows.remove(key.bytes()).stored()?;
        removed.map(|sealed| self.place.open(key.bytes(), sealed.value())).transpose()
    }

    /// Removes every row that answers to a question. It looks at all of them: for small tables and rare occasions.
    pub(super) fn remove_where(&mut self, goes: impl Fn(&Row) -> bool) -> Result<(), StoreError> {
        let mut keys = Vec::new();
        for entry in self.rows.range::<&[u8]>(..).stored()? {
            let (key, sealed) = entry.stored()?;
            if goes(&self.place.open(key.value(), sealed.value())?) {
                keys.push(key.value().to_vec());
            }
        }
        for key in keys {
            self.rows.remove(key.as_slice()).stored()?;
        }
        Ok(())
    }

    /// Removes the rows whose keys begin with `prefix` and whose rest of the key is not kept, and tells how many.
    pub(super) fn prune(&mut self, prefix: &K, keep: impl Fn(&[u8]) -> bool) -> Result<u64, StoreError> {
        let end = end_of(prefix.bytes());
        let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
        let mut removed = 0;
        let kept = |key: &[u8], _: &[u8]| {
            let stays = key.strip_prefix(prefix.bytes()).is_none_or(&keep);
            removed += u64::from(!stays);
            stays
        };
        self.rows.retain_in::<&[u8], _>((Bound::Included(prefix.bytes()), end), kept).stored()?;
        Ok(removed)
    }
}
