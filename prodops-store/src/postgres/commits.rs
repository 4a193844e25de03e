//! Commits: read page by page, written in batches.
//!
//! A batch is sealed in pieces on threads of its own, while the server stores the piece before. Small batches travel as
//! arrays, large ones by `COPY` into a table of the transaction; either way the rows enter their table by `INSERT … SELECT`,
//! under its row-level security. What is stored just so already is neither sealed, nor sent, nor locked.

use std::pin::pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use prodops_core::fact::{CommitFact, CommitId};
use prodops_core::id::RepositoryId;
use sqlx::types::Uuid;

use super::commit_row::{CommitColumns, CommitRow, digest};
use super::copy::{CopyRows, END, HEADER};
use super::failure::Stored;
use super::frame::{Frame, Sealed};
use super::value::{column, id, key};
use crate::blocking::on_blocking_thread;
use crate::contract::Plane;
use crate::error::StoreError;
use crate::sealed::Keys;

pub(super) const COMMITS: Sealed = Sealed("commits", Plane::Workspace);

/// Rows that are sealed at a time, and that one statement brings when they travel as arrays.
const PIECE: usize = 1_250;
/// Pieces that are sealed while the server stores one.
const AHEAD: usize = 2;
/// From so many rows on, making a table for them costs less than it saves.
const STAGED_FROM: usize = 2_500;
/// Rows of a batch that are looked up to learn whether it brings only new ones.
const SAMPLE: usize = 16;

/// The statements that bring rows into the table: new ones only, or also those that are there.
macro_rules! statements {
    ($rows:literal) => {
        Statements { insert: statements!(@insert $rows), upsert: concat!(statements!(@insert $rows), statements!(@update)) }
    };
    (@insert $rows:literal) => {
        concat!(
            "INSERT INTO prodops.commit_fact AS t (workspace_id, repository_id, id, committed_ms, author_id, \
                 added, deleted, files, label, bot, merge, digest, key_id, sealed) \
             SELECT $1, r.* FROM ",
            $rows,
            " AS r"
        )
    };
    (@update) => {
        " ON CONFLICT (workspace_id, repository_id, id) DO UPDATE \
         SET committed_ms = excluded.committed_ms, author_id = excluded.author_id, added = excluded.added, \
             deleted = excluded.deleted, files = excluded.files, label = excluded.label, \
             bot = excluded.bot, merge = excluded.merge, digest = excluded.digest, \
             key_id = excluded.key_id, sealed = excluded.sealed \
         WHERE t.digest IS DISTINCT FROM excluded.digest"
    };
}

/// One way for rows to travel.
struct Statements {
    insert: &'static str,
    upsert: &'static str,
}

const FROM_ARRAYS: Statements = statements!(
    "unnest($2::uuid[], $3::bytea[], $4::bigint[], $5::uuid[], $6::bigint[], $7::bigint[], $8::integer[], \
     $9::smallint[], $10::boolean[], $11::boolean[], $12::bytea[], $13::uuid[], $14::bytea[])"
);
const FROM_STAGE: Statements = statements!("pg_temp.commit_stage");

/// What is known of the rows of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// None of them is there.
    New,
    /// Some may be.
    Some,
}

impl Statements {
    const fn when(&self, expected: Expected) -> &'static str {
        match expected {
            Expected::New => self.insert,
            Expected::Some => self.upsert,
        }
    }
}

#[cfg(any(test, feature = "testing"))]
pub(super) fn statements() -> impl Iterator<Item = &'static str> {
    [FROM_ARRAYS, FROM_STAGE].into_iter().flat_map(|way| [way.insert, way.upsert])
}

/// It goes with the transaction, which is what a pooler in transaction mode asks for.
const STAGE: &str = "CREATE TEMPORARY TABLE commit_stage (repository_id uuid, id bytea, committed_ms bigint, \
     author_id uuid, added bigint, deleted bigint, files integer, label smallint, bot boolean, merge boolean, \
     digest bytea, key_id uuid, sealed bytea) ON COMMIT DROP";

/// Adds commits and brings those that are there up to date; tells how many rows were written.
///
/// A batch that brings some rows again usually brings most of them again, so that a few tell which kind it is. To insert what is
/// new takes the server a quarter less than to ask of each row whether it is there, and that it was not new is no harm.
pub(super) async fn put(frame: &mut Frame, commits: Vec<CommitFact>) -> Result<u64, StoreError> {
    if commits.is_empty() {
        return Ok(0);
    }
    let commits = Arc::new(commits);
    let step = commits.len().div_ceil(SAMPLE).max(1);
    if stored_digests(frame, commits.iter().step_by(step)).await?.iter().all(Option::is_none) {
        frame.run(sqlx::query("SAVEPOINT commits")).await?;
        match write(frame, &commits, Expected::New).await {
            Err(StoreError::AlreadyExists { .. }) => {
                frame.run(sqlx::query("ROLLBACK TO SAVEPOINT commits")).await?;
            }
            outcome => return outcome,
        }
    }
    let changed = without_stored(frame, commits).await?;
    write(frame, &Arc::new(changed), Expected::Some).await
}

async fn write(
    frame: &mut Frame,
    commits: &Arc<Vec<CommitFact>>,
    expected: Expected,
) -> Result<u64, StoreError> {
    if commits.len() < STAGED_FROM {
        write_arrays(frame, commits, FROM_ARRAYS.when(expected)).await
    } else {
        write_staged(frame, commits, FROM_STAGE.when(expected)).await
    }
}

/// The commits that are not stored just so already.
async fn without_stored(
    frame: &mut Frame,
    commits: Arc<Vec<CommitFact>>,
) -> Result<Vec<CommitFact>, StoreError> {
    let stored = stored_digests(frame, commits.iter()).await?;
    let (keys, workspace) = (frame.keys.clone(), frame.workspace()?);
    on_blocking_thread(move || {
        let mut changed = Vec::new();
        for (row, stored) in commits.iter().zip(stored) {
            if stored.as_deref() != Some(&digest(&keys, workspace, row)?[..]) {
                changed.push(row.clone());
            }
        }
        Ok(changed)
    })
    .await
}

/// The digest of each commit that is stored, in the order of the question. Every one is looked up by its key, however many
/// rows the workspace has: no join is left to the planner.
async fn stored_digests(
    frame: &mut Frame,
    commits: impl Iterator<Item = &CommitFact>,
) -> Result<Vec<Option<Vec<u8>>>, StoreError> {
    let (repositories, ids): (Vec<Uuid>, Vec<Vec<u8>>) =
        commits.map(|row| (id(row.repository.as_bytes()), row.id.as_bytes().to_vec())).unzip();
    let query = sqlx::query(
        "SELECT (SELECT t.digest FROM prodops.commit_fact t \
                 WHERE t.workspace_id = $1 AND t.repository_id = r.repository_id AND t.id = r.id) \
         FROM unnest($2::uuid[], $3::bytea[]) WITH ORDINALITY AS r (repository_id, id, n) ORDER BY r.n",
    );
    let rows = frame.all(query.bind(frame.workspace()?).bind(repositories).bind(ids)).await?;
    rows.iter().map(|row| column(row, 0)).collect()
}

/// Pieces of a batch, sealed one after the other by `seal`, some of them before they are asked for.
fn pieces<T: Send + 'static>(
    frame: &Frame,
    commits: &Arc<Vec<CommitFact>>,
    seal: fn(&Keys, Uuid, &[CommitFact]) -> Result<T, StoreError>,
) -> Result<impl Stream<Item = Result<T, StoreError>> + use<T>, StoreError> {
    let (keys, workspace, commits) = (frame.keys.clone(), frame.workspace()?, Arc::clone(commits));
    let starts = stream::iter((0..commits.len()).step_by(PIECE));
    let sealing = starts.map(move |start| {
        let (keys, commits) = (keys.clone(), Arc::clone(&commits));
        on_blocking_thread(move || {
            let piece = commits.get(start..commits.len().min(start.saturating_add(PIECE)));
            seal(&keys, workspace, piece.unwrap_or_default())
        })
    });
    Ok(sealing.buffered(AHEAD))
}

async fn write_arrays(
    frame: &mut Frame,
    commits: &Arc<Vec<CommitFact>>,
    statement: &'static str,
) -> Result<u64, StoreError> {
    let (workspace, mut written) = (frame.workspace()?, 0_u64);
    let mut pieces = pin!(pieces(frame, commits, CommitColumns::seal)?);
    while let Some(columns) = pieces.try_next().await? {
        let query = sqlx::query(statement).bind(workspace).bind(columns.repositories).bind(columns.ids);
        let query = query.bind(columns.committed).bind(columns.authors).bind(columns.added);
        let query = query.bind(columns.deleted).bind(columns.files).bind(columns.labels);
        let query = query.bind(columns.bots).bind(columns.merges).bind(columns.digests);
        let rows = frame.run(query.bind(columns.key_ids).bind(columns.sealed)).await?;
        written = written.saturating_add(rows);
    }
    Ok(written)
}

async fn write_staged(
    frame: &mut Frame,
    commits: &Arc<Vec<CommitFact>>,
    statement: &'static str,
) -> Result<u64, StoreError> {
    frame.run(sqlx::query(STAGE)).await?;
    let mut pieces = pin!(pieces(frame, commits, copied)?);
    let mut copy = frame.copy("COPY pg_temp.commit_stage FROM STDIN (FORMAT binary)").await?;
    copy.send(HEADER).await.stored()?;
    while let Some(rows) = pieces.try_next().await? {
        copy.send(rows).await.stored()?;
    }
    copy.send(END).await.stored()?;
    copy.finish().await.stored()?;
    let workspace = frame.workspace()?;
    frame.run(sqlx::query(statement).bind(workspace)).await
}

fn copied(keys: &Keys, workspace: Uuid, commits: &[CommitFact]) -> Result<Vec<u8>, StoreError> {
    /// About what a commit of a few files takes.
    const ROW_BYTES: usize = 384;
    let mut rows = CopyRows::with_capacity(commits.len().saturating_mul(ROW_BYTES));
    commits.iter().try_for_each(|row| CommitRow::seal(keys, workspace, row)?.write(&mut rows))?;
    Ok(rows.into_bytes())
}

pub(super) async fn list(
    frame: &mut Frame,
    repository: RepositoryId,
    after: Option<CommitId>,
    limit: usize,
) -> Result<Vec<CommitFact>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query(
        "SELECT id, sealed FROM prodops.commit_fact \
         WHERE workspace_id = $1 AND repository_id = $2 AND id > $3 ORDER BY id LIMIT $4",
    );
    // Every id is longer than nothing, and comes after it.
    let after = after.map_or_else(Vec::new, |id| id.as_bytes().to_vec());
    let query = query.bind(workspace).bind(id(repository.as_bytes())).bind(after);
    let rows = frame.all(query.bind(super::value::limit(limit))).await?;
    let place = frame.place(COMMITS)?;
    let open = |row| {
        let key = key(&[workspace.as_bytes(), repository.as_bytes(), &column::<Vec<u8>>(row, 0)?]);
        place.open(&key, &column::<Vec<u8>>(row, 1)?)
    };
    rows.iter().map(open).collect()
}
