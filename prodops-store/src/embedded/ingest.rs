//! A batch in one transaction: fence, cursor, rows.

use std::collections::BTreeSet;

use prodops_core::fact::{CommitId, Entity, PathKey};
use prodops_core::id::{ConnectionId, RepositoryId, WorkspaceId};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::key::Scoped;
use super::leases::fence;
use super::table::Table;
use super::tables::{COMMITS, COVERAGE, CURSORS, ERASED_PEOPLE, LINE_LOG, PEOPLE, REPOSITORIES, TIP_FILES};
use super::transaction::Writing;
use crate::contract::{IngestOutcome, LineLogKey, RowBatch};
use crate::error::{Current, StoreError};
use crate::sealed::row;

pub(super) fn ingest(
    tx: &Writing,
    workspace: WorkspaceId,
    batch: &RowBatch,
) -> Result<IngestOutcome, StoreError> {
    fence(tx, workspace, batch.connection, batch.epoch)?;
    advance_cursor(tx, workspace, batch)?;
    check_repositories(tx, workspace, batch)?;
    let mut outcome = IngestOutcome::default();
    put_all(
        tx,
        &REPOSITORIES,
        &mut outcome,
        batch.repositories.iter().map(|(id, row)| (Scoped::of(workspace).then(id.as_bytes()), row)),
    )?;
    put_people(tx, workspace, batch, &mut outcome)?;
    put_all(
        tx,
        &COMMITS,
        &mut outcome,
        batch.commits.iter().map(|((repository, id), row)| {
            (Scoped::of(workspace).then(repository.as_bytes()).then(id.as_bytes()), row)
        }),
    )?;
    for ((repository, entity), row) in &batch.coverage {
        let key = coverage_key(workspace, *repository, *entity)?;
        put_all(tx, &COVERAGE, &mut outcome, std::iter::once((key, row)))?;
    }
    put_lines(tx, workspace, batch, &mut outcome)?;
    put_all(
        tx,
        &TIP_FILES,
        &mut outcome,
        batch
            .tip_files
            .iter()
            .map(|((repository, path), row)| (tip_file_key(workspace, *repository, *path), row)),
    )?;
    Ok(outcome)
}

fn advance_cursor(tx: &Writing, workspace: WorkspaceId, batch: &RowBatch) -> Result<(), StoreError> {
    let key = cursor_key(workspace, batch.connection, batch.stream.as_str());
    let mut cursors = CURSORS.write(tx)?;
    let current = cursors.get(&key)?;
    if current != batch.expected_cursor {
        let current = current.map_or(Current::Absent, Current::Cursor);
        return Err(StoreError::Conflict { current });
    }
    cursors.put_if_changed(&key, &batch.next_cursor)?;
    Ok(())
}

/// INVARIANT: a repository stays with the connection that brought it, and everything about it comes through that one.
fn check_repositories(tx: &Writing, workspace: WorkspaceId, batch: &RowBatch) -> Result<(), StoreError> {
    for id in batch.repositories.keys() {
        if owner(tx, workspace, *id)?.is_some_and(|owner| owner != batch.connection) {
            return Err(StoreError::invalid("repository", "belongs to another connection"));
        }
    }
    batch
        .expected_repositories()
        .into_iter()
        .try_for_each(|id| require_repository(tx, workspace, batch.connection, id))
}

fn require_repository(
    tx: &Writing,
    workspace: WorkspaceId,
    connection: ConnectionId,
    repository: RepositoryId,
) -> Result<(), StoreError> {
    match owner(tx, workspace, repository)? {
        Some(owner) if owner == connection => Ok(()),
        Some(_) => Err(StoreError::invalid("repository", "belongs to another connection")),
        None => Err(StoreError::invalid("repository", "does not exist")),
    }
}

fn owner(
    tx: &Writing,
    workspace: WorkspaceId,
    repository: RepositoryId,
) -> Result<Option<ConnectionId>, StoreError> {
    let key = Scoped::of(workspace).then(repository.as_bytes());
    Ok(REPOSITORIES.write(tx)?.get(&key)?.map(|row| row.connection))
}

fn put_people(
    tx: &Writing,
    workspace: WorkspaceId,
    batch: &RowBatch,
    outcome: &mut IngestOutcome,
) -> Result<(), StoreError> {
    let (mut people, erased) = (PEOPLE.write(tx)?, ERASED_PEOPLE.write(tx)?);
    for (id, row) in &batch.people {
        let key = Scoped::of(workspace).then(id.as_bytes());
        let mut merged = match people.get(&key)? {
            Some(stored) => RowBatch::merge_person(stored, row.clone()),
            None => row.clone(),
        };
        if erased.contains(&key)? {
            merged.name = None;
        }
        count(outcome, people.put_if_changed(&key, &merged)?);
    }
    Ok(())
}

fn put_lines(
    tx: &Writing,
    workspace: WorkspaceId,
    batch: &RowBatch,
    outcome: &mut IngestOutcome,
) -> Result<(), StoreError> {
    let mut log = LINE_LOG.write(tx)?;
    for ((repository, entry), row) in &batch.lines {
        let of_repository = Scoped::of(workspace).then(repository.as_bytes());
        if let Some(replaced) = LineLogKey::replaced_by(row) {
            let void = replaced.start.as_bytes().as_slice()..replaced.end.as_bytes().as_slice();
            log.prune(&of_repository, |rest| !void.contains(&rest))?;
        }
        count(outcome, log.put_if_changed(&of_repository.then(entry.as_bytes()), row)?);
    }
    Ok(())
}

fn put_all<'r, Row: Serialize + DeserializeOwned + 'r>(
    tx: &Writing,
    table: &Table<Scoped, Row>,
    outcome: &mut IngestOutcome,
    rows: impl Iterator<Item = (Scoped, &'r Row)>,
) -> Result<(), StoreError> {
    let mut table = table.write(tx)?;
    for (key, row) in rows {
        count(outcome, table.put_if_changed(&key, row)?);
    }
    Ok(())
}

fn count(outcome: &mut IngestOutcome, written: bool) {
    let counter = if written { &mut outcome.written } else { &mut outcome.unchanged };
    *counter = counter.saturating_add(1);
}

/// What the keys of a repository's rows begin with, for whoever holds its connection.
fn held_repository(
    tx: &Writing,
    workspace: WorkspaceId,
    connection: ConnectionId,
    repository: RepositoryId,
    epoch: u64,
) -> Result<Scoped, StoreError> {
    fence(tx, workspace, connection, epoch)?;
    require_repository(tx, workspace, connection, repository)?;
    Ok(Scoped::of(workspace).then(repository.as_bytes()))
}

pub(super) fn retain_commits(
    tx: &Writing,
    workspace: WorkspaceId,
    connection: ConnectionId,
    repository: RepositoryId,
    epoch: u64,
    keep: &BTreeSet<CommitId>,
) -> Result<u64, StoreError> {
    let prefix = held_repository(tx, workspace, connection, repository, epoch)?;
    // What is no commit id cannot be in the set; it is not a row of ours either, and stays for the reader to report.
    let kept = |rest: &[u8]| CommitId::from_bytes(rest).map_or(true, |id| keep.contains(&id));
    COMMITS.write(tx)?.prune(&prefix, kept)
}

pub(super) fn retain_tip_files(
    tx: &Writing,
    workspace: WorkspaceId,
    connection: ConnectionId,
    repository: RepositoryId,
    epoch: u64,
    keep: &BTreeSet<PathKey>,
) -> Result<u64, StoreError> {
    let prefix = held_repository(tx, workspace, connection, repository, epoch)?;
    // What is no path key is not a row of ours, and stays for the reader to report.
    let kept =
        |rest: &[u8]| rest.try_into().map_or(true, |key| keep.contains(&PathKey(u64::from_be_bytes(key))));
    TIP_FILES.write(tx)?.prune(&prefix, kept)
}

pub(super) fn tip_file_key(workspace: WorkspaceId, repository: RepositoryId, path: PathKey) -> Scoped {
    Scoped::of(workspace).then(repository.as_bytes()).then(&path.0.to_be_bytes())
}

pub(super) fn cursor_key(workspace: WorkspaceId, connection: ConnectionId, stream: &str) -> Scoped {
    Scoped::of(workspace).then(connection.as_bytes()).then(stream.as_bytes())
}

pub(super) fn coverage_key(
    workspace: WorkspaceId,
    repository: RepositoryId,
    entity: Entity,
) -> Result<Scoped, StoreError> {
    // The entity's place in its list, which only ever grows at the end, as in the rows themselves.
    let entity = row::encode("coverage", &entity)?;
    Ok(Scoped::of(workspace).then(repository.as_bytes()).then(&entity))
}
