//! Rows of another store, put where they belong in this one, which was empty before.

use prodops_core::id::WorkspaceId;
use prodops_core::keyring::KeyOwner;
use redb::ReadableTableMetadata;

use super::tombstones;
use crate::contract::{LineLogKey, PortableRow, RemoteObjectRecord};
use crate::embedded::api_tokens;
use crate::embedded::failure::Stored;
use crate::embedded::ingest::{coverage_key, cursor_key, tip_file_key};
use crate::embedded::key::{Exact, Scoped};
use crate::embedded::log::Log;
use crate::embedded::reseal::definition;
use crate::embedded::tables::{
    AI_USE, ASSIGNED_LABELS, AUDIT_CHECKPOINTS, AUDIT_LEAVES, AUDIT_QUEUE, AUDIT_TREE, COMMITS, CONNECTIONS,
    COVERAGE, CURSORS, DECLARATIONS, ERASED_PEOPLE, HOLDS, Hold, LINE_LOG, MEMBERSHIPS, PEOPLE,
    PERMIT_COUNTS, PROOF, REMOTE_OBJECTS, REPOSITORIES, SUBJECTS, TIP_FILES, TOMBSTONES, USERS,
    WORKSPACE_SLUGS, WORKSPACES,
};
use crate::embedded::transaction::{Reading, Writing};
use crate::embedded::{labels, permits, sequence};
use crate::error::StoreError;

/// The mark of a store that is being restored, beside the proof of its keys.
fn mark() -> Exact {
    Exact::new(b"restoring")
}

pub(super) fn begin(tx: &Writing) -> Result<(), StoreError> {
    for (name, _) in DECLARATIONS.iter().filter(|(name, _)| *name != "proof") {
        if !tx.inner.open_table(definition(name)).stored()?.is_empty().stored()? {
            return Err(StoreError::AlreadyExists { what: "data in the store" });
        }
    }
    PROOF.write(tx)?.add(&mark(), &(), "an unfinished restore")
}

pub(super) fn is_begun(tx: &Reading) -> Result<bool, StoreError> {
    PROOF.read(tx)?.contains(&mark())
}

pub(super) fn finish(tx: &Writing) -> Result<(), StoreError> {
    PROOF.write(tx)?.remove(&mark()).map(drop)
}

pub(super) fn put(tx: &Writing, owner: KeyOwner, rows: &[PortableRow]) -> Result<(), StoreError> {
    if !PROOF.write(tx)?.contains(&mark())? {
        return Err(StoreError::invalid("restore", "was not begun"));
    }
    rows.iter().try_for_each(|row| match owner {
        KeyOwner::Deployment => put_deployment(tx, row),
        KeyOwner::Workspace(id) => put_owned(tx, id, row),
    })
}

fn foreign() -> StoreError {
    StoreError::invalid("row", "must belong to the owner that it is imported for")
}

fn put_deployment(tx: &Writing, row: &PortableRow) -> Result<(), StoreError> {
    match row {
        PortableRow::User(row) => USERS.write(tx)?.add(&Exact::new(row.id.as_bytes()), row, "user"),
        PortableRow::Subject { lookup, user } => {
            SUBJECTS.write(tx)?.add(&Exact::new(lookup), user, "subject")
        }
        PortableRow::Membership(row) => {
            let key = Exact::new(row.user.as_bytes()).then(row.workspace.as_bytes());
            MEMBERSHIPS.write(tx)?.add(&key, row, "membership")
        }
        PortableRow::ApiToken { hash, token } => api_tokens::put_back(tx, hash, token),
        PortableRow::Workspace(row) => {
            WORKSPACES.write(tx)?.add(&Exact::new(row.id.as_bytes()), row, "workspace")?;
            let slug = Exact::new(&tx.keys.lookup(row.slug.as_str().as_bytes())?);
            WORKSPACE_SLUGS.write(tx)?.add(&slug, &row.id, "workspace slug")
        }
        PortableRow::Epoch { workspace, connection, epoch } => {
            let key = Exact::new(workspace.as_bytes()).then(connection.as_bytes());
            HOLDS.write(tx)?.add(&key, &Hold { epoch: *epoch, lease: None }, "epoch")
        }
        PortableRow::Tombstone(row) => {
            TOMBSTONES.write(tx)?.add(&tombstones::place(&row.subject), row, "tombstone")
        }
        PortableRow::RemoteObject(row) => {
            let key = Exact::new(&RemoteObjectRecord::key(&row.tag, row.kind));
            REMOTE_OBJECTS.write(tx)?.add(&key, row, "object at an AI provider")
        }
        _ => put_deployment_audit(tx, row),
    }
}

fn put_deployment_audit(tx: &Writing, row: &PortableRow) -> Result<(), StoreError> {
    match row {
        PortableRow::AuditEntry { seq, entry } => Log::deployment().put_back(tx, *seq, entry),
        PortableRow::AuditHead(head) => Log::deployment().put_back_head(tx, head),
        PortableRow::AuditQueue(leaf) => {
            AUDIT_QUEUE.write(tx)?.add(&sequence::place(leaf), leaf, "audit queue entry")
        }
        PortableRow::AuditLeaf { index, leaf } => {
            AUDIT_LEAVES.write(tx)?.add(&Exact::new(&index.to_be_bytes()), leaf, "audit leaf")
        }
        PortableRow::AuditTree(frontier) => {
            AUDIT_TREE.write(tx)?.add(&sequence::only(), frontier, "audit tree")
        }
        PortableRow::AuditCheckpoint(row) => {
            AUDIT_CHECKPOINTS.write(tx)?.add(&Exact::new(&row.size.to_be_bytes()), row, "audit checkpoint")
        }
        _ => Err(foreign()),
    }
}

fn put_owned(tx: &Writing, workspace: WorkspaceId, row: &PortableRow) -> Result<(), StoreError> {
    let own = Scoped::of(workspace);
    match row {
        PortableRow::Connection(row) => {
            CONNECTIONS.write(tx)?.add(&own.then(row.value.id.as_bytes()), row, "connection")
        }
        PortableRow::Cursor { connection, stream, cursor } => {
            CURSORS.write(tx)?.add(&cursor_key(workspace, *connection, stream), cursor, "cursor")
        }
        PortableRow::Repository(row) => {
            REPOSITORIES.write(tx)?.add(&own.then(row.id.as_bytes()), row, "repository")
        }
        PortableRow::Person(row) => PEOPLE.write(tx)?.add(&own.then(row.id.as_bytes()), row, "person"),
        PortableRow::ErasedPerson(id) => {
            ERASED_PEOPLE.write(tx)?.add(&own.then(id.as_bytes()), id, "erased person")
        }
        PortableRow::Commit(row) => {
            let key = own.then(row.repository.as_bytes()).then(row.id.as_bytes());
            COMMITS.write(tx)?.add(&key, row, "commit")
        }
        PortableRow::Coverage(row) => {
            COVERAGE.write(tx)?.add(&coverage_key(workspace, row.repository, row.entity)?, row, "coverage")
        }
        PortableRow::AssignedLabel(row) => {
            let key = labels::key(workspace, row.repository, row.commit, row.by)?;
            ASSIGNED_LABELS.write(tx)?.add(&key, row, "assigned label")
        }
        PortableRow::AiUse(row) => AI_USE.write(tx)?.add(&own, row, "use of AI"),
        PortableRow::LineLog(row) => {
            let key = own.then(row.repository.as_bytes()).then(LineLogKey::of(row).as_bytes());
            LINE_LOG.write(tx)?.add(&key, row, "line log")
        }
        PortableRow::TipFile(row) => TIP_FILES.write(tx)?.add(
            &tip_file_key(workspace, row.repository, row.path),
            row,
            "file at a head",
        ),
        PortableRow::PermitCount(row) => {
            PERMIT_COUNTS.write(tx)?.add(&permits::key(workspace, row)?, row, "permit count")
        }
        PortableRow::AuditEntry { seq, entry } => Log::of(workspace).put_back(tx, *seq, entry),
        PortableRow::AuditHead(head) => Log::of(workspace).put_back_head(tx, head),
        _ => Err(foreign()),
    }
}
