//! Labels that commits were given, in their table.

use prodops_core::audit::AuditEvent;
use prodops_core::fact::{AssignedLabel, Assigner, CommitId};
use prodops_core::id::{RepositoryId, WorkspaceId};

use super::key::Scoped;
use super::log::Log;
use super::tables::{ASSIGNED_LABELS, REPOSITORIES};
use super::transaction::{Reading, Writing};
use crate::error::StoreError;
use crate::sealed::row;

pub(super) fn key(
    workspace: WorkspaceId,
    repository: RepositoryId,
    commit: CommitId,
    by: Assigner,
) -> Result<Scoped, StoreError> {
    let by = row::encode("assigned_labels", &by)?;
    Ok(Scoped::of(workspace).then(repository.as_bytes()).then(commit.as_bytes()).then(&by))
}

pub(super) fn assign(
    tx: &Writing,
    workspace: WorkspaceId,
    labels: &[AssignedLabel],
    event: &AuditEvent,
) -> Result<(), StoreError> {
    let (repositories, mut table) = (REPOSITORIES.write(tx)?, ASSIGNED_LABELS.write(tx)?);
    for label in labels {
        if !repositories.contains(&Scoped::of(workspace).then(label.repository.as_bytes()))? {
            return Err(StoreError::invalid("repository", "does not exist"));
        }
        table.put(&key(workspace, label.repository, label.commit, label.by)?, label)?;
    }
    Log::of(workspace).append(tx, std::slice::from_ref(event))
}

pub(super) fn withdraw(
    tx: &Writing,
    workspace: WorkspaceId,
    repository: RepositoryId,
    (commit, by): (CommitId, Assigner),
    event: &AuditEvent,
) -> Result<bool, StoreError> {
    if ASSIGNED_LABELS.write(tx)?.remove(&key(workspace, repository, commit, by)?)?.is_none() {
        return Ok(false);
    }
    Log::of(workspace).append(tx, std::slice::from_ref(event))?;
    Ok(true)
}

pub(super) fn list(
    tx: &Reading,
    workspace: WorkspaceId,
    repository: RepositoryId,
) -> Result<Vec<AssignedLabel>, StoreError> {
    ASSIGNED_LABELS.read(tx)?.all(&Scoped::of(workspace).then(repository.as_bytes()))
}
