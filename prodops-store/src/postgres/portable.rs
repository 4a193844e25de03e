//! Rows in the form that every backend knows: out of a table, and back into one.

use prodops_core::id::{ConnectionId, WorkspaceId};
use prodops_core::session::TokenHash;
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::value::{column, unsigned};
use crate::contract::{PermitCount, PortableRow};
use crate::error::StoreError;

/// Tables that no export has, each with the reason.
const LEFT_OUT: &[(&str, &str)] = &[
    ("sessions", "everybody signs in again after a restore"),
    ("session_tokens", "everybody signs in again after a restore"),
    ("revocations", "they end sessions, of which there are none after a restore"),
    ("sign_in_links", "they live for minutes"),
    ("proof", "every store makes its own"),
    ("restoring", "says that this store is not whole, not what is in it"),
    ("leases", "nobody works on anything after a restore; epochs are kept"),
    ("jobs", "the engine asks for its work again"),
    ("heartbeats", "workers give new signs of life"),
];

pub(super) fn is_left_out(table: Sealed) -> bool {
    LEFT_OUT.iter().any(|(name, _)| *name == table.0)
}

/// A row of an export: two columns of its key as text, the key that it is sealed at, the row, and a number beside it.
pub(super) fn portable(frame: &Frame, table: Sealed, row: &PgRow) -> Result<PortableRow, StoreError> {
    let (at, sealed): (Vec<u8>, Vec<u8>) = (column(row, 2)?, column(row, 3)?);
    let place = frame.place(table)?;
    let corrupt = || StoreError::Corrupt { table: table.0 };
    let open = (at.as_slice(), sealed.as_slice());
    Ok(match table.0 {
        "users" => PortableRow::User(place.open(open.0, open.1)?),
        "subjects" => PortableRow::Subject {
            lookup: at.as_slice().try_into().map_err(|_| corrupt())?,
            user: place.open(open.0, open.1)?,
        },
        "memberships" => PortableRow::Membership(place.open(open.0, open.1)?),
        "api_tokens" => {
            let hash: TokenHash = postcard::from_bytes(&at).map_err(|_| corrupt())?;
            PortableRow::ApiToken { hash, token: place.open(open.0, open.1)? }
        }
        "workspaces" => PortableRow::Workspace(place.open(open.0, open.1)?),
        "tombstones" => PortableRow::Tombstone(place.open(open.0, open.1)?),
        "remote_objects" => PortableRow::RemoteObject(place.open(open.0, open.1)?),
        "deployment_events" | "audit_events" => {
            PortableRow::AuditEntry { seq: last(&at, table)?, entry: place.open(open.0, open.1)? }
        }
        "deployment_head" | "audit_heads" => PortableRow::AuditHead(place.open(open.0, open.1)?),
        "audit_queue" => PortableRow::AuditQueue(place.open(open.0, open.1)?),
        "audit_leaves" => {
            PortableRow::AuditLeaf { index: last(&at, table)?, leaf: place.open(open.0, open.1)? }
        }
        "audit_tree" => PortableRow::AuditTree(place.open(open.0, open.1)?),
        "audit_checkpoints" => PortableRow::AuditCheckpoint(place.open(open.0, open.1)?),
        _ => return owned(frame, table, row, open),
    })
}

/// A row that a workspace owns.
fn owned(
    frame: &Frame,
    table: Sealed,
    row: &PgRow,
    (at, sealed): (&[u8], &[u8]),
) -> Result<PortableRow, StoreError> {
    let place = frame.place(table)?;
    let corrupt = || StoreError::Corrupt { table: table.0 };
    Ok(match table.0 {
        "connections" => PortableRow::Connection(place.open(at, sealed)?),
        "cursors" => {
            let connection = at.get(16..).and_then(|rest| rest.first_chunk::<16>()).ok_or_else(corrupt)?;
            let connection = ConnectionId::from_bytes(*connection);
            let (stream, cursor) = place.open(at, sealed)?;
            PortableRow::Cursor { connection, stream, cursor }
        }
        "repositories" => PortableRow::Repository(place.open(at, sealed)?),
        "people" => PortableRow::Person(place.open(at, sealed)?),
        "erased_people" => PortableRow::ErasedPerson(place.open(at, sealed)?),
        "commits" => PortableRow::Commit(place.open(at, sealed)?),
        "coverage" => PortableRow::Coverage(place.open(at, sealed)?),
        "assigned_labels" => PortableRow::AssignedLabel(place.open(at, sealed)?),
        "ai_use" => PortableRow::AiUse(place.open(at, sealed)?),
        "line_log" => PortableRow::LineLog(place.open(at, sealed)?),
        "tip_files" => PortableRow::TipFile(place.open(at, sealed)?),
        "permit_counts" => {
            let count = unsigned(column(row, 4)?, table.0)?;
            PortableRow::PermitCount(PermitCount { count, ..place.open(at, sealed)? })
        }
        _ => return Err(corrupt()),
    })
}

/// The number that a key ends with.
fn last(at: &[u8], table: Sealed) -> Result<u64, StoreError> {
    let number = at.last_chunk().ok_or(StoreError::Corrupt { table: table.0 })?;
    Ok(u64::from_be_bytes(*number))
}

/// The epoch of a hold, which is not sealed.
pub(super) fn epoch(row: &PgRow) -> Result<PortableRow, StoreError> {
    Ok(PortableRow::Epoch {
        workspace: WorkspaceId::from_bytes(column::<Uuid>(row, 2)?.into_bytes()),
        connection: ConnectionId::from_bytes(column::<Uuid>(row, 3)?.into_bytes()),
        epoch: unsigned(column(row, 4)?, "holds")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::tables::tables_of;
    use prodops_core::keyring::KeyOwner;

    /// This file names every table: as one that is exported, or with the reason why it is not.
    #[test]
    fn every_table_is_exported_or_left_out_for_a_reason() {
        let (code, _) = include_str!("portable.rs").split_once("#[cfg(test)]").unwrap();
        let exported = |name: &str| {
            let mut arms = code.lines().filter(|line| line.contains("=>"));
            arms.any(|line| line.split("=>").next().unwrap().contains(&format!("\"{name}\"")))
        };
        let workspace = KeyOwner::Workspace(WorkspaceId::from_bytes([1; 16]));
        let all = [KeyOwner::Deployment, workspace].map(|owner| tables_of(owner).0);
        for rows in all.into_iter().flatten() {
            assert_ne!(exported(rows.table.0), is_left_out(rows.table), "{}", rows.table.0);
        }
    }
}
