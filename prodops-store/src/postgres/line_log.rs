//! The log of a repository's lines.

use std::collections::BTreeMap;

use prodops_core::fact::LineLogFact;
use prodops_core::id::RepositoryId;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::seals::Seals;
use super::value::{column, id, key, limit as most};
use crate::contract::{LineLogKey, LineLogPart, Plane};
use crate::error::StoreError;

pub(super) const LINE_LOG: Sealed = Sealed("line_log", Plane::Workspace);

fn row_key(workspace: Uuid, repository: RepositoryId, entry: &[u8]) -> Vec<u8> {
    key(&[workspace.as_bytes(), repository.as_bytes(), entry])
}

pub(super) async fn put(
    frame: &mut Frame,
    rows: &BTreeMap<(RepositoryId, LineLogKey), LineLogFact>,
) -> Result<u64, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let workspace = frame.workspace()?;
    let (mut repositories, mut entries, mut seals) = (Vec::new(), Vec::new(), Seals::default());
    for ((repository, entry), row) in rows {
        remove_replaced(frame, *repository, row).await?;
        repositories.push(id(repository.as_bytes()));
        entries.push(entry.as_bytes().to_vec());
        seals.add(frame, LINE_LOG, &row_key(workspace, *repository, entry.as_bytes()), row)?;
    }
    let query = sqlx::query(
        "INSERT INTO prodops.line_log AS t (workspace_id, repository_id, entry, digest, key_id, sealed) \
         SELECT $1, r.* FROM unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::uuid[], $6::bytea[]) AS r \
         ON CONFLICT (workspace_id, repository_id, entry) DO UPDATE \
         SET digest = excluded.digest, key_id = excluded.key_id, sealed = excluded.sealed \
         WHERE t.digest IS DISTINCT FROM excluded.digest",
    );
    let query = query.bind(workspace).bind(repositories).bind(entries);
    frame.run(query.bind(seals.digests).bind(seals.key_ids).bind(seals.sealed)).await
}

async fn remove_replaced(
    frame: &mut Frame,
    repository: RepositoryId,
    row: &LineLogFact,
) -> Result<(), StoreError> {
    let Some(replaced) = LineLogKey::replaced_by(row) else { return Ok(()) };
    let query = sqlx::query(
        "DELETE FROM prodops.line_log WHERE workspace_id = $1 AND repository_id = $2 \
         AND entry >= $3 AND entry < $4",
    );
    let query = query.bind(frame.workspace()?).bind(id(repository.as_bytes()));
    let query = query.bind(&replaced.start.as_bytes()[..]).bind(&replaced.end.as_bytes()[..]);
    frame.run(query).await.map(drop)
}

pub(super) async fn list(
    frame: &mut Frame,
    repository: RepositoryId,
    part: LineLogPart,
    after: Option<(u64, u64)>,
    limit: usize,
) -> Result<Vec<LineLogFact>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query(
        "SELECT entry, sealed FROM prodops.line_log WHERE workspace_id = $1 AND repository_id = $2 \
         AND entry > $3 AND entry < $4 ORDER BY entry LIMIT $5",
    );
    // A key sorts behind its own beginning.
    let beginning = |byte: u8| vec![byte];
    let after = after
        .map_or_else(|| beginning(part.prefix()), |place| LineLogKey::at(part, place).as_bytes().to_vec());
    let end = beginning(part.prefix().saturating_add(1));
    let query = query.bind(workspace).bind(id(repository.as_bytes())).bind(after);
    let rows = frame.all(query.bind(end).bind(most(limit))).await?;
    let place = frame.place(LINE_LOG)?;
    let open = |row| {
        let entry: Vec<u8> = column(row, 0)?;
        place.open(&row_key(workspace, repository, &entry), &column::<Vec<u8>>(row, 1)?)
    };
    rows.iter().map(open).collect()
}
