//! Commits: their numbers in columns, all of them sealed beside.

use prodops_core::fact::{CommitFact, CommitId};
use prodops_core::id::RepositoryId;
use serde::Serialize;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::seals::Seals;
use super::value::{column, id, key, number};
use crate::contract::Plane;
use crate::error::StoreError;

pub(super) const COMMITS: Sealed = Sealed("commits", Plane::Workspace);

/// Rows that one statement brings.
const CHUNK: usize = 5_000;

/// The columns of many commits.
#[derive(Default)]
struct CommitColumns {
    repositories: Vec<Uuid>,
    ids: Vec<Vec<u8>>,
    committed: Vec<i64>,
    authors: Vec<Option<Uuid>>,
    added: Vec<i64>,
    deleted: Vec<i64>,
    files: Vec<i32>,
    labels: Vec<Option<i16>>,
    bots: Vec<bool>,
    merges: Vec<bool>,
    seals: Seals,
}

impl CommitColumns {
    fn add(&mut self, frame: &Frame, workspace: Uuid, row: &CommitFact) -> Result<(), StoreError> {
        self.repositories.push(id(row.repository.as_bytes()));
        self.ids.push(row.id.as_bytes().to_vec());
        self.committed.push(row.committed.at.as_millis());
        self.authors.push(row.author.map(|author| id(author.as_bytes())));
        self.added.push(number(row.added()));
        self.deleted.push(number(row.deleted()));
        self.files.push(i32::try_from(row.changes.len()).unwrap_or(i32::MAX));
        self.labels.push(row.label.as_ref().map(|label| variant(&label.label)).transpose()?);
        self.bots.push(row.bot);
        self.merges.push(row.is_merge());
        let key = key(&[workspace.as_bytes(), row.repository.as_bytes(), row.id.as_bytes()]);
        self.seals.add(frame, COMMITS, &key, row)
    }
}

/// The place of a value in the list of its kind, which only ever grows at the end, as in the sealed rows themselves.
pub(super) fn variant(value: &impl Serialize) -> Result<i16, StoreError> {
    let encoded = postcard::to_stdvec(value).map_err(|_| StoreError::Corrupt { table: COMMITS.0 })?;
    match encoded.as_slice() {
        [number] if *number < 0x80 => Ok(i16::from(*number)),
        _ => Err(StoreError::Corrupt { table: COMMITS.0 }),
    }
}

/// Adds commits and brings those that are there up to date; tells how many rows were written.
pub(super) async fn put(
    frame: &mut Frame,
    commits: impl Iterator<Item = &CommitFact>,
) -> Result<u64, StoreError> {
    let (commits, mut written) = (commits.collect::<Vec<_>>(), 0_u64);
    for chunk in commits.chunks(CHUNK) {
        written = written.saturating_add(put_chunk(frame, chunk).await?);
    }
    Ok(written)
}

async fn put_chunk(frame: &mut Frame, rows: &[&CommitFact]) -> Result<u64, StoreError> {
    let workspace = frame.workspace()?;
    let mut columns = CommitColumns::default();
    rows.iter().try_for_each(|row| columns.add(frame, workspace, row))?;
    let query = sqlx::query(
        "INSERT INTO prodops.commit_fact AS t (workspace_id, repository_id, id, committed_ms, author_id, added, \
             deleted, files, label, bot, merge, digest, key_id, sealed) \
         SELECT $1, r.* FROM unnest($2::uuid[], $3::bytea[], $4::bigint[], $5::uuid[], $6::bigint[], \
             $7::bigint[], $8::integer[], $9::smallint[], $10::boolean[], $11::boolean[], $12::bytea[], \
             $13::uuid[], $14::bytea[]) AS r \
         ON CONFLICT (workspace_id, repository_id, id) DO UPDATE \
         SET committed_ms = excluded.committed_ms, author_id = excluded.author_id, added = excluded.added, \
             deleted = excluded.deleted, files = excluded.files, label = excluded.label, bot = excluded.bot, \
             merge = excluded.merge, digest = excluded.digest, key_id = excluded.key_id, \
             sealed = excluded.sealed \
         WHERE t.digest IS DISTINCT FROM excluded.digest",
    );
    let query = query.bind(workspace).bind(columns.repositories).bind(columns.ids).bind(columns.committed);
    let query = query.bind(columns.authors).bind(columns.added).bind(columns.deleted).bind(columns.files);
    let query = query.bind(columns.labels).bind(columns.bots).bind(columns.merges);
    let Seals { digests, key_ids, sealed } = columns.seals;
    frame.run(query.bind(digests).bind(key_ids).bind(sealed)).await
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
