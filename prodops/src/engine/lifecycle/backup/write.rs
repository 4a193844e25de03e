//! Making a backup.

use std::io;
use std::sync::Arc;

use prodops_core::audit::{Actor, AuditObject, NoteSigner};
use prodops_core::id::BackupId;
use prodops_core::keyring::{KeyOwner, KeyringError};
use prodops_store::backend::Snapshot;
use prodops_store::contract::{ErasureSubject, PurgeState};
use prodops_store::portable;

use super::error::BackupError;
use super::manifest::{MANIFEST, Manifest, NOTE, PartEntry, part_name, signer_name};
use super::part::{PartPlace, PartWriter};
use super::retention::BackupInfo;
use super::target::{BackupTarget, UnfinishedBackup};
use crate::engine::entry::Engine;
use crate::engine::error::EngineError;

/// How many rows are read at once.
const STEP: usize = 2_000;

/// Runs to its end on a thread that may block, also when the caller goes away.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, BackupError> + Send + 'static,
) -> Result<T, BackupError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|stopped| Err(BackupError::io("a thread of the backup")(io::Error::other(stopped))))
}

type Unfinished = Box<dyn UnfinishedBackup>;

impl Engine {
    /// Makes a backup of the whole deployment as it is now. Nobody sees it before it is whole and on the disk; killed anywhere,
    /// it was never there.
    ///
    /// # Errors
    /// When the store, the keyring or the place of the backups fails.
    pub async fn backup(&self, target: &Arc<dyn BackupTarget>) -> Result<BackupInfo, EngineError> {
        let parts = self.parts();
        let id = BackupId::generate(parts.clock.as_ref(), parts.entropy.as_ref())?;
        let info = BackupInfo::new(id, parts.clock.now());
        // Before the snapshot: the ledger may know more than the backup, never less.
        let ledger = parts.ledger()?.standing().await?.head();
        let mut snapshot = self.with_lifecycle(async |store| store.snapshot().await).await?;
        let workspaces = snapshot.workspaces().await?;
        let (begun, name) = (Arc::clone(target), info.name());
        let mut unfinished =
            blocking(move || begun.begin(&name).map_err(BackupError::io(name.clone()))).await?;
        let mut entries = Vec::new();
        let owners = workspaces.into_iter().map(KeyOwner::Workspace);
        for owner in std::iter::once(KeyOwner::Deployment).chain(owners) {
            let place = PartPlace { environment: parts.environment, backup: id, owner };
            let (rest, entry) = self.write_part(unfinished, snapshot.as_mut(), place).await?;
            unfinished = rest;
            entries.extend(entry);
        }
        let environment = parts.environment.as_str().to_owned();
        let (made, rows) = (info.made, portable::VERSION);
        self.publish(unfinished, Manifest { id, environment, made, rows, ledger, parts: entries }).await?;
        let event = self.deployment_event(Actor::Operator, None, "Backup", AuditObject::Deployment).await?;
        self.log_deployment(&event).await?;
        Ok(info)
    }

    /// Writes an owner's stream; none for a workspace that is being purged.
    async fn write_part(
        &self,
        mut unfinished: Unfinished,
        snapshot: &mut dyn Snapshot,
        place: PartPlace,
    ) -> Result<(Unfinished, Option<PartEntry>), EngineError> {
        let key = match self.parts().keyring()?.backup_key(place.owner).await {
            Err(KeyringError::NoKeys(owner)) if self.is_being_purged(owner).await? => {
                return Ok((unfinished, None));
            }
            key => key?,
        };
        let (entropy, name) = (Arc::clone(&self.parts().entropy), part_name(place.owner));
        let failed = name.clone();
        let (rest, mut writer) = blocking(move || {
            let file = unfinished.create(&name).map_err(BackupError::io(name.clone()))?;
            let writer = PartWriter::begin(file, &key, place, entropy.as_ref());
            Ok((unfinished, writer.map_err(BackupError::io(name))?))
        })
        .await?;
        let mut after = None;
        loop {
            let page = snapshot.rows(place.owner, after.as_ref(), STEP).await?;
            let failed = failed.clone();
            writer = blocking(move || {
                writer.rows(&page.rows).map_err(BackupError::io(failed))?;
                Ok(writer)
            })
            .await?;
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let entry = blocking(move || writer.finish().map_err(BackupError::io(failed))).await?;
        Ok((rest, Some(entry)))
    }

    async fn is_being_purged(&self, owner: KeyOwner) -> Result<bool, EngineError> {
        let Some(workspace) = owner.workspace() else { return Ok(false) };
        let subject = ErasureSubject::Workspace(workspace);
        let row = self.with_lifecycle(async |store| store.tombstone(subject).await).await?;
        Ok(row.is_some_and(|row| row.state != PurgeState::Pending))
    }

    /// The manifest and its note, then the name.
    async fn publish(&self, mut unfinished: Unfinished, manifest: Manifest) -> Result<(), EngineError> {
        let json = manifest.to_json();
        let note = manifest.sign(&json, &self.backup_signer().await?)?;
        blocking(move || {
            for (name, bytes) in [(MANIFEST, json.as_slice()), (NOTE, note.as_bytes())] {
                let mut file = unfinished.create(name).map_err(BackupError::io(name))?;
                file.write_all(bytes).and_then(|()| file.sync()).map_err(BackupError::io(name))?;
            }
            unfinished.publish().map_err(BackupError::io("the folder of the backups"))
        })
        .await?;
        Ok(())
    }

    pub(super) async fn backup_signer(&self) -> Result<NoteSigner, EngineError> {
        let parts = self.parts();
        Ok(NoteSigner::new(signer_name(&parts.origin)?, &parts.keyring()?.signing_key().await?))
    }
}
