//! Rows of another store, put where they belong in this one, which was empty before.

use prodops_core::id::{ConnectionId, WorkspaceId};
use prodops_core::keyring::KeyOwner;

use super::frame::{Acting, Frame, Sealed};
use super::log::Log;
use super::value::{column, id, number};
use super::{
    ai_use, api_tokens, commits, connections, control, identity, ingest, labels, line_log, people, permits,
    remote_objects, repositories, sequence, tip_files, tombstones,
};
use crate::contract::{LineLogKey, Plane, PortableRow};
use crate::error::StoreError;

pub(super) const RESTORE: Sealed = Sealed("restoring", Plane::Control);

/// What the mark of a restore is sealed at.
const MARK: &[u8] = b"restoring";

/// Nobody sees the rows of all workspaces. What they leave in the control plane is seen: an entry of any log waits in the queue or
/// has its leaf, and whatever was read came under a hold.
pub(super) async fn begin(frame: &mut Frame) -> Result<(), StoreError> {
    let query = sqlx::query(
        "SELECT EXISTS (SELECT FROM prodops_control.workspace) OR EXISTS (SELECT FROM prodops_control.audit_event) \
         OR EXISTS (SELECT FROM prodops_control.audit_queue) OR EXISTS (SELECT FROM prodops_control.audit_leaf) \
         OR EXISTS (SELECT FROM prodops_control.tombstone) OR EXISTS (SELECT FROM prodops_control.job) \
         OR EXISTS (SELECT FROM prodops_control.lease) OR EXISTS (SELECT FROM prodops_control.hold) \
         OR EXISTS (SELECT FROM prodops_control.heartbeat) OR EXISTS (SELECT FROM prodops_control.remote_object)",
    );
    let used = frame.one(query).await?.map(|row| column::<bool>(&row, 0)).transpose()?;
    frame.take_on(Acting::identity()).await?;
    let query = sqlx::query(
        "SELECT EXISTS (SELECT FROM prodops_identity.account) OR EXISTS (SELECT FROM prodops_identity.revocation)",
    );
    let peopled = frame.one(query).await?.map(|row| column::<bool>(&row, 0)).transpose()?;
    if used == Some(true) || peopled == Some(true) {
        return Err(StoreError::AlreadyExists { what: "data in the store" });
    }
    frame.take_on(Acting::control()).await?;
    let (key_id, sealed) = frame.seal(RESTORE, MARK, &())?;
    let query = sqlx::query("INSERT INTO prodops_control.restore (key_id, sealed) VALUES ($1, $2)");
    frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
}

pub(super) async fn is_begun(frame: &mut Frame) -> Result<bool, StoreError> {
    let row = frame.one(sqlx::query("SELECT sealed FROM prodops_control.restore")).await?;
    Ok(row.is_some())
}

pub(super) async fn finish(frame: &mut Frame) -> Result<(), StoreError> {
    frame.run(sqlx::query("DELETE FROM prodops_control.restore")).await.map(drop)
}

fn foreign() -> StoreError {
    StoreError::invalid("row", "must belong to the owner that it is imported for")
}

/// Begins as the control plane, which knows whether a restore was begun, and goes on as whoever writes the rows.
pub(super) async fn put(frame: &mut Frame, owner: KeyOwner, rows: &[PortableRow]) -> Result<(), StoreError> {
    if !is_begun(frame).await? {
        return Err(StoreError::invalid("restore", "was not begun"));
    }
    match owner {
        KeyOwner::Deployment => {
            for row in rows {
                put_deployment(frame, row).await?;
            }
            Ok(())
        }
        KeyOwner::Workspace(workspace) => {
            frame.take_on(Acting::within(workspace)).await?;
            for row in rows {
                put_owned(frame, workspace, row).await?;
            }
            Ok(())
        }
    }
}

async fn put_deployment(frame: &mut Frame, row: &PortableRow) -> Result<(), StoreError> {
    if !matches!(
        row,
        PortableRow::User(_)
            | PortableRow::Subject { .. }
            | PortableRow::Membership(_)
            | PortableRow::ApiToken { .. }
    ) {
        return put_control(frame, row).await;
    }
    frame.take_on(Acting::identity()).await?;
    match row {
        PortableRow::User(row) => identity::add_account(frame, row).await?,
        PortableRow::Subject { lookup, user } => identity::add_subject(frame, *user, *lookup).await?,
        PortableRow::Membership(row) => identity::put_membership(frame, row).await?,
        PortableRow::ApiToken { hash, token } => api_tokens::add(frame, hash, token).await?,
        _ => return Err(foreign()),
    }
    frame.take_on(Acting::control()).await
}

async fn put_control(frame: &mut Frame, row: &PortableRow) -> Result<(), StoreError> {
    match row {
        PortableRow::Workspace(row) => control::add_workspace(frame, row).await,
        PortableRow::Epoch { workspace, connection, epoch } => {
            put_epoch(frame, *workspace, *connection, *epoch).await
        }
        PortableRow::Tombstone(row) => tombstones::add(frame, row).await,
        PortableRow::RemoteObject(row) => remote_objects::add(frame, row).await,
        PortableRow::AuditEntry { seq, entry } => Log::of(None).put_back(frame, *seq, entry).await,
        PortableRow::AuditHead(head) => Log::of(None).put_back_head(frame, head).await,
        PortableRow::AuditQueue(leaf) => sequence::enqueue(frame, std::slice::from_ref(leaf)).await,
        PortableRow::AuditLeaf { index, leaf } => {
            sequence::add_leaves(frame, *index, std::slice::from_ref(leaf)).await
        }
        PortableRow::AuditTree(frontier) => sequence::put_back(frame, frontier).await,
        PortableRow::AuditCheckpoint(row) => sequence::add_checkpoint(frame, row).await,
        _ => Err(foreign()),
    }
}

async fn put_epoch(
    frame: &mut Frame,
    workspace: WorkspaceId,
    connection: ConnectionId,
    epoch: u64,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT INTO prodops_control.hold (workspace_id, connection_id, epoch) VALUES ($1, $2, $3)",
    );
    let query = query.bind(id(workspace.as_bytes())).bind(id(connection.as_bytes()));
    frame.run(query.bind(number(epoch))).await.map(drop)
}

async fn put_owned(frame: &mut Frame, workspace: WorkspaceId, row: &PortableRow) -> Result<(), StoreError> {
    match row {
        PortableRow::Connection(row) => connections::add(frame, row).await,
        PortableRow::Cursor { connection, stream, cursor } => {
            ingest::add_cursor(frame, *connection, stream, cursor).await.map(drop)
        }
        PortableRow::Repository(row) => {
            let rows = [(row.id, row.clone())].into_iter().collect();
            repositories::put(frame, row.connection, &rows).await.map(drop)
        }
        PortableRow::Person(row) => put_person(frame, row).await,
        PortableRow::ErasedPerson(person) => people::add_erased(frame, *person).await,
        PortableRow::Commit(row) => commits::put(frame, vec![row.clone()]).await.map(drop),
        PortableRow::Coverage(row) => {
            let rows = [((row.repository, row.entity), row.clone())].into_iter().collect();
            repositories::put_coverage(frame, &rows).await.map(drop)
        }
        PortableRow::AssignedLabel(row) => labels::put(frame, std::slice::from_ref(row)).await,
        PortableRow::AiUse(row) => ai_use::add(frame, row).await,
        PortableRow::LineLog(row) => {
            let rows = [((row.repository, LineLogKey::of(row)), row.clone())].into_iter().collect();
            line_log::put(frame, &rows).await.map(drop)
        }
        PortableRow::TipFile(row) => {
            let rows = [((row.repository, row.path), row.clone())].into_iter().collect();
            tip_files::put(frame, &rows).await.map(drop)
        }
        PortableRow::PermitCount(row) => permits::add(frame, std::slice::from_ref(row)).await,
        PortableRow::AuditEntry { seq, entry } => Log::of(Some(workspace)).put_back(frame, *seq, entry).await,
        PortableRow::AuditHead(head) => Log::of(Some(workspace)).put_back_head(frame, head).await,
        _ => Err(foreign()),
    }
}

async fn put_person(frame: &mut Frame, row: &prodops_core::fact::PersonFact) -> Result<(), StoreError> {
    let rows = [(row.id, row.clone())].into_iter().collect();
    people::put(frame, &rows).await.map(drop)
}
