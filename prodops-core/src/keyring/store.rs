//! Where wrapped keys are kept: apart from the data, so that neither backup holds both.

use std::fmt::Debug;

use async_trait::async_trait;

use super::contents::KeyringRow;
use super::error::KeyringError;
use super::owner::KeyOwner;
use super::record::{DataKeyRecord, KeyState, RootRecord, SealedKeyKind, SealedKeyRecord};
use crate::vault::KeyId;

/// One row before and after. It is written only where the row is still as it was before. Where both are the same the row is
/// only compared: the other changes hold only while it is as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// A root key.
    Root {
        /// What is there; `None` when the row is new.
        before: Option<RootRecord>,
        /// What shall be there; `None` removes the row.
        after: Option<RootRecord>,
    },
    /// A data key.
    DataKey {
        /// What is there; `None` when the row is new.
        before: Option<Box<DataKeyRecord>>,
        /// What shall be there. Rows of destroyed keys stay, without the key.
        after: Box<DataKeyRecord>,
    },
    /// A key that is sealed under a data key.
    SealedKey {
        /// What is there; `None` when the row is new.
        before: Option<Box<SealedKeyRecord>>,
        /// What shall be there; `None` removes the row.
        after: Option<Box<SealedKeyRecord>>,
    },
}

impl Change {
    /// What is there, and what shall be there.
    #[must_use]
    pub fn rows(&self) -> (Option<KeyringRow>, Option<KeyringRow>) {
        let data_key = |row: &DataKeyRecord| KeyringRow::DataKey(row.clone());
        let sealed_key = |row: &SealedKeyRecord| KeyringRow::SealedKey(row.clone());
        match self {
            Self::Root { before, after } => {
                (before.clone().map(KeyringRow::Root), after.clone().map(KeyringRow::Root))
            }
            Self::DataKey { before, after } => (before.as_deref().map(data_key), Some(data_key(after))),
            Self::SealedKey { before, after } => {
                (before.as_deref().map(sealed_key), after.as_deref().map(sealed_key))
            }
        }
    }
}

/// A store of wrapped keys.
///
/// Back it up apart from the data, and keep those backups no longer than deletion may take: a workspace is deleted by
/// destroying its keys here.
#[async_trait]
pub trait KeyringStore: Debug + Send + Sync {
    /// The roots, by id; none when the keyring is new.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn roots(&self) -> Result<Vec<RootRecord>, KeyringError>;

    /// The first `limit` owners after `after`, in order.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn owners(&self, after: Option<KeyOwner>, limit: usize) -> Result<Vec<KeyOwner>, KeyringError>;

    /// The data keys of an owner, oldest first, destroyed ones included.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn data_keys(&self, owner: KeyOwner) -> Result<Vec<DataKeyRecord>, KeyringError>;

    /// The data key of an owner that seals now, whoever made it so; `None` when it has none (any more). Asked with every
    /// transaction of a store that several processes share: a single look.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn active_key(&self, owner: KeyOwner) -> Result<Option<KeyId>, KeyringError> {
        let rows = self.data_keys(owner).await?;
        Ok(rows.iter().find(|row| row.state == KeyState::Active).map(|row| row.id))
    }

    /// Every key that is sealed under the data keys of an owner.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn sealed_keys(&self, owner: KeyOwner) -> Result<Vec<SealedKeyRecord>, KeyringError>;

    /// One key that is sealed under the data keys of an owner.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn sealed_key(
        &self,
        owner: KeyOwner,
        kind: SealedKeyKind,
        subject: [u8; 16],
    ) -> Result<Option<SealedKeyRecord>, KeyringError>;

    /// Writes all changes or none; durable when it returns.
    ///
    /// # Errors
    /// [`KeyringError::Conflict`] when a row is not as it was before.
    async fn apply(&self, changes: Vec<Change>) -> Result<(), KeyringError>;
}
