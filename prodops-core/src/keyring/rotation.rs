//! Root keys from their staging to their retirement: stage → wrap → verify → promote → retain → retire.
//!
//! Every step can be killed at any point and begun again: what is done already is found done.

use super::error::KeyringError;
use super::pass::Pass;
use super::record::{RootRecord, RootState};
use super::ring::{ATTEMPTS, Keyring};
use super::store::Change;
use crate::vault::KeyId;

impl Keyring {
    /// Brings every root that this process was given into use, and gives the ids of those that were not before: each
    /// live data key is wrapped under it, each wrapping is opened and compared, then the root is active. Roots from before stay
    /// in use until they are retired. A key that lacks a root in use, made by a process that was not given that root, gets
    /// it as well.
    ///
    /// # Errors
    /// When a root key or the keyring's store fails: begin again, what is done stays done.
    pub async fn rotate_roots(&self) -> Result<Vec<KeyId>, KeyringError> {
        let mut promoted = Vec::new();
        for id in self.roots().ids() {
            self.stage(id).await?;
            // Somebody who does not know the root yet may make keys meanwhile: until nothing is missing.
            while self.pass(&Pass::Wrap { root: id }).await? > 0 {}
            if self.set_state(id, &[RootState::Staged], RootState::Active).await? {
                promoted.push(id);
            }
        }
        Ok(promoted)
    }

    /// From here on new keys are wrapped under the root.
    async fn stage(&self, id: KeyId) -> Result<(), KeyringError> {
        let root = self.roots().get(id).ok_or(KeyringError::UnknownKey(id))?;
        for _ in 0..ATTEMPTS {
            let known = self.parts().store.roots().await?;
            let change = match known.into_iter().find(|row| row.id == id) {
                None => {
                    let row = self.root_record(root.as_ref(), RootState::Staged).await?;
                    Change::Root { before: None, after: Some(row) }
                }
                // A retirement that was not ended, and is not wanted any more.
                Some(row) if row.state == RootState::Retiring => in_state(row, RootState::Staged),
                Some(_) => return Ok(()),
            };
            match self.parts().store.apply(vec![change]).await {
                Err(KeyringError::Conflict) => {}
                done => return done,
            }
        }
        Err(KeyringError::Conflict)
    }

    /// Brings a root from one of these states into another. Tells whether it was not there yet.
    async fn set_state(&self, id: KeyId, from: &[RootState], to: RootState) -> Result<bool, KeyringError> {
        for _ in 0..ATTEMPTS {
            let row = self.root(id).await?;
            if row.state == to {
                return Ok(false);
            }
            // Somebody else decided otherwise about it.
            if !from.contains(&row.state) {
                break;
            }
            match self.parts().store.apply(vec![in_state(row, to)]).await {
                Err(KeyringError::Conflict) => {}
                done => return done.map(|()| true),
            }
        }
        Err(KeyringError::Conflict)
    }

    /// The keyring's row for a root.
    pub(super) async fn root(&self, id: KeyId) -> Result<RootRecord, KeyringError> {
        let known = self.parts().store.roots().await?;
        known.into_iter().find(|row| row.id == id).ok_or(KeyringError::UnknownKey(id))
    }

    /// Takes a root out of use: no new key is wrapped under it, its wrappings are removed, then the keyring forgets it.
    ///
    /// # Errors
    /// [`KeyringError::NotRetirable`] while some live key would be left without a root that this process was given;
    /// else when the keyring's store fails: begin again.
    pub async fn retire_root(&self, id: KeyId) -> Result<(), KeyringError> {
        let known = self.parts().store.roots().await?;
        if known.iter().all(|row| row.id != id) {
            return Err(KeyringError::UnknownKey(id));
        }
        let given = self.roots().ids();
        let others = known.iter().filter(|row| row.id != id && row.state == RootState::Active);
        let others: Vec<KeyId> = others.map(|row| row.id).filter(|id| given.contains(id)).collect();
        if others.is_empty() {
            let reason = "no other active root key was given: rotate to the next one first";
            return Err(KeyringError::NotRetirable { root: id, reason });
        }
        // A refusal should leave everything as it was; the pass below asks again, of every key that it changes.
        self.pass(&Pass::Look { root: id, others: others.clone() }).await?;
        self.set_state(id, &[RootState::Staged, RootState::Active], RootState::Retiring).await?;
        let unwrap = Pass::Unwrap { root: id, others };
        while self.pass(&unwrap).await? > 0 {}
        let row = self.root(id).await?;
        // INVARIANT: no key is wrapped under it any more. Since it is on its way out nobody wraps any under it, or else it is
        // not as it was here.
        match row.state {
            RootState::Retiring => {
                self.parts().store.apply(vec![Change::Root { before: Some(row), after: None }]).await
            }
            RootState::Staged | RootState::Active => Err(KeyringError::Conflict),
        }
    }
}

fn in_state(before: RootRecord, state: RootState) -> Change {
    let after = RootRecord { state, ..before.clone() };
    Change::Root { before: Some(before), after: Some(after) }
}
