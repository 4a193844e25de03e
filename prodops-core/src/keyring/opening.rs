//! Start-up: whether the root key is the right one, and the first keys of a new deployment.

use super::error::{KeyringError, Sealed};
use super::owner::KeyOwner;
use super::record::{KeyState, RootRecord, RootState};
use super::ring::{Keyring, KeyringParts};
use super::root::{KeyProvider, RootError, Roots};
use super::store::Change;
use crate::vault::{self, Context, KeyId, Purpose, SealedRecord, VaultKey};

/// Whether there is data already that keys would have to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExistingData {
    /// There is: a keyring without keys is a keyring that was lost.
    Present,
    /// There is none: a new keyring may be begun.
    Absent,
}

/// What the check record of a root holds.
const CHECK: &[u8] = b"prodops";

impl Keyring {
    /// Opens a keyring, or begins a new one where there is neither a keyring nor data.
    ///
    /// # Errors
    /// [`KeyringError::Sealed`] when the deployment has no access to its keys: serve health, say so, change nothing.
    pub async fn open(parts: KeyringParts, data: ExistingData) -> Result<Self, KeyringError> {
        let ring = Self::over(parts);
        let known = ring.parts().store.roots().await?;
        match (known.is_empty(), data) {
            (true, ExistingData::Present) => return Err(Sealed::KeyringMissing.into()),
            (true, ExistingData::Absent) => ring.begin_or_join().await?,
            (false, _) => ring.check_roots(&ring.roots(), &known).await?,
        }
        Ok(ring)
    }

    /// Of several processes that start at the same time one begins the keyring. The others go on with that one.
    async fn begin_or_join(&self) -> Result<(), KeyringError> {
        match self.begin().await {
            Err(KeyringError::Conflict) => {
                let known = self.parts().store.roots().await?;
                self.check_roots(&self.roots(), &known).await
            }
            begun => begun,
        }
    }

    /// Uses other root keys from now on, such as the next one beside the present one: no restart is needed.
    ///
    /// # Errors
    /// [`KeyringError::Sealed`] when the deployment would have no access to its keys with these: then it goes on with those
    /// that it has.
    pub async fn use_roots(&self, roots: Roots) -> Result<(), KeyringError> {
        let known = self.parts().store.roots().await?;
        self.check_roots(&roots, &known).await?;
        self.set_roots(roots);
        Ok(())
    }

    async fn begin(&self) -> Result<(), KeyringError> {
        let mut changes = Vec::new();
        for root in self.roots().iter() {
            let row = self.root_record(root.as_ref(), RootState::Active).await?;
            changes.push(Change::Root { before: None, after: Some(row) });
        }
        let roots = self.roots().ids();
        changes.extend(self.first_keys(KeyOwner::Deployment, &roots).await?);
        self.parts().store.apply(changes).await
    }

    /// One root that is known and opens its check is enough, where one of them opens the deployment's key as well: a root on
    /// its way in may have wrapped nothing yet.
    async fn check_roots(&self, roots: &Roots, known: &[RootRecord]) -> Result<(), KeyringError> {
        let mut failures = Vec::new();
        for root in roots.iter() {
            let Some(row) = known.iter().find(|row| row.id == root.root()) else { continue };
            match self.check_root(root.as_ref(), row).await {
                Ok(()) => return self.check_deployment(roots).await,
                Err(error) => failures.push((row.id, error)),
            }
        }
        Err(Sealed::after(&failures).unwrap_or_else(|| Sealed::wrong_root(known, roots.ids())).into())
    }

    async fn check_deployment(&self, roots: &Roots) -> Result<(), KeyringError> {
        let owner = KeyOwner::Deployment;
        let rows = self.parts().store.data_keys(owner).await?;
        let active = rows.iter().find(|row| row.state == KeyState::Active);
        let active = active.ok_or(KeyringError::NoKeys(owner))?;
        let wrong = || Sealed::WrongRoot {
            expected: active.wrappings.iter().map(|wrapping| wrapping.root).collect(),
            found: roots.ids(),
        };
        match self.unwrap(roots, active).await {
            Err(KeyringError::UnknownKey(_)) => Err(wrong().into()),
            Err(KeyringError::Unwrap { failures, .. }) => {
                Err(Sealed::after(&failures).unwrap_or_else(wrong).into())
            }
            opened => opened.map(drop),
        }
    }

    /// Whether a root opens what it once made. What comes back proves the key, not only the provider's word.
    async fn check_root(&self, root: &dyn KeyProvider, row: &RootRecord) -> Result<(), RootError> {
        let refused = || RootError::Refused(row.id);
        let context = self.check_context(row.id);
        let id = row.proof.key_id();
        let key = root.unwrap(&row.check, id, &context).await?;
        vault::open(&key, Purpose::KeyCheck, &context, &row.proof).map(drop).map_err(|_| refused())
    }

    /// A row for a root key, with a check that only this root opens.
    pub(super) async fn root_record(
        &self,
        root: &dyn KeyProvider,
        state: RootState,
    ) -> Result<RootRecord, KeyringError> {
        let KeyringParts { entropy, clock, .. } = self.parts();
        let context = self.check_context(root.root());
        let key = VaultKey::generate(entropy.as_ref())?;
        let proof: SealedRecord = vault::seal(&key, Purpose::KeyCheck, &context, CHECK, entropy.as_ref())?;
        let check = root.wrap(&key, &context).await?;
        Ok(RootRecord { id: root.root(), state, created: clock.now(), check, proof })
    }

    fn check_context(&self, root: KeyId) -> Context<'static> {
        Context {
            environment: self.parts().environment,
            workspace: None,
            kind: "root-key",
            record: *root.as_bytes(),
            field: "check",
            generation: 0,
        }
    }
}
