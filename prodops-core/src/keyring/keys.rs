//! The open data keys of one owner.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::budget::SealBudget;
use super::error::KeyringError;
use super::owner::KeyOwner;
use crate::entropy::Entropy;
use crate::environment::Environment;
use crate::index_key::IndexSubkey;
use crate::secret::Secret;
use crate::vault::{
    self, Context, KeyId, OpenError, Purpose, RowKey, RowPlace, SealedRecord, VaultKey, row_key_id,
};

/// A data key and the subkey of it that rows are sealed under.
pub(super) struct OpenKey {
    pub(super) key: VaultKey,
    pub(super) row: RowKey,
}

impl OpenKey {
    pub(super) fn new(key: VaultKey) -> Self {
        Self { row: RowKey::new(&key), key }
    }
}

/// The open data keys of one owner: the active one seals, all of them open what they sealed. Wiped when dropped.
pub struct DataKeys {
    pub(super) owner: KeyOwner,
    pub(super) environment: Environment,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) active: OpenKey,
    pub(super) older: BTreeMap<KeyId, OpenKey>,
    pub(super) destroyed: BTreeSet<KeyId>,
    pub(super) budget: Arc<SealBudget>,
    /// Hashes what rows are looked up by; `None` for keys that are not in use yet.
    pub(super) lookup: Option<IndexSubkey>,
}

impl DataKeys {
    /// Whose keys they are.
    #[must_use]
    pub const fn owner(&self) -> KeyOwner {
        self.owner
    }

    /// The id of the key that seals.
    #[must_use]
    pub const fn active(&self) -> KeyId {
        self.active.key.id()
    }

    /// Seals a record under the active key. `place` without its environment and workspace, which these keys know.
    ///
    /// # Errors
    /// When the secret is too long or no salt can be had.
    pub fn seal(
        &self,
        purpose: Purpose,
        place: Place<'_>,
        secret: &[u8],
    ) -> Result<SealedRecord, KeyringError> {
        Ok(vault::seal(&self.active.key, purpose, &self.context(place), secret, self.entropy.as_ref())?)
    }

    /// Opens a record with the key that it names.
    ///
    /// # Errors
    /// [`KeyringError::UnknownKey`] and [`KeyringError::KeyDestroyed`] when there is no such key any more, else as
    /// [`vault::open`].
    pub fn open(
        &self,
        purpose: Purpose,
        place: Place<'_>,
        record: &SealedRecord,
    ) -> Result<Secret<Vec<u8>>, KeyringError> {
        let key = self.find(record.key_id())?;
        Ok(vault::open(&key.key, purpose, &self.context(place), record)?)
    }

    /// Seals a row of a store under the active key.
    ///
    /// # Errors
    /// When no nonce can be had.
    pub fn seal_row(&self, table: &str, key: &[u8], row: &[u8]) -> Result<Vec<u8>, KeyringError> {
        self.budget.spend();
        let place = RowPlace { environment: self.environment, table, key };
        Ok(self.active.row.seal_row(&place, row, self.entropy.as_ref())?)
    }

    /// Opens a row of a store.
    ///
    /// # Errors
    /// As [`DataKeys::open`].
    pub fn open_row(&self, table: &str, key: &[u8], sealed: &[u8]) -> Result<Vec<u8>, KeyringError> {
        let place = RowPlace { environment: self.environment, table, key };
        let with = self.find(row_key_id(sealed)?)?;
        Ok(with.row.open_row(&place, sealed)?)
    }

    /// The keyed hash by which a row is looked up whose natural key is a name. It outlives every rotation of data keys.
    ///
    /// # Errors
    /// [`KeyringError::NoKeys`] when the owner has no index key.
    pub fn lookup_hash(&self, name: &[u8]) -> Result<[u8; 16], KeyringError> {
        let lookup = self.lookup.as_ref().ok_or(KeyringError::NoKeys(self.owner))?;
        Ok(lookup.hash128(name))
    }

    /// Whether a row is sealed under the active key.
    ///
    /// # Errors
    /// When it is no sealed row.
    pub fn is_current(&self, sealed: &[u8]) -> Result<bool, OpenError> {
        Ok(row_key_id(sealed)? == self.active())
    }

    fn find(&self, id: KeyId) -> Result<&OpenKey, KeyringError> {
        if id == self.active() {
            return Ok(&self.active);
        }
        self.older.get(&id).ok_or_else(|| match self.destroyed.contains(&id) {
            true => KeyringError::KeyDestroyed(id),
            false => KeyringError::UnknownKey(id),
        })
    }

    const fn context<'a>(&self, place: Place<'a>) -> Context<'a> {
        let Place { kind, record, field, generation } = place;
        let workspace = self.owner.workspace();
        Context { environment: self.environment, workspace, kind, record, field, generation }
    }
}

impl fmt::Debug for DataKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataKeys")
            .field("owner", &self.owner)
            .field("active", &self.active())
            .finish_non_exhaustive()
    }
}

/// The part of a [`Context`] that an owner's keys do not know by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// The kind of row.
    pub kind: &'a str,
    /// The row's id; zeros where there is one per owner.
    pub record: [u8; 16],
    /// The field.
    pub field: &'a str,
    /// Counts the values that the field had; 0 where they are not counted.
    pub generation: u64,
}
