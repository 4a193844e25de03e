//! The engine's keys: whether it has them, and how rows come under new ones.

use prodops_core::audit::{Actor, AuditEvent, AuditObject, Decision};
use prodops_core::keyring::{KeyOwner, Keyring, KeyringError, RootState, Sealed};
use prodops_core::vault::KeyId;

use super::entry::{Engine, Inner};
use super::error::EngineError;

/// How many rows a step of a sweep looks at: one write of the store.
const STEP: usize = 2_000;

/// What bringing rows under the active key did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sweep {
    /// Rows that were sealed anew.
    pub rows: u64,
    /// Older keys that no row names any more and that were destroyed.
    pub retired: u64,
    /// Older keys that stay: a row names them, or another process may still seal with them.
    pub kept: u64,
}

impl Inner {
    pub(super) fn keyring(&self) -> Result<&Keyring, EngineError> {
        self.keyring.as_ref().map_err(|reason| EngineError::Sealed(reason.clone()))
    }
}

impl Engine {
    /// Why this engine has no access to its keys; `None` when it has. Without them it answers every other question with
    /// [`EngineError::Sealed`], and changes and deletes nothing.
    #[must_use]
    pub fn sealed(&self) -> Option<&Sealed> {
        self.parts().keyring.as_ref().err()
    }

    /// The deployment's keyring, for the operator's commands.
    ///
    /// # Security
    /// Whoever has it can open everything. Call it from commands and set-up code, never from a request handler.
    ///
    /// # Errors
    /// [`EngineError::Sealed`].
    pub fn keyring(&self) -> Result<&Keyring, EngineError> {
        self.parts().keyring()
    }

    /// Makes a new data key for an owner. What is written from now on is sealed under it; [`Engine::sweep`] brings the
    /// rest under it.
    ///
    /// # Errors
    /// When the keyring cannot be changed.
    pub async fn rotate_data_key(&self, owner: KeyOwner) -> Result<KeyId, EngineError> {
        let keyring = self.parts().keyring()?;
        // First the entry, of the key that is followed by another one: the next has no id yet.
        let before = keyring.keys(owner).await?.active();
        self.log_key("RotateDataKey", before, Decision::Allowed).await?;
        let rotated = keyring.rotate_data_key(owner).await;
        self.logged_failure("RotateDataKey", before, rotated).await
    }

    /// Brings every root key of the keyring's present list into use, and gives the ids of those that were not before.
    ///
    /// # Errors
    /// As [`Keyring::rotate_roots`].
    pub async fn rotate_roots(&self) -> Result<Vec<KeyId>, EngineError> {
        let keyring = self.parts().keyring()?;
        let roots = keyring.plan(&keyring.roots()).await?.roots.into_iter();
        let next: Vec<KeyId> = roots
            .filter(|root| root.given && root.state != Some(RootState::Active))
            .map(|root| root.id)
            .collect();
        for id in &next {
            self.log_key("RotateRootKey", *id, Decision::Allowed).await?;
        }
        let rotated = keyring.rotate_roots().await;
        match next.first() {
            Some(first) => self.logged_failure("RotateRootKey", *first, rotated).await,
            None => Ok(rotated?),
        }
    }

    /// Takes a root key out of use.
    ///
    /// # Errors
    /// As [`Keyring::retire_root`].
    pub async fn retire_root(&self, id: KeyId) -> Result<(), EngineError> {
        let keyring = self.parts().keyring()?;
        self.log_key("RetireRootKey", id, Decision::Allowed).await?;
        let retired = keyring.retire_root(id).await;
        self.logged_failure("RetireRootKey", id, retired).await
    }

    /// The keyring is no store of rows: entries stand beside a change, not in one transaction with it. What is about to be
    /// done comes first, so that nothing is done without an entry; a second one says that it came to nothing.
    async fn log_key(&self, action: &'static str, id: KeyId, decision: Decision) -> Result<(), EngineError> {
        let event = self.deployment_event(Actor::Operator, None, action, AuditObject::Key(id)).await?;
        self.log_deployment(&AuditEvent { decision, ..event }).await
    }

    async fn logged_failure<T>(
        &self,
        action: &'static str,
        id: KeyId,
        done: Result<T, KeyringError>,
    ) -> Result<T, EngineError> {
        if done.is_err() {
            self.log_key(action, id, Decision::Failed).await?;
        }
        Ok(done?)
    }

    /// Brings every row of an owner under its active key. It can be stopped anywhere, also by a kill: the next one finds
    /// what is left. Reads and writes go on meanwhile.
    ///
    /// # Errors
    /// When the store or the keyring fails.
    pub async fn sweep(&self, owner: KeyOwner) -> Result<Sweep, EngineError> {
        let parts = self.parts();
        let capability = parts.authority.control();
        let store = parts.store.control(&capability)?;
        let (mut sweep, mut after) = (Sweep::default(), None);
        loop {
            let step = store.reseal(owner, after.as_ref(), STEP).await?;
            sweep.rows += step.rows;
            match step.next {
                Some(next) => after = Some(next),
                None => return Ok(sweep),
            }
        }
    }

    /// Destroys the older keys of an owner that no row names any more.
    ///
    /// # Errors
    /// When the store or the keyring fails.
    pub async fn retire_data_keys(&self, owner: KeyOwner) -> Result<Sweep, EngineError> {
        let parts = self.parts();
        let (capability, keyring) = (parts.authority.control(), parts.keyring()?);
        let store = parts.store.control(&capability)?;
        let mut sweep = Sweep::default();
        // Cookies are sealed under the deployment's key, and no row names it for them.
        let rest = match owner {
            KeyOwner::Deployment => parts.authority.expiry().cookie_seconds(),
            KeyOwner::Workspace(_) => 0,
        };
        // Looking at every row is dear: only for keys that are old enough.
        let rested = keyring.rested_keys(owner, rest).await?;
        let older = keyring.older_keys(owner).await?;
        sweep.kept += older.iter().filter(|id| !rested.contains(id)).count() as u64;
        for id in rested {
            if store.rows_under(owner, id).await? > 0 {
                sweep.kept += 1;
                continue;
            }
            self.log_key("RetireDataKey", id, Decision::Allowed).await?;
            let retired = keyring.retire_data_key(owner, id, rest).await;
            self.logged_failure("RetireDataKey", id, retired).await?;
            sweep.retired += 1;
        }
        Ok(sweep)
    }
}
