//! Reading a backup to its end before a row of it is written anywhere.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::sync::Arc;

use prodops_core::keyring::KeyOwner;
use prodops_store::contract::ErasureSubject;
use prodops_store::ledger::{LedgerEvent, Standing};

use super::error::BackupError;
use super::manifest::{MANIFEST, Manifest, NOTE, PartEntry, part_name};
use super::part::{PartPlace, PartReader, check_digest};
use super::retention::BackupInfo;
use super::target::BackupTarget;
use super::write::blocking;
use crate::engine::entry::Engine;
use crate::engine::error::EngineError;

/// How many rows are read at once.
pub(super) const STEP: usize = 2_000;
/// The longest manifest: some hundred thousand workspaces.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A backup that was read to its end, and is what was written.
pub(super) struct Verified {
    pub(super) name: String,
    pub(super) manifest: Manifest,
    /// The parts that are restored: not those of workspaces that were deleted since.
    pub(super) parts: Vec<PartEntry>,
}

impl Engine {
    /// Verifies a backup: signature, environment, version, ledger, every digest, every stream to its last row.
    pub(super) async fn verified(
        &self,
        target: &Arc<dyn BackupTarget>,
        backup: &BackupInfo,
    ) -> Result<Verified, EngineError> {
        let (name, environment) = (backup.name(), self.parts().environment);
        let verifier = self.backup_signer().await?.verifier();
        let (read, of) = (Arc::clone(target), name.clone());
        let (json, note) =
            blocking(move || Ok((whole(read.as_ref(), &of, MANIFEST)?, whole(read.as_ref(), &of, NOTE)?)))
                .await?;
        let manifest = Manifest::open(&json, &note, &verifier, environment)?;
        if manifest.id != backup.id {
            return Err(BackupError::damaged(name, "the manifest is of another backup").into());
        }
        let standing = self.parts().ledger()?.standing().await?;
        if !standing.reaches(&manifest.ledger) {
            return Err(BackupError::LedgerBehind.into());
        }
        let (read, of, listed) = (Arc::clone(target), name.clone(), manifest.clone());
        blocking(move || check_files(read.as_ref(), &of, &listed)).await?;
        let mut parts = manifest.parts.clone();
        parts.retain(|part| !is_deleted(&standing, part.owner));
        for part in &parts {
            let mut reader = self.part(target, &name, &manifest, part).await?;
            loop {
                let (rest, rows) = next(reader, part.owner).await?;
                reader = rest;
                if rows.is_empty() {
                    break;
                }
            }
        }
        Ok(Verified { name, manifest, parts })
    }

    /// Begins to read an owner's stream.
    pub(super) async fn part(
        &self,
        target: &Arc<dyn BackupTarget>,
        backup: &str,
        manifest: &Manifest,
        entry: &PartEntry,
    ) -> Result<PartReader, EngineError> {
        let (owner, environment) = (entry.owner, self.parts().environment);
        let key = match self.parts().keyring()?.existing_backup_key(owner).await {
            Ok(Some(key)) => key,
            Ok(None) | Err(prodops_core::keyring::KeyringError::NoKeys(_)) => {
                return Err(BackupError::NoKey { owner }.into());
            }
            Err(error) => return Err(error.into()),
        };
        let place = PartPlace { environment, backup: manifest.id, owner };
        let (target, backup, entry) = (Arc::clone(target), backup.to_owned(), entry.clone());
        let begun = blocking(move || {
            let name = part_name(owner);
            let file = target.open(&backup, &name).map_err(BackupError::io(name.clone()))?;
            PartReader::begin(file, &key, place, entry).map_err(|error| unreadable(&name, 0, &error))
        });
        Ok(begun.await?)
    }
}

/// The next rows of a stream; none at its end.
pub(super) async fn next(
    mut reader: PartReader,
    owner: KeyOwner,
) -> Result<(PartReader, Vec<prodops_store::contract::PortableRow>), BackupError> {
    blocking(move || {
        let rows = reader.batch(STEP);
        let rows = rows.map_err(|error| unreadable(&part_name(owner), reader.read(), &error))?;
        Ok((reader, rows))
    })
    .await
}

fn unreadable(part: &str, rows: u64, error: &io::Error) -> BackupError {
    BackupError::damaged(format!("{part}, behind row {rows}"), error)
}

/// Whether a workspace was deleted since: nothing of it comes back, and its keys are gone anyway.
fn is_deleted(standing: &Standing, owner: KeyOwner) -> bool {
    let Some(id) = owner.workspace() else { return false };
    let last = standing.last();
    let last = last.get(&ErasureSubject::Workspace(id));
    matches!(last, Some(LedgerEvent::Begun(_) | LedgerEvent::Finished(_)))
}

fn whole(target: &dyn BackupTarget, backup: &str, part: &str) -> Result<Vec<u8>, BackupError> {
    let file = target.open(backup, part).map_err(BackupError::io(format!("{backup}/{part}")))?;
    let mut bytes = Vec::new();
    let most = LONGEST.saturating_add(1);
    file.take(most).read_to_end(&mut bytes).map_err(BackupError::io(format!("{backup}/{part}")))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LONGEST {
        return Err(BackupError::damaged(part, "it is too long"));
    }
    Ok(bytes)
}

/// Exactly the files of the manifest, each with its own digest.
fn check_files(target: &dyn BackupTarget, backup: &str, manifest: &Manifest) -> Result<(), BackupError> {
    let found = target.parts(backup).map_err(BackupError::io(backup))?;
    let found: BTreeSet<String> = found.into_iter().collect();
    let own = [MANIFEST.to_owned(), NOTE.to_owned()];
    let listed: BTreeSet<String> =
        manifest.parts.iter().map(|part| part_name(part.owner)).chain(own).collect();
    if listed.len() != manifest.parts.len().saturating_add(2) {
        return Err(BackupError::damaged(MANIFEST, "an owner is listed twice"));
    }
    if let Some(odd) = found.symmetric_difference(&listed).next() {
        let problem = if listed.contains(odd) { "it is missing" } else { "the manifest does not know it" };
        return Err(BackupError::damaged(odd, problem));
    }
    for part in &manifest.parts {
        let name = part_name(part.owner);
        let file = target.open(backup, &name).map_err(BackupError::io(name.clone()))?;
        check_digest(file, part).map_err(|error| BackupError::damaged(name, error))?;
    }
    Ok(())
}
