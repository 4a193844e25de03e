//! The deployment's tree: the queue in front of it, its leaves, its right edge and its checkpoints.

use prodops_core::audit::tree::Frontier;
use prodops_core::audit::verify::SequencedLeaf;
use sqlx::postgres::PgRow;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::value::{bytes, column, id, key, limit as most, number, unsigned};
use crate::contract::{AuditTree, Plane, SequencedBatch, SignedCheckpoint, Version};
use crate::error::{Current, StoreError};

pub(super) const QUEUE: Sealed = Sealed("audit_queue", Plane::Control);
pub(super) const LEAVES: Sealed = Sealed("audit_leaves", Plane::Control);
pub(super) const TREE: Sealed = Sealed("audit_tree", Plane::Control);
pub(super) const CHECKPOINTS: Sealed = Sealed("audit_checkpoints", Plane::Control);

/// The key of the tables that have one row.
const ONLY: [u8; 1] = [0];

/// The log that a leaf comes from: its workspace, or zeros.
fn log_of(leaf: &SequencedLeaf) -> Uuid {
    leaf.workspace.map_or_else(Uuid::nil, |workspace| id(workspace.as_bytes()))
}

fn place(log: Uuid, seq: u64) -> Vec<u8> {
    key(&[log.as_bytes(), &seq.to_be_bytes()])
}

/// Lets leaves wait for their place.
pub(super) async fn enqueue(frame: &mut Frame, leaves: &[SequencedLeaf]) -> Result<(), StoreError> {
    let (mut logs, mut seqs, mut key_ids, mut rows) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for leaf in leaves {
        let (key_id, sealed) = frame.seal(QUEUE, &place(log_of(leaf), leaf.seq), leaf)?;
        logs.push(log_of(leaf));
        seqs.push(number(leaf.seq));
        key_ids.push(key_id);
        rows.push(sealed);
    }
    let query = sqlx::query(
        "INSERT INTO prodops_control.audit_queue (log, seq, key_id, sealed) \
         SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bytea[])",
    );
    frame.run(query.bind(logs).bind(seqs).bind(key_ids).bind(rows)).await.map(drop)
}

fn open_queued(frame: &Frame, rows: &[PgRow]) -> Result<Vec<SequencedLeaf>, StoreError> {
    let rows_of = frame.place(QUEUE)?;
    let open = |row| {
        let place = place(column(row, 0)?, unsigned(column(row, 1)?, QUEUE.0)?);
        rows_of.open(&place, &column::<Vec<u8>>(row, 2)?)
    };
    rows.iter().map(open).collect()
}

async fn queued_rows(
    frame: &mut Frame,
    after: Option<&SequencedLeaf>,
    limit: usize,
) -> Result<Vec<PgRow>, StoreError> {
    let query = sqlx::query(
        "SELECT log, seq, sealed FROM prodops_control.audit_queue WHERE (log, seq) > ($1, $2) \
         ORDER BY log, seq LIMIT $3",
    );
    let (log, seq) = after.map_or((Uuid::nil(), 0), |leaf| (log_of(leaf), number(leaf.seq)));
    frame.all(query.bind(log).bind(seq).bind(most(limit))).await
}

pub(super) async fn queue(
    frame: &mut Frame,
    after: Option<&SequencedLeaf>,
    limit: usize,
) -> Result<Vec<SequencedLeaf>, StoreError> {
    let rows = queued_rows(frame, after, limit).await?;
    open_queued(frame, &rows)
}

/// The same without those that cannot be read back.
pub(super) async fn readable_queue(
    frame: &mut Frame,
    after: Option<&SequencedLeaf>,
    limit: usize,
) -> Result<Vec<SequencedLeaf>, StoreError> {
    let mut found = Vec::new();
    for row in queued_rows(frame, after, limit).await? {
        match open_queued(frame, std::slice::from_ref(&row)) {
            Err(error) if error.is_of_one_row() => {}
            leaves => found.extend(leaves?),
        }
    }
    Ok(found)
}

/// The right edge of the tree.
pub(super) async fn edge(frame: &mut Frame) -> Result<Frontier, StoreError> {
    let row = frame.one(sqlx::query("SELECT sealed FROM prodops_control.audit_tree")).await?;
    open_frontier(frame, bytes(row.as_ref())?)
}

pub(super) async fn tree(frame: &mut Frame) -> Result<AuditTree, StoreError> {
    let frontier = edge(frame).await?;
    let checkpoint = checkpoints(frame, 1).await?.pop();
    Ok(AuditTree { frontier, checkpoint })
}

fn open_frontier(frame: &Frame, sealed: Option<Vec<u8>>) -> Result<Frontier, StoreError> {
    let place = frame.place(TREE)?;
    Ok(sealed.map(|sealed| place.open(&ONLY, &sealed)).transpose()?.unwrap_or_default())
}

/// Those who sequence wait here for each other.
async fn lock_tree(frame: &mut Frame) -> Result<Frontier, StoreError> {
    let (key_id, sealed) = frame.seal(TREE, &ONLY, &Frontier::default())?;
    let query = sqlx::query(
        "INSERT INTO prodops_control.audit_tree (key_id, sealed) VALUES ($1, $2) ON CONFLICT DO NOTHING",
    );
    frame.run(query.bind(key_id).bind(sealed)).await?;
    let query = sqlx::query("SELECT sealed FROM prodops_control.audit_tree FOR NO KEY UPDATE");
    let row = frame.one(query).await?;
    open_frontier(frame, bytes(row.as_ref())?)
}

/// Moves leaves from the queue into the tree.
pub(super) async fn sequence(frame: &mut Frame, batch: &SequencedBatch) -> Result<(), StoreError> {
    let size = lock_tree(frame).await?.size();
    let conflict = || StoreError::Conflict { current: Current::Version(Version::from_number(size)) };
    if size != batch.expected || dequeue(frame, &batch.leaves).await? != sorted(&batch.leaves) {
        return Err(conflict());
    }
    add_leaves(frame, size, &batch.leaves).await?;
    move_edge(frame, &batch.frontier).await?;
    add_checkpoint(frame, &batch.checkpoint).await
}

fn sorted(leaves: &[SequencedLeaf]) -> Vec<SequencedLeaf> {
    let mut leaves = leaves.to_vec();
    leaves.sort_by_key(|leaf| (log_of(leaf), leaf.seq));
    leaves
}

/// Takes leaves out of the queue, and tells which were there.
async fn dequeue(frame: &mut Frame, leaves: &[SequencedLeaf]) -> Result<Vec<SequencedLeaf>, StoreError> {
    let logs: Vec<Uuid> = leaves.iter().map(log_of).collect();
    let seqs: Vec<i64> = leaves.iter().map(|leaf| number(leaf.seq)).collect();
    let query = sqlx::query(
        "DELETE FROM prodops_control.audit_queue q USING unnest($1::uuid[], $2::bigint[]) AS r (log, seq) \
         WHERE q.log = r.log AND q.seq = r.seq RETURNING q.log, q.seq, q.sealed",
    );
    let rows = frame.all(query.bind(logs).bind(seqs)).await?;
    Ok(sorted(&open_queued(frame, &rows)?))
}

/// Sets the right edge as it was in another store.
pub(super) async fn put_back(frame: &mut Frame, frontier: &Frontier) -> Result<(), StoreError> {
    lock_tree(frame).await?;
    move_edge(frame, frontier).await
}

async fn move_edge(frame: &mut Frame, frontier: &Frontier) -> Result<(), StoreError> {
    let (key_id, sealed) = frame.seal(TREE, &ONLY, frontier)?;
    let query = sqlx::query("UPDATE prodops_control.audit_tree SET key_id = $1, sealed = $2");
    frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
}

pub(super) async fn add_leaves(
    frame: &mut Frame,
    size: u64,
    leaves: &[SequencedLeaf],
) -> Result<(), StoreError> {
    let (mut indexes, mut key_ids, mut rows) = (Vec::new(), Vec::new(), Vec::new());
    for (index, leaf) in (size..).zip(leaves) {
        let (key_id, sealed) = frame.seal(LEAVES, &index.to_be_bytes(), leaf)?;
        indexes.push(number(index));
        key_ids.push(key_id);
        rows.push(sealed);
    }
    let query = sqlx::query(
        "INSERT INTO prodops_control.audit_leaf (index, key_id, sealed) \
         SELECT * FROM unnest($1::bigint[], $2::uuid[], $3::bytea[])",
    );
    frame.run(query.bind(indexes).bind(key_ids).bind(rows)).await.map(drop)
}

pub(super) async fn add_checkpoint(
    frame: &mut Frame,
    checkpoint: &SignedCheckpoint,
) -> Result<(), StoreError> {
    let (key_id, sealed) = frame.seal(CHECKPOINTS, &checkpoint.size.to_be_bytes(), checkpoint)?;
    let query = sqlx::query(
        "INSERT INTO prodops_control.audit_checkpoint (size, key_id, sealed) VALUES ($1, $2, $3) \
         ON CONFLICT (size) DO UPDATE SET key_id = excluded.key_id, sealed = excluded.sealed",
    );
    frame.run(query.bind(number(checkpoint.size)).bind(key_id).bind(sealed)).await.map(drop)
}

pub(super) async fn leaves(
    frame: &mut Frame,
    from: u64,
    limit: usize,
) -> Result<Vec<SequencedLeaf>, StoreError> {
    let query = sqlx::query(
        "SELECT index, sealed FROM prodops_control.audit_leaf WHERE index >= $1 ORDER BY index LIMIT $2",
    );
    let rows = frame.all(query.bind(number(from)).bind(most(limit))).await?;
    let place = frame.place(LEAVES)?;
    let open = |row| {
        let index = unsigned(column(row, 0)?, LEAVES.0)?;
        place.open(&index.to_be_bytes(), &column::<Vec<u8>>(row, 1)?)
    };
    rows.iter().map(open).collect()
}

pub(super) async fn checkpoints(
    frame: &mut Frame,
    limit: usize,
) -> Result<Vec<SignedCheckpoint>, StoreError> {
    let query =
        sqlx::query("SELECT size, sealed FROM prodops_control.audit_checkpoint ORDER BY size DESC LIMIT $1");
    let rows = frame.all(query.bind(most(limit))).await?;
    let place = frame.place(CHECKPOINTS)?;
    let open = |row| {
        let size = unsigned(column(row, 0)?, CHECKPOINTS.0)?;
        place.open(&size.to_be_bytes(), &column::<Vec<u8>>(row, 1)?)
    };
    rows.iter().map(open).collect()
}
