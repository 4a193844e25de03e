//! Keys that are sealed under data keys: the index key of a workspace, the keys of single people, the signing key, the keys of backups.

use super::error::KeyringError;
use super::keys::{DataKeys, Place};
use super::owner::KeyOwner;
use super::record::{DataKeyRecord, KeyState, SealedKeyKind, SealedKeyRecord};
use super::ring::{ATTEMPTS, Keyring};
use super::store::Change;
use crate::id::WorkspaceId;
use crate::index_key::{IndexKey, IndexLabel, IndexSubkey};
use crate::secret::Secret;
use crate::vault::{KeyId, OpenError, Purpose, VaultKey};

/// The subject of keys of which an owner has one.
pub(super) const NOBODY: [u8; 16] = [0; 16];

/// What an owner gets with its first data key.
pub(super) const fn kinds_of(owner: KeyOwner) -> &'static [SealedKeyKind] {
    match owner {
        KeyOwner::Deployment => &[SealedKeyKind::Index, SealedKeyKind::Signing],
        KeyOwner::Workspace(_) => &[SealedKeyKind::Index],
    }
}

impl SealedKeyKind {
    const fn purpose(self) -> Purpose {
        match self {
            Self::Index => Purpose::IndexKey,
            Self::Subject => Purpose::SubjectKey,
            Self::Signing => Purpose::SigningKey,
            Self::Backup => Purpose::BackupKey,
        }
    }

    const fn place(self, subject: [u8; 16]) -> Place<'static> {
        let kind = match self {
            Self::Index => "index-key",
            Self::Subject => "subject-key",
            Self::Signing => "signing-key",
            Self::Backup => "backup-key",
        };
        Place { kind, record: subject, field: "", generation: 0 }
    }
}

/// A new random key: its id, then its bytes.
pub(super) fn generate(
    keys: &DataKeys,
    kind: SealedKeyKind,
    subject: [u8; 16],
) -> Result<SealedKeyRecord, KeyringError> {
    let mut bytes = Secret::new([0u8; 48]);
    bytes.expose_mut(|bytes| keys.entropy.fill(bytes))?;
    let sealed = bytes.expose(|bytes| keys.seal(kind.purpose(), kind.place(subject), bytes))?;
    Ok(SealedKeyRecord { owner: keys.owner(), kind, subject, sealed })
}

/// The same key, sealed under other data keys.
pub(super) fn reseal(
    row: &SealedKeyRecord,
    old: &DataKeys,
    new: &DataKeys,
) -> Result<SealedKeyRecord, KeyringError> {
    let (purpose, place) = (row.kind.purpose(), row.kind.place(row.subject));
    let bytes = old.open(purpose, place, &row.sealed)?;
    let sealed = bytes.expose(|bytes| new.seal(purpose, place, bytes))?;
    Ok(SealedKeyRecord { sealed, ..row.clone() })
}

/// The subkey of an owner's index key that rows are looked up by; `None` where the owner has no index key.
pub(super) fn lookup(
    row: Option<&SealedKeyRecord>,
    keys: &DataKeys,
) -> Result<Option<IndexSubkey>, KeyringError> {
    let Some(row) = row else { return Ok(None) };
    let key = open(row, keys)?.expose(|bytes| IndexKey::from_bytes(*bytes));
    Ok(Some(key.subkey(IndexLabel::Lookup)))
}

/// The key in a row.
pub(super) fn open(row: &SealedKeyRecord, keys: &DataKeys) -> Result<VaultKey, KeyringError> {
    let bytes = keys.open(row.kind.purpose(), row.kind.place(row.subject), &row.sealed)?;
    bytes.expose(|bytes| {
        let (id, key) = bytes.split_first_chunk().ok_or(OpenError::Corrupt)?;
        let key: &[u8; 32] = key.try_into().map_err(|_| OpenError::Corrupt)?;
        Ok(VaultKey::from_bytes(KeyId::from_bytes(*id), *key))
    })
}

impl Keyring {
    /// The index key of a workspace.
    ///
    /// # Errors
    /// [`KeyringError::NoKeys`] when the workspace has none (any more).
    pub async fn index_key(&self, workspace: WorkspaceId) -> Result<IndexKey, KeyringError> {
        let key = self.sealed_key(KeyOwner::Workspace(workspace), SealedKeyKind::Index).await?;
        Ok(key.expose(|bytes| IndexKey::from_bytes(*bytes)))
    }

    /// The key that the deployment signs its audit checkpoints with: an Ed25519 seed.
    ///
    /// # Errors
    /// When a root key or the keyring's store fails.
    pub async fn signing_key(&self) -> Result<Secret<[u8; 32]>, KeyringError> {
        let key = self.sealed_key(KeyOwner::Deployment, SealedKeyKind::Signing).await?;
        Ok(key.expose(|bytes| Secret::new(*bytes)))
    }

    async fn sealed_key(&self, owner: KeyOwner, kind: SealedKeyKind) -> Result<VaultKey, KeyringError> {
        self.opened(owner, kind, NOBODY).await?.ok_or(KeyringError::NoKeys(owner))
    }

    /// The key at a place; `None` where there is none.
    async fn opened(
        &self,
        owner: KeyOwner,
        kind: SealedKeyKind,
        subject: [u8; 16],
    ) -> Result<Option<VaultKey>, KeyringError> {
        for _ in 0..ATTEMPTS {
            let row = self.parts().store.sealed_key(owner, kind, subject).await?;
            let Some(row) = row else { return Ok(None) };
            match open(&row, self.keys(owner).await?.as_ref()) {
                // Somebody rotated in between: look at both again.
                Err(KeyringError::UnknownKey(_) | KeyringError::KeyDestroyed(_)) => {
                    self.cache().forget(owner);
                }
                opened => return opened.map(Some),
            }
        }
        Err(KeyringError::Conflict)
    }

    /// The key under which personal data of somebody is sealed, in a workspace or in the deployment; made when there is
    /// none.
    ///
    /// # Errors
    /// When a root key or the keyring's store fails.
    pub async fn subject_key(&self, owner: KeyOwner, subject: [u8; 16]) -> Result<VaultKey, KeyringError> {
        self.opened_or_made(owner, SealedKeyKind::Subject, subject).await
    }

    /// The key under which backups of an owner are sealed; made when there is none. It is destroyed with the owner's others,
    /// and with it every backup of the owner.
    ///
    /// # Errors
    /// [`KeyringError::NoKeys`] when the owner has no keys (any more); else when a root key or the keyring's store fails.
    pub async fn backup_key(&self, owner: KeyOwner) -> Result<VaultKey, KeyringError> {
        self.opened_or_made(owner, SealedKeyKind::Backup, NOBODY).await
    }

    /// The same key where there is one; `None` when it was never made, or was destroyed.
    ///
    /// # Errors
    /// When a root key or the keyring's store fails.
    pub async fn existing_backup_key(&self, owner: KeyOwner) -> Result<Option<VaultKey>, KeyringError> {
        self.opened(owner, SealedKeyKind::Backup, NOBODY).await
    }

    /// The key that authenticates the ledger of deletions: derived from the deployment's index key, so that it survives every
    /// rotation.
    ///
    /// # Errors
    /// When a root key or the keyring's store fails.
    pub async fn ledger_key(&self) -> Result<Secret<[u8; 32]>, KeyringError> {
        let key = self.sealed_key(KeyOwner::Deployment, SealedKeyKind::Index).await?;
        Ok(key.expose(|bytes| IndexKey::from_bytes(*bytes).ledger_key()))
    }

    async fn opened_or_made(
        &self,
        owner: KeyOwner,
        kind: SealedKeyKind,
        subject: [u8; 16],
    ) -> Result<VaultKey, KeyringError> {
        for _ in 0..ATTEMPTS {
            if let Some(key) = self.opened(owner, kind, subject).await? {
                return Ok(key);
            }
            match self.make_sealed_key(owner, kind, subject).await {
                // Two first times at once, or a rotation in between: look again.
                Err(KeyringError::Conflict) => self.cache().forget(owner),
                made => return made,
            }
        }
        Err(KeyringError::Conflict)
    }

    async fn make_sealed_key(
        &self,
        owner: KeyOwner,
        kind: SealedKeyKind,
        subject: [u8; 16],
    ) -> Result<VaultKey, KeyringError> {
        let keys = self.keys(owner).await?;
        let rows = self.parts().store.data_keys(owner).await?;
        let active = rows.into_iter().find(|row| row.id == keys.active() && row.state == KeyState::Active);
        let active = active.ok_or(KeyringError::Conflict)?;
        let made = generate(&keys, kind, subject)?;
        let key = open(&made, &keys)?;
        // INVARIANT: no key is sealed under a data key that a rotation has passed. The row of the data key changes along, so
        // that a rotation which did not see the new key fails, and so does this after a rotation.
        let counted = DataKeyRecord { seals: active.seals.saturating_add(1), ..active.clone() };
        let changes = vec![
            Change::DataKey { before: Some(Box::new(active)), after: Box::new(counted) },
            Change::SealedKey { before: None, after: Some(Box::new(made)) },
        ];
        self.parts().store.apply(changes).await.map(|()| key)
    }

    /// The same key where there is one; `None` when it was never made, or was erased.
    ///
    /// # Errors
    /// When a root key or the keyring's store fails.
    pub async fn existing_subject_key(
        &self,
        owner: KeyOwner,
        subject: [u8; 16],
    ) -> Result<Option<VaultKey>, KeyringError> {
        self.opened(owner, SealedKeyKind::Subject, subject).await
    }

    /// Destroys the key of somebody: their personal data there cannot be read any more, wherever copies lie, while
    /// everything else stays. `false` when there was none.
    ///
    /// # Errors
    /// When the keyring's store fails.
    pub async fn erase_subject(&self, owner: KeyOwner, subject: [u8; 16]) -> Result<bool, KeyringError> {
        let store = &self.parts().store;
        for _ in 0..ATTEMPTS {
            let row = store.sealed_key(owner, SealedKeyKind::Subject, subject).await?;
            let Some(row) = row else { return Ok(false) };
            let change = Change::SealedKey { before: Some(Box::new(row)), after: None };
            match store.apply(vec![change]).await {
                // A rotation sealed it anew.
                Err(KeyringError::Conflict) => {}
                done => return done.map(|()| true),
            }
        }
        Err(KeyringError::Conflict)
    }
}
