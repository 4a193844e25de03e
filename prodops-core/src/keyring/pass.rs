//! One pass over the data keys of every owner: wrappings under a root are added or removed, in batches.

use super::error::KeyringError;
use super::lifecycle::unchanged;
use super::owner::KeyOwner;
use super::record::{DataKeyRecord, KeyState, RootRecord, RootState};
use super::ring::{ATTEMPTS, Keyring};
use super::root::RootError;
use super::store::Change;
use crate::vault::KeyId;

/// How many owners are changed at a time: a batch is one write of the keyring.
const BATCH: usize = 500;
/// How often a batch is tried again when one of its owners was changed meanwhile. After that each owner goes alone, so that
/// one who changes all the time does not hold the others up.
const BATCH_ATTEMPTS: u32 = 3;

/// What is done to the data keys.
pub(super) enum Pass {
    /// Live keys that the root does not wrap are wrapped under it.
    Wrap { root: KeyId },
    /// Wrappings under the root are removed where one of the others stays.
    Unwrap { root: KeyId, others: Vec<KeyId> },
    /// Nothing, but it is refused where [`Pass::Unwrap`] would be.
    Look { root: KeyId, others: Vec<KeyId> },
}

impl Keyring {
    /// Tells how many keys were changed.
    pub(super) async fn pass(&self, pass: &Pass) -> Result<u64, KeyringError> {
        let (mut after, mut changed) = (None, 0);
        while let Some(owners) = self.next_owners(&mut after).await? {
            changed += match self.change(pass, &owners, BATCH_ATTEMPTS).await {
                Err(KeyringError::Conflict) => self.change_each(pass, &owners).await?,
                done => done?,
            };
        }
        Ok(changed)
    }

    pub(super) async fn next_owners(
        &self,
        after: &mut Option<KeyOwner>,
    ) -> Result<Option<Vec<KeyOwner>>, KeyringError> {
        let owners = self.parts().store.owners(*after, BATCH).await?;
        *after = owners.last().copied();
        Ok((!owners.is_empty()).then_some(owners))
    }

    async fn change_each(&self, pass: &Pass, owners: &[KeyOwner]) -> Result<u64, KeyringError> {
        let mut changed = 0;
        for owner in owners.chunks(1) {
            changed += self.change(pass, owner, ATTEMPTS).await?;
        }
        Ok(changed)
    }

    async fn change(&self, pass: &Pass, owners: &[KeyOwner], attempts: u32) -> Result<u64, KeyringError> {
        for _ in 0..attempts {
            let changes = self.changes(pass, owners).await?;
            let count = changes.len() as u64;
            if count == 0 {
                return Ok(0);
            }
            let guards = pass.guards(&self.parts().store.roots().await?)?;
            match self.parts().store.apply(changes.into_iter().chain(guards).collect()).await {
                Err(KeyringError::Conflict) => {}
                done => return done.map(|()| count),
            }
        }
        Err(KeyringError::Conflict)
    }

    async fn changes(&self, pass: &Pass, owners: &[KeyOwner]) -> Result<Vec<Change>, KeyringError> {
        let mut changes = Vec::new();
        for owner in owners {
            for row in self.parts().store.data_keys(*owner).await? {
                match pass {
                    Pass::Wrap { root } if is_live(&row) && row.wrapping(*root).is_none() => {
                        changes.push(self.wrapped_under(*root, row).await?);
                    }
                    Pass::Unwrap { root, others } => changes.extend(unwrapped(*root, others, row)?),
                    Pass::Look { root, others } => drop(unwrapped(*root, others, row)?),
                    Pass::Wrap { .. } => {}
                }
            }
        }
        Ok(changes)
    }

    /// The change that adds a wrapping, after the wrapping was opened again and is the same key.
    async fn wrapped_under(&self, root: KeyId, before: DataKeyRecord) -> Result<Change, KeyringError> {
        let roots = self.roots();
        let key = self.unwrap(&roots, &before).await?;
        let wrapping = self.wrap(root, &key, &before).await?;
        let provider = roots.get(root).ok_or(KeyringError::UnknownKey(root))?;
        let again = provider.unwrap(&wrapping.bytes, before.id, &self.context(&before)).await?;
        if !key.ct_eq(&again) {
            return Err(RootError::Refused(root).into());
        }
        let mut after = before.clone();
        after.wrappings.push(wrapping);
        Ok(Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) })
    }
}

impl Pass {
    /// What must hold of the roots while keys are changed: somebody else may decide otherwise about one of them meanwhile.
    fn guards(&self, known: &[RootRecord]) -> Result<Vec<Change>, KeyringError> {
        let in_state = |id: &KeyId, states: &[RootState]| {
            let root = known.iter().find(|row| row.id == *id && states.contains(&row.state));
            root.map(unchanged).ok_or(KeyringError::Conflict)
        };
        match self {
            Self::Wrap { root } => Ok(vec![in_state(root, &[RootState::Staged, RootState::Active])?]),
            Self::Unwrap { root, others } => {
                let stay = others.iter().map(|other| in_state(other, &[RootState::Active]));
                [in_state(root, &[RootState::Retiring])].into_iter().chain(stay).collect()
            }
            Self::Look { .. } => Ok(Vec::new()),
        }
    }
}

fn is_live(row: &DataKeyRecord) -> bool {
    row.state != KeyState::Destroyed
}

/// The change that removes a wrapping; refused where it would take the last one that another root opens.
fn unwrapped(root: KeyId, others: &[KeyId], before: DataKeyRecord) -> Result<Option<Change>, KeyringError> {
    if before.wrapping(root).is_none() {
        return Ok(None);
    }
    if is_live(&before) && !others.iter().any(|other| before.wrapping(*other).is_some()) {
        let reason = "some keys are wrapped under it alone: run `vault rotate-root` again";
        return Err(KeyringError::NotRetirable { root, reason });
    }
    let mut after = before.clone();
    after.wrappings.retain(|wrapping| wrapping.root != root);
    Ok(Some(Change::DataKey { before: Some(Box::new(before)), after: Box::new(after) }))
}
