//! The engine's keys: whether it has them, and how rows come under new ones.

use prodops_core::audit::{Actor, AuditObject};
use prodops_core::keyring::{KeyOwner, Keyring, KeyringError, Sealed};
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
        let id = self.parts().keyring()?.rotate_data_key(owner).await?;
        self.log_key("RotateDataKey", id).await?;
        Ok(id)
    }

    /// Brings every root key of the keyring's present list into use, and gives the ids of those that were not before.
    ///
    /// # Errors
    /// As [`Keyring::rotate_roots`].
    pub async fn rotate_roots(&self) -> Result<Vec<KeyId>, EngineError> {
        let promoted = self.parts().keyring()?.rotate_roots().await?;
        for id in &promoted {
            self.log_key("RotateRootKey", *id).await?;
        }
        Ok(promoted)
    }

    /// Takes a root key out of use.
    ///
    /// # Errors
    /// As [`Keyring::retire_root`].
    pub async fn retire_root(&self, id: KeyId) -> Result<(), EngineError> {
        // First the entry: a key that is gone cannot be looked for any more.
        self.log_key("RetireRootKey", id).await?;
        Ok(self.parts().keyring()?.retire_root(id).await?)
    }

    /// The keyring is no store of rows: the entry stands beside the change, not in one transaction with it.
    async fn log_key(&self, action: &'static str, id: KeyId) -> Result<(), EngineError> {
        let event = self.deployment_event(Actor::Operator, None, action, AuditObject::Key(id)).await?;
        self.log_deployment(&event).await
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
            match keyring.retire_data_key(owner, id, rest).await {
                Ok(()) => {
                    self.log_key("RetireDataKey", id).await?;
                    sweep.retired += 1;
                }
                Err(KeyringError::InUse(_)) => sweep.kept += 1,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(sweep)
    }
}
