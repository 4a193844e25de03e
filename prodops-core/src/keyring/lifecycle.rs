//! Data keys from their making to their destruction.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cache;
use super::error::{KeyringError, Sealed};
use super::keys::{DataKeys, OpenKey};
use super::owner::KeyOwner;
use super::record::{DataKeyRecord, KeyState, RootRecord, RootState, SealedKeyRecord, Wrapping};
use super::ring::{ATTEMPTS, Keyring, KeyringParts};
use super::sealed_key;
use super::store::Change;
use crate::id::WorkspaceId;
use crate::vault::{KeyId, VaultKey};

impl Keyring {
    /// Makes the keys of a new workspace: its first data key and its index key.
    ///
    /// # Errors
    /// [`KeyringError::Conflict`] when it has keys already, or had some.
    pub async fn create_workspace(&self, workspace: WorkspaceId) -> Result<(), KeyringError> {
        let owner = KeyOwner::Workspace(workspace);
        for _ in 0..ATTEMPTS {
            if !self.parts().store.data_keys(owner).await?.is_empty() {
                break;
            }
            let roots = self.usable_roots().await?;
            let mut changes: Vec<Change> = roots.iter().map(unchanged).collect();
            changes.extend(self.first_keys(owner, &ids(&roots)).await?);
            match self.parts().store.apply(changes).await {
                // Somebody else made them, or a root came or went: look which.
                Err(KeyringError::Conflict) => {}
                done => return done,
            }
        }
        Err(KeyringError::Conflict)
    }

    pub(super) async fn first_keys(
        &self,
        owner: KeyOwner,
        roots: &[KeyId],
    ) -> Result<Vec<Change>, KeyringError> {
        let (row, key) = self.new_key(owner, 1, roots).await?;
        let keys = self.only(owner, key);
        let mut changes = vec![Change::DataKey { before: None, after: Box::new(row) }];
        for kind in sealed_key::kinds_of(owner) {
            let made = sealed_key::generate(&keys, *kind, sealed_key::NOBODY)?;
            changes.push(Change::SealedKey { before: None, after: Some(Box::new(made)) });
        }
        Ok(changes)
    }

    async fn new_key(
        &self,
        owner: KeyOwner,
        generation: u64,
        roots: &[KeyId],
    ) -> Result<(DataKeyRecord, VaultKey), KeyringError> {
        let KeyringParts { entropy, clock, .. } = self.parts();
        let key = VaultKey::generate(entropy.as_ref())?;
        let mut row = DataKeyRecord {
            id: key.id(),
            owner,
            generation,
            state: KeyState::Active,
            created: clock.now(),
            superseded: None,
            seals: 0,
            wrappings: Vec::new(),
        };
        for id in roots {
            row.wrappings.push(self.wrap(*id, &key, &row).await?);
        }
        Ok((row, key))
    }

    pub(super) async fn wrap(
        &self,
        root: KeyId,
        key: &VaultKey,
        row: &DataKeyRecord,
    ) -> Result<Wrapping, KeyringError> {
        let provider = self.roots().get(root).ok_or(KeyringError::UnknownKey(root))?;
        Ok(Wrapping { root, bytes: provider.wrap(key, &self.context(row)).await? })
    }

    /// The roots that are given, known to the keyring and not on their way out: every new key is wrapped under each of them.
    ///
    /// INVARIANT: whoever writes a key that is wrapped under them writes them along, [`unchanged`]: a root that begins to go
    /// while a key is wrapped would take that key with it.
    async fn usable_roots(&self) -> Result<Vec<RootRecord>, KeyringError> {
        let known = self.parts().store.roots().await?;
        let given = self.roots().ids();
        let is_usable = |row: &&RootRecord| given.contains(&row.id) && row.state != RootState::Retiring;
        let usable: Vec<RootRecord> = known.iter().filter(is_usable).cloned().collect();
        // A key that no root wraps would be lost with this process.
        if usable.is_empty() {
            return Err(Sealed::wrong_root(&known, given).into());
        }
        Ok(usable)
    }

    /// Makes a new data key for an owner, and gives its id. The one before opens what it sealed until it is retired;
    /// keys that are sealed under it are sealed under the new one. All of it happens at once or not at all.
    ///
    /// # Errors
    /// [`KeyringError::NoKeys`] when the owner has none; else when a root key or the keyring's store fails.
    pub async fn rotate_data_key(&self, owner: KeyOwner) -> Result<KeyId, KeyringError> {
        for _ in 0..ATTEMPTS {
            match self.try_to_rotate(owner).await {
                // A key was sealed under the data key meanwhile, or somebody else rotated.
                Err(KeyringError::Conflict | KeyringError::UnknownKey(_)) => self.cache().forget(owner),
                done => return done,
            }
        }
        Err(KeyringError::Conflict)
    }

    async fn try_to_rotate(&self, owner: KeyOwner) -> Result<KeyId, KeyringError> {
        let rows = self.parts().store.data_keys(owner).await?;
        let before = rows.into_iter().find(|row| row.state == KeyState::Active);
        let before = before.ok_or(KeyringError::NoKeys(owner))?;
        let roots = self.usable_roots().await?;
        let (row, key) = self.new_key(owner, before.generation.saturating_add(1), &ids(&roots)).await?;
        let (id, after) = (row.id, self.superseded(&before));
        let (old, new) = (self.keys(owner).await?, self.only(owner, key));
        let mut changes = vec![
            Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) },
            Change::DataKey { before: None, after: Box::new(row) },
        ];
        changes.extend(roots.iter().map(unchanged));
        for sealed in self.parts().store.sealed_keys(owner).await? {
            changes.push(resealed(sealed, &old, &new)?);
        }
        self.parts().store.apply(changes).await?;
        self.cache().forget(owner);
        Ok(id)
    }

    fn superseded(&self, row: &DataKeyRecord) -> DataKeyRecord {
        let superseded = Some(self.parts().clock.now());
        DataKeyRecord { state: KeyState::DecryptOnly, superseded, ..row.clone() }
    }

    /// Keys that consist of one that is not in the keyring yet. They seal what goes into it with the key, no rows.
    fn only(&self, owner: KeyOwner, key: VaultKey) -> DataKeys {
        DataKeys {
            owner,
            environment: self.parts().environment,
            entropy: Arc::clone(&self.parts().entropy),
            active: OpenKey::new(key),
            older: BTreeMap::new(),
            destroyed: BTreeSet::new(),
            budget: Arc::default(),
            lookup: None,
        }
    }

    /// The data keys of an owner that only open what they once sealed, oldest first.
    ///
    /// # Errors
    /// When the keyring's store cannot be read.
    pub async fn older_keys(&self, owner: KeyOwner) -> Result<Vec<KeyId>, KeyringError> {
        let rows = self.parts().store.data_keys(owner).await?;
        Ok(rows.iter().filter(|row| row.state == KeyState::DecryptOnly).map(|row| row.id).collect())
    }

    /// Those of them that have not sealed for so many seconds that [`Keyring::retire_data_key`] may destroy them, once no row
    /// names them.
    ///
    /// # Errors
    /// When the keyring's store cannot be read.
    pub async fn rested_keys(&self, owner: KeyOwner, rest: i64) -> Result<Vec<KeyId>, KeyringError> {
        let rows = self.parts().store.data_keys(owner).await?;
        Ok(rows.iter().filter(|row| self.has_rested(row, rest)).map(|row| row.id).collect())
    }

    fn has_rested(&self, row: &DataKeyRecord, rest: i64) -> bool {
        let since = row.superseded.filter(|_| row.state == KeyState::DecryptOnly);
        since.is_some_and(|since| self.parts().clock.now().seconds_since(since) >= rest.max(cache::LIFE))
    }

    /// Every owner that has keys, or had some.
    ///
    /// # Errors
    /// When the keyring's store cannot be read.
    pub async fn owners(&self) -> Result<Vec<KeyOwner>, KeyringError> {
        self.parts().store.owners(None, usize::MAX).await
    }

    /// Destroys a data key that does not seal any more. What it sealed and nobody sealed anew is lost.
    ///
    /// `rest` is for how many seconds it must not have sealed any more: what it sealed outside every store, such as a cookie,
    /// may come back for that long. It is never less than for how long another process may still seal with it.
    ///
    /// # Security
    /// Ask the store first whether any row names the key.
    ///
    /// # Errors
    /// [`KeyringError::InUse`] for the active key, and for one that has not rested for so long;
    /// [`KeyringError::UnknownKey`] when the owner has no such key.
    pub async fn retire_data_key(&self, owner: KeyOwner, id: KeyId, rest: i64) -> Result<(), KeyringError> {
        let rows = self.parts().store.data_keys(owner).await?;
        let before = rows.into_iter().find(|row| row.id == id).ok_or(KeyringError::UnknownKey(id))?;
        if before.state == KeyState::Destroyed {
            return Ok(());
        }
        if !self.has_rested(&before, rest) {
            return Err(KeyringError::InUse(id));
        }
        self.parts().store.apply(vec![destroyed(before)]).await?;
        self.cache().forget(owner);
        Ok(())
    }

    /// Destroys every key of a workspace, here and now: what it owns cannot be read any more, wherever copies lie.
    /// Destroying them again changes nothing.
    ///
    /// # Errors
    /// When the keyring's store fails.
    pub async fn destroy_workspace(&self, workspace: WorkspaceId) -> Result<(), KeyringError> {
        let owner = KeyOwner::Workspace(workspace);
        for _ in 0..ATTEMPTS {
            match self.try_to_destroy(owner).await {
                // Somebody made, rotated or wrapped one of its keys: that one must go as well.
                Err(KeyringError::Conflict) => {}
                done => {
                    self.cache().forget(owner);
                    return done;
                }
            }
        }
        Err(KeyringError::Conflict)
    }

    async fn try_to_destroy(&self, owner: KeyOwner) -> Result<(), KeyringError> {
        let store = &self.parts().store;
        let alive = |row: &DataKeyRecord| row.state != KeyState::Destroyed;
        let mut changes: Vec<Change> =
            store.data_keys(owner).await?.into_iter().filter(alive).map(destroyed).collect();
        let sealed = store.sealed_keys(owner).await?.into_iter();
        changes.extend(sealed.map(|row| Change::SealedKey { before: Some(Box::new(row)), after: None }));
        store.apply(changes).await
    }
}

fn ids(roots: &[RootRecord]) -> Vec<KeyId> {
    roots.iter().map(|row| row.id).collect()
}

/// Part of a change that holds only while this root is as it was.
pub(super) fn unchanged(root: &RootRecord) -> Change {
    Change::Root { before: Some(root.clone()), after: Some(root.clone()) }
}

fn destroyed(before: DataKeyRecord) -> Change {
    let after = DataKeyRecord { state: KeyState::Destroyed, wrappings: Vec::new(), ..before.clone() };
    Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) }
}

fn resealed(row: SealedKeyRecord, old: &DataKeys, new: &DataKeys) -> Result<Change, KeyringError> {
    let after = sealed_key::reseal(&row, old, new)?;
    Ok(Change::SealedKey { before: Some(Box::new(row)), after: Some(Box::new(after)) })
}
