//! Repositories, and what was completely read of them.

use std::collections::BTreeMap;

use prodops_core::fact::{CoverageFact, Entity, RepositoryFact};
use prodops_core::filter::Filter;
use prodops_core::id::{ConnectionId, RepositoryId};
use sqlx::types::Uuid;

use super::commit_row::variant;
use super::filter::{FilterColumn, Filtered};
use super::frame::{Frame, Sealed};
use super::seals::Seals;
use super::value::{bytes, column, id, key};
use crate::contract::Plane;
use crate::error::StoreError;

pub(super) const REPOSITORIES: Sealed = Sealed("repositories", Plane::Workspace);
pub(super) const COVERAGE: Sealed = Sealed("coverage", Plane::Workspace);

/// What lists of repositories can be filtered by.
const COLUMNS: &[FilterColumn] = &[
    FilterColumn::id(RepositoryFact::ID, "id"),
    FilterColumn::id(RepositoryFact::CONNECTION, "connection_id"),
];

pub(super) async fn put(
    frame: &mut Frame,
    connection: ConnectionId,
    repositories: &BTreeMap<RepositoryId, RepositoryFact>,
) -> Result<u64, StoreError> {
    if repositories.is_empty() {
        return Ok(0);
    }
    let workspace = frame.workspace()?;
    let (mut ids, mut seals) = (Vec::new(), Seals::default());
    for row in repositories.values() {
        ids.push(id(row.id.as_bytes()));
        seals.add(frame, REPOSITORIES, &key(&[workspace.as_bytes(), row.id.as_bytes()]), row)?;
    }
    let query = sqlx::query(
        "INSERT INTO prodops.repository AS t (workspace_id, id, connection_id, digest, key_id, sealed) \
         SELECT $1, r.id, $2, r.digest, r.key_id, r.sealed \
         FROM unnest($3::uuid[], $4::bytea[], $5::uuid[], $6::bytea[]) AS r (id, digest, key_id, sealed) \
         ON CONFLICT (workspace_id, id) DO UPDATE \
         SET digest = excluded.digest, key_id = excluded.key_id, sealed = excluded.sealed \
         WHERE t.connection_id = excluded.connection_id AND t.digest IS DISTINCT FROM excluded.digest",
    );
    let query = query.bind(workspace).bind(id(connection.as_bytes())).bind(ids);
    frame.run(query.bind(seals.digests).bind(seals.key_ids).bind(seals.sealed)).await
}

fn coverage_key(workspace: Uuid, repository: RepositoryId, entity: i16) -> Vec<u8> {
    key(&[workspace.as_bytes(), repository.as_bytes(), &entity.to_be_bytes()])
}

pub(super) async fn put_coverage(
    frame: &mut Frame,
    coverage: &BTreeMap<(RepositoryId, Entity), CoverageFact>,
) -> Result<u64, StoreError> {
    if coverage.is_empty() {
        return Ok(0);
    }
    let workspace = frame.workspace()?;
    let (mut repositories, mut entities, mut seals) = (Vec::new(), Vec::new(), Seals::default());
    for ((repository, entity), row) in coverage {
        let entity = variant(entity)?;
        repositories.push(id(repository.as_bytes()));
        entities.push(entity);
        seals.add(frame, COVERAGE, &coverage_key(workspace, *repository, entity), row)?;
    }
    let query = sqlx::query(
        "INSERT INTO prodops.coverage AS t (workspace_id, repository_id, entity, digest, key_id, sealed) \
         SELECT $1, r.* FROM unnest($2::uuid[], $3::smallint[], $4::bytea[], $5::uuid[], $6::bytea[]) AS r \
         ON CONFLICT (workspace_id, repository_id, entity) DO UPDATE \
         SET digest = excluded.digest, key_id = excluded.key_id, sealed = excluded.sealed \
         WHERE t.digest IS DISTINCT FROM excluded.digest",
    );
    let query = query.bind(workspace).bind(repositories).bind(entities);
    frame.run(query.bind(seals.digests).bind(seals.key_ids).bind(seals.sealed)).await
}

/// The repositories that the filter admits.
pub(super) async fn list(frame: &mut Frame, filter: &Filter) -> Result<Vec<RepositoryFact>, StoreError> {
    const BEGINNING: &str = "SELECT id, sealed FROM prodops.repository WHERE workspace_id = ";
    let workspace = frame.workspace()?;
    let mut query = Filtered::new(BEGINNING, workspace, COLUMNS, filter, " ORDER BY id");
    let rows = frame.all(query.build()).await?;
    let place = frame.place(REPOSITORIES)?;
    let open = |row| {
        let key = key(&[workspace.as_bytes(), column::<Uuid>(row, 0)?.as_bytes()]);
        place.open(&key, &column::<Vec<u8>>(row, 1)?)
    };
    rows.iter().map(open).collect()
}

pub(super) async fn find(
    frame: &mut Frame,
    repository: RepositoryId,
) -> Result<Option<RepositoryFact>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query("SELECT sealed FROM prodops.repository WHERE workspace_id = $1 AND id = $2");
    let found = bytes(frame.one(query.bind(workspace).bind(id(repository.as_bytes()))).await?.as_ref())?;
    let place = frame.place(REPOSITORIES)?;
    let key = key(&[workspace.as_bytes(), repository.as_bytes()]);
    found.map(|sealed| place.open(&key, &sealed)).transpose()
}

pub(super) async fn coverage(
    frame: &mut Frame,
    repository: RepositoryId,
) -> Result<Vec<CoverageFact>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query(
        "SELECT entity, sealed FROM prodops.coverage WHERE workspace_id = $1 AND repository_id = $2 \
         ORDER BY entity",
    );
    let rows = frame.all(query.bind(workspace).bind(id(repository.as_bytes()))).await?;
    let place = frame.place(COVERAGE)?;
    let open = |row| {
        let key = coverage_key(workspace, repository, column(row, 0)?);
        place.open(&key, &column::<Vec<u8>>(row, 1)?)
    };
    rows.iter().map(open).collect()
}
