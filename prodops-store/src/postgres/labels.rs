//! Labels that commits were given.

use std::collections::BTreeMap;

use prodops_core::audit::AuditEvent;
use prodops_core::fact::{AssignedLabel, Assigner, CommitId};
use prodops_core::id::RepositoryId;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::log::Log;
use super::seals::Seals;
use super::value::{column, id, key};
use crate::contract::Plane;
use crate::error::StoreError;
use crate::sealed::row;

pub(super) const LABELS: Sealed = Sealed("assigned_labels", Plane::Workspace);

fn place(workspace: Uuid, repository: RepositoryId, given: &[u8]) -> Vec<u8> {
    key(&[workspace.as_bytes(), repository.as_bytes(), given])
}

/// Commit and assigner.
fn given(commit: CommitId, by: Assigner) -> Result<Vec<u8>, StoreError> {
    Ok(key(&[commit.as_bytes(), &row::encode(LABELS.0, &by)?]))
}

pub(super) async fn assign(
    frame: &mut Frame,
    labels: &[AssignedLabel],
    audit: &AuditEvent,
) -> Result<(), StoreError> {
    put(frame, labels).await?;
    Log::of_frame(frame)?.append(frame, std::slice::from_ref(audit)).await
}

pub(super) async fn put(frame: &mut Frame, labels: &[AssignedLabel]) -> Result<(), StoreError> {
    let workspace = frame.workspace()?;
    let rows: BTreeMap<_, _> = labels.iter().map(|row| ((row.repository, row.commit, row.by), row)).collect();
    let (mut repositories, mut given, mut seals) = (Vec::new(), Vec::new(), Seals::default());
    for ((repository, commit, by), row) in rows {
        let what = self::given(commit, by)?;
        repositories.push(id(repository.as_bytes()));
        seals.add(frame, LABELS, &place(workspace, repository, &what), row)?;
        given.push(what);
    }
    let query = sqlx::query(
        "INSERT INTO prodops.assigned_label (workspace_id, repository_id, given, key_id, sealed) \
         SELECT $1, r.* FROM unnest($2::uuid[], $3::bytea[], $4::uuid[], $5::bytea[]) AS r \
         ON CONFLICT (workspace_id, repository_id, given) DO UPDATE \
         SET key_id = excluded.key_id, sealed = excluded.sealed",
    );
    let query = query.bind(workspace).bind(repositories).bind(given);
    frame.run(query.bind(seals.key_ids).bind(seals.sealed)).await.map(drop)
}

pub(super) async fn withdraw(
    frame: &mut Frame,
    repository: RepositoryId,
    commit: CommitId,
    by: Assigner,
) -> Result<bool, StoreError> {
    let query = sqlx::query(
        "DELETE FROM prodops.assigned_label \
         WHERE workspace_id = $1 AND repository_id = $2 AND given = $3",
    );
    let query = query.bind(frame.workspace()?).bind(id(repository.as_bytes()));
    Ok(frame.run(query.bind(given(commit, by)?)).await? > 0)
}

pub(super) async fn list(
    frame: &mut Frame,
    repository: RepositoryId,
) -> Result<Vec<AssignedLabel>, StoreError> {
    let workspace = frame.workspace()?;
    let query = sqlx::query(
        "SELECT given, sealed FROM prodops.assigned_label WHERE workspace_id = $1 AND repository_id = $2 \
         ORDER BY given",
    );
    let rows = frame.all(query.bind(workspace).bind(id(repository.as_bytes()))).await?;
    let table = frame.place(LABELS)?;
    let open = |row| {
        let at = place(workspace, repository, &column::<Vec<u8>>(row, 0)?);
        table.open(&at, &column::<Vec<u8>>(row, 1)?)
    };
    rows.iter().map(open).collect()
}
