//! A keyring in memory, gone with the process: for the local commands and for tests.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::contents::KeyringContents;
use super::error::KeyringError;
use super::owner::KeyOwner;
use super::record::{DataKeyRecord, RootRecord, SealedKeyKind, SealedKeyRecord};
use super::store::{Change, KeyringStore};

/// A keyring in memory.
#[derive(Debug, Default)]
pub struct MemoryKeyring(Mutex<KeyringContents>);

impl MemoryKeyring {
    fn lock(&self) -> MutexGuard<'_, KeyringContents> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl KeyringStore for MemoryKeyring {
    async fn roots(&self) -> Result<Vec<RootRecord>, KeyringError> {
        Ok(self.lock().roots())
    }

    async fn owners(&self, after: Option<KeyOwner>, limit: usize) -> Result<Vec<KeyOwner>, KeyringError> {
        Ok(self.lock().owners(after, limit))
    }

    async fn data_keys(&self, owner: KeyOwner) -> Result<Vec<DataKeyRecord>, KeyringError> {
        Ok(self.lock().data_keys(owner))
    }

    async fn sealed_keys(&self, owner: KeyOwner) -> Result<Vec<SealedKeyRecord>, KeyringError> {
        Ok(self.lock().sealed_keys(owner))
    }

    async fn sealed_key(
        &self,
        owner: KeyOwner,
        kind: SealedKeyKind,
        subject: [u8; 16],
    ) -> Result<Option<SealedKeyRecord>, KeyringError> {
        Ok(self.lock().sealed_key((owner, kind, subject)))
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<(), KeyringError> {
        self.lock().apply(&changes)
    }
}
