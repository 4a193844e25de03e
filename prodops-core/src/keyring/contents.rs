//! The rows of a whole keyring in memory, with its one rule: a row changes only from what it was.

use std::collections::BTreeMap;

use super::error::KeyringError;
use super::owner::KeyOwner;
use super::record::{DataKeyRecord, RootRecord, SealedKeyKind, SealedKeyRecord};
use super::store::Change;
use crate::vault::KeyId;

type SealedKeyPlace = (KeyOwner, SealedKeyKind, [u8; 16]);

/// The rows of a keyring that fits into memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyringContents {
    roots: BTreeMap<KeyId, RootRecord>,
    data_keys: BTreeMap<(KeyOwner, u64), DataKeyRecord>,
    sealed_keys: BTreeMap<SealedKeyPlace, SealedKeyRecord>,
}

/// One row, for writing a keyring down and reading it back.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyringRow {
    /// A root key.
    Root(RootRecord),
    /// A data key.
    DataKey(DataKeyRecord),
    /// A key that is sealed under a data key.
    SealedKey(SealedKeyRecord),
}

impl KeyringContents {
    /// The roots, by id.
    #[must_use]
    pub fn roots(&self) -> Vec<RootRecord> {
        self.roots.values().cloned().collect()
    }

    /// The first `limit` owners after `after`, in order.
    #[must_use]
    pub fn owners(&self, after: Option<KeyOwner>, limit: usize) -> Vec<KeyOwner> {
        let mut owners: Vec<KeyOwner> = self.data_keys.keys().map(|(owner, _)| *owner).collect();
        owners.dedup();
        owners.into_iter().filter(|owner| after.is_none_or(|after| *owner > after)).take(limit).collect()
    }

    /// The data keys of an owner, oldest first.
    #[must_use]
    pub fn data_keys(&self, owner: KeyOwner) -> Vec<DataKeyRecord> {
        self.data_keys.range((owner, 0)..=(owner, u64::MAX)).map(|(_, row)| row.clone()).collect()
    }

    /// The keys that are sealed under the data keys of an owner.
    #[must_use]
    pub fn sealed_keys(&self, owner: KeyOwner) -> Vec<SealedKeyRecord> {
        let from = (owner, SealedKeyKind::Index, [0; 16]);
        let own = self.sealed_keys.range(from..).take_while(|((of, _, _), _)| *of == owner);
        own.map(|(_, row)| row.clone()).collect()
    }

    /// One of them.
    #[must_use]
    pub fn sealed_key(&self, place: SealedKeyPlace) -> Option<SealedKeyRecord> {
        self.sealed_keys.get(&place).cloned()
    }

    /// Makes all changes or none.
    ///
    /// # Errors
    /// [`KeyringError::Conflict`] when a row is not as it was before; then nothing is changed.
    pub fn apply(&mut self, changes: &[Change]) -> Result<(), KeyringError> {
        if changes.iter().all(|change| self.is_as_before(change)) {
            changes.iter().for_each(|change| self.make(change));
            Ok(())
        } else {
            Err(KeyringError::Conflict)
        }
    }

    fn is_as_before(&self, change: &Change) -> bool {
        match change {
            Change::Root { before, after } => {
                let id = before.as_ref().or(after.as_ref()).map(|row| row.id);
                id.is_some_and(|id| self.roots.get(&id) == before.as_ref())
            }
            Change::DataKey { before, after } => {
                let key = (after.owner, after.generation);
                self.data_keys.get(&key) == before.as_deref()
            }
            Change::SealedKey { before, after } => {
                let place = before.as_ref().or(after.as_ref()).map(|row| row.place());
                place.is_some_and(|place| self.sealed_keys.get(&place) == before.as_deref())
            }
        }
    }

    fn make(&mut self, change: &Change) {
        match change {
            Change::Root { after: Some(row), .. } => self.insert(KeyringRow::Root(row.clone())),
            Change::Root { before, after: None } => {
                before.as_ref().map(|row| self.roots.remove(&row.id));
            }
            Change::DataKey { after, .. } => self.insert(KeyringRow::DataKey(after.as_ref().clone())),
            Change::SealedKey { after: Some(row), .. } => {
                self.insert(KeyringRow::SealedKey(row.as_ref().clone()))
            }
            Change::SealedKey { before, after: None } => {
                before.as_ref().map(|row| self.sealed_keys.remove(&row.place()));
            }
        }
    }

    /// Takes a row as it was written down.
    pub fn insert(&mut self, row: KeyringRow) {
        match row {
            KeyringRow::Root(row) => {
                self.roots.insert(row.id, row);
            }
            KeyringRow::DataKey(row) => {
                self.data_keys.insert((row.owner, row.generation), row);
            }
            KeyringRow::SealedKey(row) => {
                self.sealed_keys.insert(row.place(), row);
            }
        }
    }

    /// Every row, in a fixed order.
    pub fn rows(&self) -> impl Iterator<Item = KeyringRow> {
        let roots = self.roots.values().cloned().map(KeyringRow::Root);
        let data_keys = self.data_keys.values().cloned().map(KeyringRow::DataKey);
        let sealed_keys = self.sealed_keys.values().cloned().map(KeyringRow::SealedKey);
        roots.chain(data_keys).chain(sealed_keys)
    }
}
