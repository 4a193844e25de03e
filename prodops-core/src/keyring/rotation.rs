//! Root keys from their staging to their retirement: stage → wrap → verify → promote → retain → retire.
//!
//! Every step can be killed at any point and begun again: what is done already is found done.

use std::collections::BTreeMap;

use super::error::KeyringError;
use super::owner::KeyOwner;
use super::record::{DataKeyRecord, KeyState, RootRecord, RootState};
use super::ring::Keyring;
use super::sealed_key;
use super::store::Change;
use crate::vault::KeyId;

/// How many owners are changed at a time: a batch is one write of the keyring.
const BATCH: usize = 500;

/// One root, as a plan shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RootPlan {
    /// Its id.
    pub id: KeyId,
    /// What the keyring says of it; `None` when it is not staged yet.
    pub state: Option<RootState>,
    /// Whether this process was given the key.
    pub given: bool,
    /// How many live data keys are wrapped under it.
    pub wrapped: u64,
}

/// What a rotation would find. Nothing is changed by looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationPlan {
    /// The roots, those of the keyring first.
    pub roots: Vec<RootPlan>,
    /// How many owners have keys.
    pub owners: u64,
    /// How many data keys are active, decrypt only, destroyed.
    pub keys: BTreeMap<KeyState, u64>,
    /// How many keys are sealed under data keys.
    pub sealed_keys: u64,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verification {
    /// Wrappings that were opened.
    pub wrappings: u64,
    /// Keys sealed under data keys that were opened.
    pub sealed_keys: u64,
    /// What could not be opened: the owner, the key, and why.
    pub failures: Vec<(KeyOwner, KeyId, String)>,
}

impl Keyring {
    /// What there is to rotate.
    ///
    /// # Errors
    /// When the keyring's store cannot be read.
    pub async fn plan(&self) -> Result<RotationPlan, KeyringError> {
        let known = self.parts().store.roots().await?;
        let given = self.roots().ids();
        let mut roots: Vec<RootPlan> = known
            .iter()
            .map(|row| RootPlan {
                id: row.id,
                state: Some(row.state),
                given: given.contains(&row.id),
                wrapped: 0,
            })
            .collect();
        let new = given.iter().filter(|id| known.iter().all(|row| row.id != **id));
        roots.extend(new.map(|id| RootPlan { id: *id, state: None, given: true, wrapped: 0 }));
        let mut plan = RotationPlan { roots, owners: 0, keys: BTreeMap::new(), sealed_keys: 0 };
        let mut after = None;
        while let Some(owners) = self.next_owners(&mut after).await? {
            for owner in owners {
                plan.owners += 1;
                plan.sealed_keys += self.parts().store.sealed_keys(owner).await?.len() as u64;
                self.parts().store.data_keys(owner).await?.iter().for_each(|row| plan.count(row));
            }
        }
        Ok(plan)
    }

    async fn next_owners(&self, after: &mut Option<KeyOwner>) -> Result<Option<Vec<KeyOwner>>, KeyringError> {
        let owners = self.parts().store.owners(*after, BATCH).await?;
        *after = owners.last().copied();
        Ok((!owners.is_empty()).then_some(owners))
    }

    /// Brings every root that this process was given into use, and gives the ids of those that were not before: each
    /// live data key is wrapped under it, each wrapping is opened and compared, then the root is active. Roots from before stay
    /// in use until they are retired.
    ///
    /// # Errors
    /// When a root key or the keyring's store fails: begin again, what is done stays done.
    pub async fn rotate_roots(&self) -> Result<Vec<KeyId>, KeyringError> {
        let mut promoted = Vec::new();
        for id in self.roots().ids() {
            let known = self.parts().store.roots().await?;
            let row = match known.into_iter().find(|row| row.id == id) {
                Some(row) if row.state == RootState::Active => continue,
                Some(row) => row,
                None => self.stage(id).await?,
            };
            // Somebody who does not know the root yet may make keys meanwhile: until nothing is missing.
            while self.wrap_all(id).await? > 0 {}
            self.set_state(row, RootState::Active).await?;
            promoted.push(id);
        }
        Ok(promoted)
    }

    async fn stage(&self, id: KeyId) -> Result<RootRecord, KeyringError> {
        let root = self.roots().get(id).ok_or(KeyringError::UnknownKey(id))?;
        let row = self.root_record(root.as_ref(), RootState::Staged).await?;
        self.parts().store.apply(vec![Change::Root { before: None, after: Some(row.clone()) }]).await?;
        Ok(row)
    }

    async fn set_state(&self, before: RootRecord, state: RootState) -> Result<(), KeyringError> {
        let after = RootRecord { state, ..before.clone() };
        self.parts().store.apply(vec![Change::Root { before: Some(before), after: Some(after) }]).await
    }

    /// Wraps every live key that is not yet wrapped under the root, and tells how many there were.
    async fn wrap_all(&self, root: KeyId) -> Result<u64, KeyringError> {
        let (mut after, mut wrapped) = (None, 0);
        while let Some(owners) = self.next_owners(&mut after).await? {
            let mut changes = Vec::new();
            for owner in owners {
                for row in self.parts().store.data_keys(owner).await? {
                    if row.state != KeyState::Destroyed && !is_wrapped(&row, root) {
                        changes.push(self.wrapped_under(root, row).await?);
                    }
                }
            }
            wrapped += changes.len() as u64;
            if !changes.is_empty() {
                self.parts().store.apply(changes).await?;
            }
        }
        Ok(wrapped)
    }

    /// The change that adds a wrapping, after the wrapping was opened again and is the same key.
    async fn wrapped_under(&self, root: KeyId, before: DataKeyRecord) -> Result<Change, KeyringError> {
        let key = self.unwrap(&before).await?;
        let wrapping = self.wrap(root, &key, &before).await?;
        let provider = self.roots().get(root).ok_or(KeyringError::UnknownKey(root))?;
        let again = provider.unwrap(&wrapping.bytes, before.id, &self.context(&before)).await?;
        if !key.ct_eq(&again) {
            return Err(super::root::RootError::Refused(root).into());
        }
        let mut after = before.clone();
        after.wrappings.push(wrapping);
        Ok(Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) })
    }

    /// Takes a root out of use: its wrappings are removed, then the keyring forgets it.
    ///
    /// # Errors
    /// [`KeyringError::NotRetirable`] while some live key would be left without a root that this process was given;
    /// else when the keyring's store fails: begin again.
    pub async fn retire_root(&self, id: KeyId) -> Result<(), KeyringError> {
        let refused = |reason| KeyringError::NotRetirable { root: id, reason };
        let known = self.parts().store.roots().await?;
        let row = known.iter().find(|row| row.id == id).cloned().ok_or(KeyringError::UnknownKey(id))?;
        let given = self.roots().ids();
        let others = known.iter().filter(|row| row.id != id && row.state == RootState::Active);
        let others: Vec<KeyId> = others.map(|row| row.id).filter(|id| given.contains(id)).collect();
        if others.is_empty() {
            return Err(refused("no other active root key was given: rotate to the next one first"));
        }
        if self.any_depends_on(id, &others).await? {
            return Err(refused("some keys are wrapped under it alone: run `vault rotate-root` again"));
        }
        if row.state == RootState::Active {
            // From here on some keys lack it; a kill in between must not leave it looking complete.
            self.set_state(row.clone(), RootState::Staged).await?;
        }
        self.unwrap_all(id).await?;
        let before = Some(RootRecord { state: RootState::Staged, ..row });
        self.parts().store.apply(vec![Change::Root { before, after: None }]).await
    }

    async fn any_depends_on(&self, root: KeyId, others: &[KeyId]) -> Result<bool, KeyringError> {
        let mut after = None;
        while let Some(owners) = self.next_owners(&mut after).await? {
            for owner in owners {
                let rows = self.parts().store.data_keys(owner).await?;
                let live =
                    rows.iter().filter(|row| row.state != KeyState::Destroyed && is_wrapped(row, root));
                if live.into_iter().any(|row| !others.iter().any(|other| is_wrapped(row, *other))) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    async fn unwrap_all(&self, root: KeyId) -> Result<(), KeyringError> {
        let mut after = None;
        while let Some(owners) = self.next_owners(&mut after).await? {
            let mut changes = Vec::new();
            for owner in owners {
                let rows = self.parts().store.data_keys(owner).await?;
                changes.extend(rows.into_iter().filter(|row| is_wrapped(row, root)).map(|before| {
                    let mut after = before.clone();
                    after.wrappings.retain(|wrapping| wrapping.root != root);
                    Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) }
                }));
            }
            if !changes.is_empty() {
                self.parts().store.apply(changes).await?;
            }
        }
        Ok(())
    }

    /// Opens every wrapping under every root that this process was given, and every key that is sealed under a data key.
    ///
    /// # Errors
    /// When the keyring's store cannot be read. What cannot be opened is no error but a finding.
    pub async fn verify(&self) -> Result<Verification, KeyringError> {
        let (mut after, mut found) = (None, Verification::default());
        while let Some(owners) = self.next_owners(&mut after).await? {
            for owner in owners {
                for row in self.parts().store.data_keys(owner).await? {
                    self.verify_wrappings(&row, &mut found).await;
                }
                self.verify_sealed_keys(owner, &mut found).await?;
            }
        }
        Ok(found)
    }

    async fn verify_wrappings(&self, row: &DataKeyRecord, found: &mut Verification) {
        for root in self.roots().iter() {
            let wrapping = row.wrappings.iter().find(|wrapping| wrapping.root == root.root());
            let Some(wrapping) = wrapping else { continue };
            match root.unwrap(&wrapping.bytes, row.id, &self.context(row)).await {
                Ok(_key) => found.wrappings += 1,
                Err(error) => found.failures.push((row.owner, row.id, error.to_string())),
            }
        }
    }

    async fn verify_sealed_keys(
        &self,
        owner: KeyOwner,
        found: &mut Verification,
    ) -> Result<(), KeyringError> {
        for row in self.parts().store.sealed_keys(owner).await? {
            let opened = match self.keys(owner).await {
                Ok(keys) => sealed_key::open(&row, &keys),
                Err(error) => Err(error),
            };
            match opened {
                Ok(_key) => found.sealed_keys += 1,
                Err(error) => found.failures.push((owner, row.sealed.key_id(), error.to_string())),
            }
        }
        Ok(())
    }
}

impl RotationPlan {
    fn count(&mut self, row: &DataKeyRecord) {
        *self.keys.entry(row.state).or_default() += 1;
        let live = row.state != KeyState::Destroyed;
        for root in self.roots.iter_mut().filter(|root| live && is_wrapped(row, root.id)) {
            root.wrapped += 1;
        }
    }
}

fn is_wrapped(row: &DataKeyRecord, root: KeyId) -> bool {
    row.wrappings.iter().any(|wrapping| wrapping.root == root)
}
