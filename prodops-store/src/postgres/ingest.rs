//! A batch in one transaction: fence, cursor, rows. What is locked is locked in the order of the tables below and, within
//! one, of its keys, so that two batches never wait for each other in a circle.

use std::collections::BTreeSet;

use prodops_core::fact::{CommitId, PathKey};
use prodops_core::id::{ConnectionId, RepositoryId};
use prodops_core::input::StreamName;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::leases::fence;
use super::value::{bytes, column, id, key};
use super::{commits, line_log, people, repositories, tip_files};
use crate::contract::{IngestOutcome, Plane, RowBatch};
use crate::error::{Current, StoreError};

pub(super) const CURSORS: Sealed = Sealed("cursors", Plane::Workspace);

pub(super) async fn ingest(frame: &mut Frame, batch: RowBatch) -> Result<IngestOutcome, StoreError> {
    fence(frame, batch.connection, batch.epoch, false).await?;
    advance_cursor(frame, &batch).await?;
    let rows = batch.repositories.len() + batch.people.len() + batch.commits.len() + batch.coverage.len();
    let rows = rows + batch.lines.len() + batch.tip_files.len();
    let rows = u64::try_from(rows).unwrap_or(u64::MAX);
    let mut written = repositories::put(frame, batch.connection, &batch.repositories).await?;
    check_repositories(frame, &batch).await?;
    written += people::put(frame, &batch.people).await?;
    written += repositories::put_coverage(frame, &batch.coverage).await?;
    written += line_log::put(frame, &batch.lines).await?;
    written += tip_files::put(frame, &batch.tip_files).await?;
    written += commits::put(frame, batch.commits.into_values().collect()).await?;
    Ok(IngestOutcome { written, unchanged: rows.saturating_sub(written) })
}

/// The name of a stream is looked up by its keyed hash.
pub(super) fn stream_hash(frame: &Frame, stream: &str) -> Result<[u8; 16], StoreError> {
    Ok(frame.keys.of(Plane::Workspace)?.lookup_hash(stream.as_bytes())?)
}

pub(super) async fn cursor(
    frame: &mut Frame,
    connection: ConnectionId,
    stream: &StreamName,
) -> Result<Option<Vec<u8>>, StoreError> {
    const LOOK: &str =
        "SELECT sealed FROM prodops.cursor WHERE workspace_id = $1 AND connection_id = $2 AND stream = $3";
    let hash = stream_hash(frame, stream.as_str())?;
    read_cursor(frame, connection, &hash, LOOK).await
}

async fn read_cursor(
    frame: &mut Frame,
    connection: ConnectionId,
    stream: &[u8; 16],
    query: &'static str,
) -> Result<Option<Vec<u8>>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query(query).bind(workspace).bind(id(connection.as_bytes())).bind(&stream[..]);
    let found = bytes(frame.one(query).await?.as_ref())?;
    let place = frame.place(CURSORS)?;
    let key = key(&[workspace.as_bytes(), connection.as_bytes(), stream]);
    // With the name of the stream, which nothing else tells.
    let found = found.map(|sealed| place.open::<(String, Vec<u8>)>(&key, &sealed)).transpose()?;
    Ok(found.map(|(_, cursor)| cursor))
}

async fn advance_cursor(frame: &mut Frame, batch: &RowBatch) -> Result<(), StoreError> {
    const LOCK: &str = "SELECT sealed FROM prodops.cursor \
                        WHERE workspace_id = $1 AND connection_id = $2 AND stream = $3 FOR NO KEY UPDATE";
    let stream = stream_hash(frame, batch.stream.as_str())?;
    let current = read_cursor(frame, batch.connection, &stream, LOCK).await?;
    if current != batch.expected_cursor {
        return Err(conflict(current));
    }
    if current.as_ref() == Some(&batch.next_cursor) {
        return Ok(());
    }
    let written = match current {
        Some(_) => move_cursor(frame, batch, &stream).await?,
        None => add_cursor(frame, batch.connection, batch.stream.as_str(), &batch.next_cursor).await?,
    };
    if written == 0 {
        // Somebody else made the first one.
        return Err(conflict(read_cursor(frame, batch.connection, &stream, LOCK).await?));
    }
    Ok(())
}

async fn move_cursor(frame: &mut Frame, batch: &RowBatch, stream: &[u8; 16]) -> Result<u64, StoreError> {
    let workspace = frame.workspace()?;
    let key = key(&[workspace.as_bytes(), batch.connection.as_bytes(), stream]);
    let (key_id, sealed) = frame.seal(CURSORS, &key, &(batch.stream.as_str(), &batch.next_cursor))?;
    let query = sqlx::query(
        "UPDATE prodops.cursor SET key_id = $4, sealed = $5 \
         WHERE workspace_id = $1 AND connection_id = $2 AND stream = $3",
    );
    let query = query.bind(workspace).bind(id(batch.connection.as_bytes())).bind(&stream[..]);
    frame.run(query.bind(key_id).bind(sealed)).await
}

/// Adds the first cursor of a stream; 0 when there is one.
pub(super) async fn add_cursor(
    frame: &mut Frame,
    connection: ConnectionId,
    stream: &str,
    cursor: &[u8],
) -> Result<u64, StoreError> {
    let (workspace, hash) = (frame.workspace()?, stream_hash(frame, stream)?);
    let key = key(&[workspace.as_bytes(), connection.as_bytes(), &hash]);
    let (key_id, sealed) = frame.seal(CURSORS, &key, &(stream, cursor.to_vec()))?;
    let query = sqlx::query(
        "INSERT INTO prodops.cursor (workspace_id, connection_id, stream, key_id, sealed) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
    );
    let query = query.bind(workspace).bind(id(connection.as_bytes())).bind(&hash[..]);
    frame.run(query.bind(key_id).bind(sealed)).await
}

fn conflict(current: Option<Vec<u8>>) -> StoreError {
    StoreError::Conflict { current: current.map_or(Current::Absent, Current::Cursor) }
}

/// INVARIANT: a repository stays with the connection that brought it, and everything about it comes through that one. The
/// rows stay locked until the batch is in: that is what a foreign key on each commit would do, once per batch.
async fn check_repositories(frame: &mut Frame, batch: &RowBatch) -> Result<(), StoreError> {
    let mut ids: BTreeSet<RepositoryId> = batch.expected_repositories();
    ids.extend(batch.repositories.keys());
    lock_repositories(frame, batch.connection, &ids).await
}

async fn lock_repositories(
    frame: &mut Frame,
    connection: ConnectionId,
    repositories: &BTreeSet<RepositoryId>,
) -> Result<(), StoreError> {
    if repositories.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = repositories.iter().map(|repository| id(repository.as_bytes())).collect();
    let query = sqlx::query(
        "SELECT id, connection_id FROM prodops.repository WHERE workspace_id = $1 AND id = ANY($2) \
         ORDER BY id FOR KEY SHARE",
    );
    let rows = frame.all(query.bind(frame.workspace()?).bind(ids)).await?;
    for row in &rows {
        if column::<Uuid>(row, 1)? != id(connection.as_bytes()) {
            return Err(StoreError::invalid("repository", "belongs to another connection"));
        }
    }
    if rows.len() < repositories.len() {
        return Err(StoreError::invalid("repository", "does not exist"));
    }
    Ok(())
}

/// Lets whoever holds the connection remove rows of its repository.
async fn hold_repository(
    frame: &mut Frame,
    connection: ConnectionId,
    repository: RepositoryId,
    epoch: u64,
) -> Result<(), StoreError> {
    fence(frame, connection, epoch, false).await?;
    lock_repositories(frame, connection, &BTreeSet::from([repository])).await
}

pub(super) async fn retain_commits(
    frame: &mut Frame,
    connection: ConnectionId,
    repository: RepositoryId,
    epoch: u64,
    keep: &BTreeSet<CommitId>,
) -> Result<u64, StoreError> {
    hold_repository(frame, connection, repository, epoch).await?;
    let keep: Vec<Vec<u8>> = keep.iter().map(|id| id.as_bytes().to_vec()).collect();
    let query = sqlx::query(
        "DELETE FROM prodops.commit_fact t WHERE t.workspace_id = $1 AND t.repository_id = $2 \
         AND NOT EXISTS (SELECT FROM unnest($3::bytea[]) AS kept (id) WHERE kept.id = t.id)",
    );
    let query = query.bind(frame.workspace()?).bind(id(repository.as_bytes()));
    frame.run(query.bind(keep)).await
}

pub(super) async fn retain_tip_files(
    frame: &mut Frame,
    connection: ConnectionId,
    repository: RepositoryId,
    epoch: u64,
    keep: &BTreeSet<PathKey>,
) -> Result<u64, StoreError> {
    hold_repository(frame, connection, repository, epoch).await?;
    tip_files::retain(frame, repository, keep).await
}
