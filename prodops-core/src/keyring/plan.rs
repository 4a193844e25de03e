//! Looking at a whole keyring: what a rotation would find, and whether everything opens. Nothing here changes a row.

use std::collections::BTreeMap;

use super::error::KeyringError;
use super::owner::KeyOwner;
use super::record::{DataKeyRecord, KeyState, RootState};
use super::ring::Keyring;
use super::root::Roots;
use super::sealed_key;
use crate::vault::KeyId;

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
    /// What could not be opened, or is not wrapped as it should be: the owner, the key, and why.
    pub failures: Vec<(KeyOwner, KeyId, String)>,
}

impl Keyring {
    /// What there would be to rotate for a process that is given these roots.
    ///
    /// # Errors
    /// When the keyring's store cannot be read.
    pub async fn plan(&self, roots: &Roots) -> Result<RotationPlan, KeyringError> {
        let known = self.parts().store.roots().await?;
        let given = roots.ids();
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

    /// Opens every wrapping under every one of these roots, and every key that is sealed under a data key, and looks whether
    /// each live data key is wrapped under each of these roots that is in use.
    ///
    /// # Errors
    /// When the keyring's store cannot be read. What cannot be opened is no error but a finding.
    pub async fn verify(&self, roots: &Roots) -> Result<Verification, KeyringError> {
        let known = self.parts().store.roots().await?;
        let in_use: Vec<KeyId> =
            known.iter().filter(|row| row.state == RootState::Active).map(|row| row.id).collect();
        let (mut after, mut found) = (None, Verification::default());
        while let Some(owners) = self.next_owners(&mut after).await? {
            for owner in owners {
                for row in self.parts().store.data_keys(owner).await? {
                    self.verify_wrappings(roots, &row, &mut found).await;
                    found.expect_wrappings(roots, &in_use, &row);
                }
                self.verify_sealed_keys(owner, &mut found).await?;
            }
        }
        Ok(found)
    }

    async fn verify_wrappings(&self, roots: &Roots, row: &DataKeyRecord, found: &mut Verification) {
        for root in roots.iter() {
            let Some(wrapping) = row.wrapping(root.root()) else { continue };
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

impl Verification {
    /// A root that is in use and does not open every key is one that cannot be relied on alone.
    fn expect_wrappings(&mut self, roots: &Roots, in_use: &[KeyId], row: &DataKeyRecord) {
        if row.state == KeyState::Destroyed {
            return;
        }
        let given = roots.ids();
        if given.iter().all(|root| row.wrapping(*root).is_none()) {
            let reason = "it is wrapped under none of the root keys that were given".to_owned();
            self.failures.push((row.owner, row.id, reason));
            return;
        }
        for root in given.iter().filter(|root| in_use.contains(root) && row.wrapping(**root).is_none()) {
            let reason = format!("it is not wrapped under root key {root}: run `vault rotate-root` again");
            self.failures.push((row.owner, row.id, reason));
        }
    }
}

impl RotationPlan {
    fn count(&mut self, row: &DataKeyRecord) {
        *self.keys.entry(row.state).or_default() += 1;
        let live = row.state != KeyState::Destroyed;
        for root in self.roots.iter_mut().filter(|root| live && row.wrapping(root.id).is_some()) {
            root.wrapped += 1;
        }
    }
}
