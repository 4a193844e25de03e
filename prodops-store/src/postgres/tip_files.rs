//! Files at the heads of repositories.

use std::collections::{BTreeMap, BTreeSet};

use prodops_core::fact::{PathKey, TipFile};
use prodops_core::id::RepositoryId;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::seals::Seals;
use super::value::{column, id, key, limit as most};
use crate::contract::Plane;
use crate::error::StoreError;

pub(super) const TIP_FILES: Sealed = Sealed("tip_files", Plane::Workspace);

fn row_key(workspace: Uuid, repository: RepositoryId, path: &[u8]) -> Vec<u8> {
    key(&[workspace.as_bytes(), repository.as_bytes(), path])
}

pub(super) async fn put(
    frame: &mut Frame,
    rows: &BTreeMap<(RepositoryId, PathKey), TipFile>,
) -> Result<u64, StoreError> {
    if rows.is_empty() {
        return Ok(0);
    }
    let workspace = frame.workspace()?;
    let (mut repositories, mut paths, mut seals) = (Vec::new(), Vec::new(), Seals::default());
    for ((repository, path), row) in rows {
        let path = path.0.to_be_bytes();
        repositories.push(id(repository.as_bytes()));
        paths.push(path.to_vec());
        seals.add(frame, TIP_FILES, &row_key(workspace, *repository, &path), row)?;
    }
    let query = sqlx::query(
        "INSERT INTO prodops.tip_file AS t (workspace_id, repository_id, path, digest, key_id, sealed) \
         SELECT $1, r.* FROM unnest($2::uuid[], $3::bytea[], $4::bytea[], $5::uuid[], $6::bytea[]) AS r \
         ON CONFLICT (workspace_id, repository_id, path) DO UPDATE \
         SET digest = excluded.digest, key_id = excluded.key_id, sealed = excluded.sealed \
         WHERE t.digest IS DISTINCT FROM excluded.digest",
    );
    let query = query.bind(workspace).bind(repositories).bind(paths);
    frame.run(query.bind(seals.digests).bind(seals.key_ids).bind(seals.sealed)).await
}

pub(super) async fn retain(
    frame: &mut Frame,
    repository: RepositoryId,
    keep: &BTreeSet<PathKey>,
) -> Result<u64, StoreError> {
    let keep: Vec<Vec<u8>> = keep.iter().map(|path| path.0.to_be_bytes().to_vec()).collect();
    let query = sqlx::query(
        "DELETE FROM prodops.tip_file t WHERE t.workspace_id = $1 AND t.repository_id = $2 \
         AND NOT EXISTS (SELECT FROM unnest($3::bytea[]) AS kept (path) WHERE kept.path = t.path)",
    );
    let query = query.bind(frame.workspace()?).bind(id(repository.as_bytes()));
    frame.run(query.bind(keep)).await
}

pub(super) async fn list(
    frame: &mut Frame,
    repository: RepositoryId,
    after: Option<PathKey>,
    limit: usize,
) -> Result<Vec<TipFile>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query(
        "SELECT path, sealed FROM prodops.tip_file WHERE workspace_id = $1 AND repository_id = $2 \
         AND path > $3 ORDER BY path LIMIT $4",
    );
    // Nothing comes before the first path but what is no path.
    let after = after.map_or_else(Vec::new, |path| path.0.to_be_bytes().to_vec());
    let query = query.bind(workspace).bind(id(repository.as_bytes())).bind(after);
    let rows = frame.all(query.bind(most(limit))).await?;
    let place = frame.place(TIP_FILES)?;
    let open = |row| {
        let path: Vec<u8> = column(row, 0)?;
        place.open(&row_key(workspace, repository, &path), &column::<Vec<u8>>(row, 1)?)
    };
    rows.iter().map(open).collect()
}
