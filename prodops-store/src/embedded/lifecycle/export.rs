//! Every row of the store as it was at one moment, in the form that every backend knows.

use std::fmt;
use std::ops::Bound;
use std::sync::Arc;

use async_trait::async_trait;
use prodops_core::id::{ConnectionId, WorkspaceId};
use prodops_core::keyring::{KeyOwner, RowKeySource};
use prodops_core::session::TokenHash;

use crate::backend::Snapshot;
use crate::blocking::on_blocking_thread;
use crate::contract::{ExportPage, ExportPosition, PortableRow};
use crate::embedded::api_tokens;
use crate::embedded::failure::Stored;
use crate::embedded::key::{Exact, end_of};
use crate::embedded::reseal::{definition, tables_of};
use crate::embedded::tables::{Hold, WORKSPACES};
use crate::embedded::transaction::Reading;
use crate::error::StoreError;
use crate::sealed::{Keys, Place, Reach};

/// A read transaction that lasts as long as a backup does.
pub(in crate::embedded) struct EmbeddedSnapshot {
    /// `None` while a call works with it, and for good when that call was dropped.
    reading: Option<Reading>,
    source: Arc<dyn RowKeySource>,
}

impl EmbeddedSnapshot {
    pub(in crate::embedded) fn new(reading: Reading, source: Arc<dyn RowKeySource>) -> Self {
        Self { reading: Some(reading), source }
    }

    pub(in crate::embedded) async fn with<T: Send + 'static>(
        &mut self,
        owner: KeyOwner,
        work: impl FnOnce(&Reading) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        // Rows of the moment may be under a key that was active then: keys that open hold it until it is destroyed.
        let keys = Keys::opening(self.source.as_ref(), Reach::of(owner)).await?;
        let mut reading = self.reading.take().ok_or(StoreError::Unavailable(None))?;
        reading.keys = keys;
        let (reading, done) = on_blocking_thread(move || {
            let done = work(&reading);
            Ok((reading, done))
        })
        .await?;
        self.reading = Some(reading);
        done
    }
}

#[async_trait]
impl Snapshot for EmbeddedSnapshot {
    async fn workspaces(&mut self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.with(KeyOwner::Deployment, |tx| {
            let rows = WORKSPACES.read(tx)?.all(&Exact::new(&[]))?;
            Ok(rows.into_iter().map(|row| row.id).collect())
        })
        .await
    }

    async fn rows(
        &mut self,
        owner: KeyOwner,
        after: Option<&ExportPosition>,
        limit: usize,
    ) -> Result<ExportPage, StoreError> {
        let after = after.cloned();
        self.with(owner, move |tx| page(tx, owner, after.as_ref(), limit)).await
    }
}

fn page(
    tx: &Reading,
    owner: KeyOwner,
    after: Option<&ExportPosition>,
    limit: usize,
) -> Result<ExportPage, StoreError> {
    let (tables, prefix) = tables_of(owner);
    let end = end_of(&prefix);
    let end = end.as_deref().map_or(Bound::Unbounded, Bound::Excluded);
    let from = after.map_or(0, |after| after.table);
    let mut rows = Vec::new();
    for (at, name, plane) in tables.filter(|(at, name, _)| *at >= from && !is_left_out(name)) {
        let place = Place { table: name, keys: tx.keys.of(plane)? };
        let beyond = after.filter(|after| after.table == at).map(|after| after.key.as_slice());
        let first = beyond.map_or(Bound::Included(prefix.as_slice()), Bound::Excluded);
        for entry in tx.inner.open_table(definition(name)).stored()?.range::<&[u8]>((first, end)).stored()? {
            let (key, sealed) = entry.stored()?;
            rows.extend(portable(tx, place, key.value(), sealed.value())?);
            if rows.len() >= limit {
                let next = Some(ExportPosition { table: at, key: key.value().to_vec() });
                return Ok(ExportPage { rows, next });
            }
        }
    }
    Ok(ExportPage { rows, next: None })
}

/// Tables that no export has, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("sessions", "everybody signs in again after a restore"),
    ("session_tokens", "everybody signs in again after a restore"),
    ("tokens_of_session", "everybody signs in again after a restore"),
    ("revocations", "they end sessions, of which there are none after a restore"),
    ("sign_in_links", "they live for minutes"),
    ("api_tokens", "each comes with its place in the list of its membership"),
    ("proof", "every store makes its own"),
    ("workspace_slugs", "made from the registry"),
    ("leases", "nobody works on anything after a restore; epochs are kept"),
    ("jobs", "the engine asks for its work again"),
    ("job_subjects", "the engine asks for its work again"),
    ("job_order", "the engine asks for its work again"),
    ("job_turns", "the engine asks for its work again"),
    ("job_line", "the engine asks for its work again"),
    ("heartbeats", "workers give new signs of life"),
    ("deployment_event_index", "made from the log"),
    ("audit_event_index", "made from the log"),
];

fn is_left_out(table: &str) -> bool {
    LEFT_OUT.iter().any(|(name, _)| *name == table)
}

/// A row without the backend's key: what the row does not say itself is read from there.
fn portable(
    tx: &Reading,
    place: Place<'_>,
    key: &[u8],
    sealed: &[u8],
) -> Result<Option<PortableRow>, StoreError> {
    let corrupt = || StoreError::Corrupt { table: place.table };
    Ok(Some(match place.table {
        "users" => PortableRow::User(place.open(key, sealed)?),
        "subjects" => PortableRow::Subject {
            lookup: key.try_into().map_err(|_| corrupt())?,
            user: place.open(key, sealed)?,
        },
        "memberships" => PortableRow::Membership(place.open(key, sealed)?),
        "api_tokens_of_membership" => {
            let hash: TokenHash = place.open(key, sealed)?;
            PortableRow::ApiToken { hash, token: api_tokens::find(tx, &hash)?.ok_or_else(corrupt)? }
        }
        "workspaces" => PortableRow::Workspace(place.open(key, sealed)?),
        "holds" => {
            let (workspace, connection) = key.split_first_chunk().ok_or_else(corrupt)?;
            PortableRow::Epoch {
                workspace: WorkspaceId::from_bytes(*workspace),
                connection: ConnectionId::from_bytes(connection.try_into().map_err(|_| corrupt())?),
                epoch: place.open::<Hold>(key, sealed)?.epoch,
            }
        }
        "tombstones" => PortableRow::Tombstone(place.open(key, sealed)?),
        "remote_objects" => PortableRow::RemoteObject(place.open(key, sealed)?),
        "deployment_head" | "audit_heads" => PortableRow::AuditHead(place.open(key, sealed)?),
        "deployment_events" | "audit_events" => {
            PortableRow::AuditEntry { seq: number(key, corrupt)?, entry: place.open(key, sealed)? }
        }
        "audit_queue" => PortableRow::AuditQueue(place.open(key, sealed)?),
        "audit_leaves" => {
            PortableRow::AuditLeaf { index: number(key, corrupt)?, leaf: place.open(key, sealed)? }
        }
        "audit_tree" => PortableRow::AuditTree(place.open(key, sealed)?),
        "audit_checkpoints" => PortableRow::AuditCheckpoint(place.open(key, sealed)?),
        _ => return owned(place, key, sealed).map(Some),
    }))
}

/// A row that a workspace owns.
fn owned(place: Place<'_>, key: &[u8], sealed: &[u8]) -> Result<PortableRow, StoreError> {
    let corrupt = || StoreError::Corrupt { table: place.table };
    Ok(match place.table {
        "connections" => PortableRow::Connection(place.open(key, sealed)?),
        "cursors" => {
            let (_, rest) = key.split_first_chunk::<16>().ok_or_else(corrupt)?;
            let (connection, stream) = rest.split_first_chunk().ok_or_else(corrupt)?;
            PortableRow::Cursor {
                connection: ConnectionId::from_bytes(*connection),
                stream: String::from_utf8(stream.to_vec()).map_err(|_| corrupt())?,
                cursor: place.open(key, sealed)?,
            }
        }
        "repositories" => PortableRow::Repository(place.open(key, sealed)?),
        "people" => PortableRow::Person(place.open(key, sealed)?),
        "erased_people" => PortableRow::ErasedPerson(place.open(key, sealed)?),
        "commits" => PortableRow::Commit(place.open(key, sealed)?),
        "coverage" => PortableRow::Coverage(place.open(key, sealed)?),
        "assigned_labels" => PortableRow::AssignedLabel(place.open(key, sealed)?),
        "ai_use" => PortableRow::AiUse(place.open(key, sealed)?),
        "line_log" => PortableRow::LineLog(place.open(key, sealed)?),
        "tip_files" => PortableRow::TipFile(place.open(key, sealed)?),
        "permit_counts" => PortableRow::PermitCount(place.open(key, sealed)?),
        _ => return Err(corrupt()),
    })
}

/// The number that a key ends with.
fn number(key: &[u8], corrupt: impl Fn() -> StoreError) -> Result<u64, StoreError> {
    let (_, last) = key.split_last_chunk().ok_or_else(corrupt)?;
    Ok(u64::from_be_bytes(*last))
}

impl fmt::Debug for EmbeddedSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbeddedSnapshot").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedded::tables::DECLARATIONS;

    /// This file names every table: as one that is exported, or with the reason why it is not.
    #[test]
    fn every_table_is_exported_or_left_out_for_a_reason() {
        let source = include_str!("export.rs");
        let (code, _) = source.split_once("#[cfg(test)]").unwrap();
        let exported = |name: &str| {
            let arms = code.lines().filter(|line| line.contains("=>"));
            arms.into_iter().any(|line| line.split("=>").next().unwrap().contains(&format!("\"{name}\"")))
        };
        for (name, _) in DECLARATIONS {
            assert_ne!(exported(name), is_left_out(name), "{name}");
        }
        assert!(LEFT_OUT.iter().all(|(name, reason)| {
            !reason.is_empty() && DECLARATIONS.iter().any(|(table, _)| table == name)
        }));
    }
}
