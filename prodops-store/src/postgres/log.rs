//! One audit log: a chain of entries, the head that the next one hangs on, and what its entries are found by.

use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::audit::{AuditEntry, AuditEvent, KeptEntry, LogHead};
use prodops_core::id::WorkspaceId;
use sqlx::types::Uuid;

use super::frame::{Frame, Sealed};
use super::sequence;
use super::value::{bytes, column, id, key, limit as most, number, unsigned};
use crate::contract::{AuditQuery, Plane};
use crate::error::StoreError;
use crate::sealed::{actor_of, narrowest, object_of};

pub(super) const EVENTS: Sealed = Sealed("audit_events", Plane::Workspace);
pub(super) const HEADS: Sealed = Sealed("audit_heads", Plane::Workspace);
pub(super) const DEPLOYMENT_EVENTS: Sealed = Sealed("deployment_events", Plane::Control);
pub(super) const DEPLOYMENT_HEAD: Sealed = Sealed("deployment_head", Plane::Control);

/// Entries that are looked at in one go.
const PAGE: usize = 500;

/// The statements of a log. The first parameter is the workspace, or NULL for the deployment's own log, which has no
/// such column.
struct Statements {
    head: &'static str,
    lock_head: &'static str,
    make_head: &'static str,
    move_head: &'static str,
    append: &'static str,
    rows: &'static str,
    /// Oldest first and newest first: all, by actor, by object.
    search: [[&'static str; 3]; 2],
    full: &'static str,
    erase: &'static str,
}

macro_rules! statements {
    ($schema:literal, own: $own:literal, column: $column:literal, value: $value:literal) => {
        Statements {
            head: concat!("SELECT sealed FROM ", $schema, ".audit_head WHERE ", $own),
            lock_head: concat!("SELECT sealed FROM ", $schema, ".audit_head WHERE ", $own, " FOR NO KEY UPDATE"),
            make_head: concat!(
                "INSERT INTO ", $schema, ".audit_head (", $column, "key_id, sealed) SELECT ", $value,
                "$2, $3 ON CONFLICT DO NOTHING"
            ),
            move_head: concat!("UPDATE ", $schema, ".audit_head SET key_id = $2, sealed = $3 WHERE ", $own),
            append: concat!(
                "INSERT INTO ", $schema, ".audit_event (", $column, "seq, actor, object, key_id, sealed) SELECT ",
                $value, "r.* FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::uuid[], $6::bytea[]) AS r"
            ),
            rows: concat!(
                "SELECT seq, sealed FROM ", $schema, ".audit_event WHERE ", $own,
                " AND seq > $2 ORDER BY seq LIMIT $3"
            ),
            search: [
                [
                    statements!(@search $schema, $own, "true", "seq > $2", "seq"),
                    statements!(@search $schema, $own, "actor = $4", "seq > $2", "seq"),
                    statements!(@search $schema, $own, "object = $4", "seq > $2", "seq"),
                ],
                [
                    statements!(@search $schema, $own, "true", "seq < $2", "seq DESC"),
                    statements!(@search $schema, $own, "actor = $4", "seq < $2", "seq DESC"),
                    statements!(@search $schema, $own, "object = $4", "seq < $2", "seq DESC"),
                ],
            ],
            full: concat!(
                "SELECT seq, sealed FROM ", $schema, ".audit_event WHERE ", $own,
                " AND seq > $2 AND seq <= $3 ORDER BY seq LIMIT $4 FOR NO KEY UPDATE"
            ),
            erase: concat!(
                "UPDATE ", $schema, ".audit_event SET actor = NULL, object = NULL, key_id = $3, sealed = $4 WHERE ",
                $own, " AND seq = $2"
            ),
        }
    };
    (@search $schema:literal, $own:literal, $by:literal, $range:literal, $order:literal) => {
        concat!(
            "SELECT seq, sealed FROM ", $schema, ".audit_event WHERE ", $own, " AND ", $by, " AND ", $range,
            " ORDER BY ", $order, " LIMIT $3"
        )
    };
}

const OF_WORKSPACE: Statements =
    statements!("prodops", own: "workspace_id = $1", column: "workspace_id, ", value: "$1::uuid, ");
const OF_DEPLOYMENT: Statements =
    statements!("prodops_control", own: "$1::uuid IS NULL", column: "", value: "");

#[cfg(any(test, feature = "testing"))]
pub(super) fn statements() -> impl Iterator<Item = &'static str> {
    [&OF_WORKSPACE, &OF_DEPLOYMENT].into_iter().flat_map(|of| {
        let one_each =
            [of.head, of.lock_head, of.make_head, of.move_head, of.append, of.rows, of.full, of.erase];
        one_each.into_iter().chain(of.search.as_flattened().iter().copied())
    })
}

/// The log of a workspace, or the deployment's.
pub(super) struct Log {
    workspace: Option<WorkspaceId>,
    own: Option<Uuid>,
    prefix: Vec<u8>,
    statements: &'static Statements,
    events: Sealed,
    heads: Sealed,
}

impl Log {
    pub(super) fn of(workspace: Option<WorkspaceId>) -> Self {
        let own = workspace.map(|workspace| id(workspace.as_bytes()));
        let prefix = own.map_or_else(Vec::new, |own| own.as_bytes().to_vec());
        let (statements, events, heads) = match workspace {
            Some(_) => (&OF_WORKSPACE, EVENTS, HEADS),
            None => (&OF_DEPLOYMENT, DEPLOYMENT_EVENTS, DEPLOYMENT_HEAD),
        };
        Self { workspace, own, prefix, statements, events, heads }
    }

    /// The log of the workspace that the frame is in.
    pub(super) fn of_frame(frame: &Frame) -> Result<Self, StoreError> {
        Ok(Self::of(Some(WorkspaceId::from_bytes(frame.workspace()?.into_bytes()))))
    }

    fn place(&self, seq: u64) -> Vec<u8> {
        key(&[&self.prefix, &seq.to_be_bytes()])
    }

    /// Chains the events to the head and queues them for the tree.
    pub(super) async fn append(&self, frame: &mut Frame, events: &[AuditEvent]) -> Result<(), StoreError> {
        let mut head = self.lock_head(frame).await?;
        let mut columns = Columns::default();
        let mut leaves = Vec::with_capacity(events.len());
        for event in events {
            let (entry, next) = head
                .append(event.clone())
                .map_err(|_| StoreError::invalid("audit event", "must be shorter"))?;
            head = next;
            let kept = KeptEntry { hash: head.hash, body: Some(entry) };
            columns.add(frame, self, head.seq, Some(event), &kept)?;
            leaves.push(SequencedLeaf { workspace: self.workspace, seq: head.seq, hash: head.hash });
        }
        self.insert(frame, columns).await?;
        sequence::enqueue(frame, &leaves).await?;
        self.move_head(frame, &head).await
    }

    /// INVARIANT: nothing is ever overwritten: a row at this number means that the head was tampered with.
    async fn insert(&self, frame: &mut Frame, columns: Columns) -> Result<(), StoreError> {
        let query = sqlx::query(self.statements.append).bind(self.own).bind(columns.seqs);
        let query = query.bind(columns.actors).bind(columns.objects);
        frame.run(query.bind(columns.key_ids).bind(columns.sealed)).await.map(drop)
    }

    async fn move_head(&self, frame: &mut Frame, head: &LogHead) -> Result<(), StoreError> {
        let (key_id, sealed) = frame.seal(self.heads, &self.prefix, head)?;
        let query = sqlx::query(self.statements.move_head).bind(self.own);
        frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
    }

    /// Those who append to the same log wait here for each other.
    async fn lock_head(&self, frame: &mut Frame) -> Result<LogHead, StoreError> {
        for _ in 0..2 {
            let query = sqlx::query(self.statements.lock_head).bind(self.own);
            if let Some(sealed) = bytes(frame.one(query).await?.as_ref())? {
                return frame.place(self.heads)?.open(&self.prefix, &sealed);
            }
            let (key_id, sealed) = frame.seal(self.heads, &self.prefix, &LogHead::default())?;
            let query = sqlx::query(self.statements.make_head).bind(self.own);
            frame.run(query.bind(key_id).bind(sealed)).await?;
        }
        Err(StoreError::Corrupt { table: self.heads.0 })
    }

    pub(super) async fn head(&self, frame: &mut Frame) -> Result<LogHead, StoreError> {
        let query = sqlx::query(self.statements.head).bind(self.own);
        let found = bytes(frame.one(query).await?.as_ref())?;
        let place = frame.place(self.heads)?;
        Ok(found.map(|sealed| place.open(&self.prefix, &sealed)).transpose()?.unwrap_or_default())
    }

    /// The first `limit` rows beyond `after`, as they are.
    pub(super) async fn rows(
        &self,
        frame: &mut Frame,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<KeptEntry>)>, StoreError> {
        let query = sqlx::query(self.statements.rows).bind(self.own).bind(number(after));
        let rows = frame.all(query.bind(most(limit))).await?;
        let place = frame.place(self.events)?;
        let open = |row| {
            let seq = unsigned(column(row, 0)?, self.events.0)?;
            match place.open(&self.place(seq), &column::<Vec<u8>>(row, 1)?) {
                Err(error) if error.is_of_one_row() => Ok((seq, None)),
                opened => Ok((seq, Some(opened?))),
            }
        };
        rows.iter().map(open).collect()
    }

    /// The first `limit` entries that are asked for beyond `after`.
    pub(super) async fn search(
        &self,
        frame: &mut Frame,
        query: &AuditQuery,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let attribute = narrowest(query);
        let [oldest_first, newest_first] = &self.statements.search;
        let [all, by_actor, by_object] = if query.newest_first { newest_first } else { oldest_first };
        let statement = match attribute {
            None => all,
            Some([0, ..]) => by_object,
            Some(_) => by_actor,
        };
        let mut from = after.map_or(if query.newest_first { i64::MAX } else { 0 }, number);
        let mut found = Vec::new();
        loop {
            let asked = sqlx::query(*statement).bind(self.own).bind(from).bind(most(PAGE));
            let rows = frame.all(asked.bind(attribute.map(|attribute| attribute.to_vec()))).await?;
            let place = frame.place(self.events)?;
            for row in &rows {
                from = column(row, 0)?;
                let key = self.place(unsigned(from, self.events.0)?);
                let kept: KeptEntry = place.open(&key, &column::<Vec<u8>>(row, 1)?)?;
                found.extend(kept.body.filter(|entry| query.filter.admits(&entry.event)));
                if found.len() >= limit {
                    return Ok(found);
                }
            }
            if rows.len() < PAGE {
                return Ok(found);
            }
        }
    }

    /// Puts an entry where it was in another store.
    pub(super) async fn put_back(
        &self,
        frame: &mut Frame,
        seq: u64,
        kept: &KeptEntry,
    ) -> Result<(), StoreError> {
        let event = kept.body.as_ref().map(|entry| &entry.event);
        let mut columns = Columns::default();
        columns.add(frame, self, seq, event, kept)?;
        self.insert(frame, columns).await
    }

    /// Sets the head as it was in another store.
    pub(super) async fn put_back_head(&self, frame: &mut Frame, head: &LogHead) -> Result<(), StoreError> {
        self.lock_head(frame).await?;
        self.move_head(frame, head).await
    }

    /// Erases up to `limit` bodies up to `through`, and what the columns tell of them.
    pub(super) async fn purge(
        &self,
        frame: &mut Frame,
        through: u64,
        limit: usize,
    ) -> Result<u64, StoreError> {
        let (mut erased, mut from) = (0_u64, 0_i64);
        while erased < limit as u64 {
            let query = sqlx::query(self.statements.full).bind(self.own).bind(from);
            let rows = frame.all(query.bind(number(through)).bind(most(PAGE))).await?;
            for row in &rows {
                from = column(row, 0)?;
                let seq = unsigned(from, self.events.0)?;
                let sealed: Vec<u8> = column(row, 1)?;
                let kept: KeptEntry = frame.place(self.events)?.open(&self.place(seq), &sealed)?;
                if kept.body.is_some() && erased < limit as u64 {
                    self.erase(frame, seq, &KeptEntry { hash: kept.hash, body: None }).await?;
                    erased += 1;
                }
            }
            if rows.len() < PAGE {
                break;
            }
        }
        Ok(erased)
    }

    async fn erase(&self, frame: &mut Frame, seq: u64, kept: &KeptEntry) -> Result<(), StoreError> {
        let (key_id, sealed) = frame.seal(self.events, &self.place(seq), kept)?;
        let query = sqlx::query(self.statements.erase).bind(self.own).bind(number(seq));
        frame.run(query.bind(key_id).bind(sealed)).await.map(drop)
    }
}

/// The columns of many entries.
#[derive(Default)]
struct Columns {
    seqs: Vec<i64>,
    actors: Vec<Option<Vec<u8>>>,
    objects: Vec<Option<Vec<u8>>>,
    key_ids: Vec<Uuid>,
    sealed: Vec<Vec<u8>>,
}

impl Columns {
    fn add(
        &mut self,
        frame: &Frame,
        log: &Log,
        seq: u64,
        event: Option<&AuditEvent>,
        kept: &KeptEntry,
    ) -> Result<(), StoreError> {
        let (key_id, sealed) = frame.seal(log.events, &log.place(seq), kept)?;
        self.seqs.push(number(seq));
        self.actors.push(event.and_then(actor_of).map(|actor| actor.to_vec()));
        self.objects.push(event.and_then(object_of).map(|object| object.to_vec()));
        self.key_ids.push(key_id);
        self.sealed.push(sealed);
        Ok(())
    }
}
