//! One audit log in its tables: a chain of entries, the head that the next one hangs on, and an index.

use std::ops::ControlFlow;

use prodops_core::audit::verify::SequencedLeaf;
use prodops_core::audit::{AuditEntry, AuditEvent, KeptEntry, LogHead};
use prodops_core::id::WorkspaceId;

use super::key::{Exact, Key, Scoped};
use super::sequence;
use super::table::Table;
use super::tables::{
    AUDIT_EVENT_INDEX, AUDIT_EVENTS, AUDIT_HEADS, AUDIT_QUEUE, DEPLOYMENT_EVENT_INDEX, DEPLOYMENT_EVENTS,
    DEPLOYMENT_HEAD,
};
use super::transaction::{Reading, Writing};
use crate::contract::AuditQuery;
use crate::error::StoreError;
use crate::sealed::{attributes, narrowest};

/// The log of a workspace, or the deployment's.
pub(super) struct Log<K> {
    workspace: Option<WorkspaceId>,
    prefix: K,
    events: Table<K, KeptEntry>,
    index: Table<K, ()>,
    heads: Table<K, LogHead>,
}

impl Log<Scoped> {
    pub(super) fn of(workspace: WorkspaceId) -> Self {
        Self {
            workspace: Some(workspace),
            prefix: Scoped::of(workspace),
            events: AUDIT_EVENTS,
            index: AUDIT_EVENT_INDEX,
            heads: AUDIT_HEADS,
        }
    }
}

impl Log<Exact> {
    pub(super) fn deployment() -> Self {
        Self {
            workspace: None,
            prefix: Exact::new(&[]),
            events: DEPLOYMENT_EVENTS,
            index: DEPLOYMENT_EVENT_INDEX,
            heads: DEPLOYMENT_HEAD,
        }
    }
}

impl<K: Key> Log<K> {
    /// Chains the events to the head and queues them for the tree.
    pub(super) fn append(&self, tx: &Writing, events: &[AuditEvent]) -> Result<(), StoreError> {
        let mut heads = self.heads.write(tx)?;
        let mut head = heads.get(&self.prefix)?.unwrap_or_default();
        let (mut rows, mut index) = (self.events.write(tx)?, self.index.write(tx)?);
        let mut queue = AUDIT_QUEUE.write(tx)?;
        for event in events {
            let (entry, next) = head
                .append(event.clone())
                .map_err(|_| StoreError::invalid("audit event", "must be shorter"))?;
            head = next;
            let seq = head.seq.to_be_bytes();
            for attribute in attributes(event) {
                index.put(&self.prefix.child(&attribute).child(&seq), &())?;
            }
            // INVARIANT: nothing is ever overwritten: a row at this number means that the head was tampered with.
            rows.add(
                &self.prefix.child(&seq),
                &KeptEntry { hash: head.hash, body: Some(entry) },
                "audit event",
            )?;
            let leaf = SequencedLeaf { workspace: self.workspace, seq: head.seq, hash: head.hash };
            // A workspace that was purged and came back begins its log again: what still waits of the old one is no less a leaf.
            queue.add(&sequence::place(&leaf), &leaf, "audit event")?;
        }
        heads.put(&self.prefix, &head)
    }

    /// Puts an entry where it was in another store.
    pub(super) fn put_back(&self, tx: &Writing, seq: u64, entry: &KeptEntry) -> Result<(), StoreError> {
        let seq = seq.to_be_bytes();
        let mut index = self.index.write(tx)?;
        for attribute in entry.body.iter().flat_map(|entry| attributes(&entry.event)) {
            index.put(&self.prefix.child(&attribute).child(&seq), &())?;
        }
        self.events.write(tx)?.add(&self.prefix.child(&seq), entry, "audit event")
    }

    /// Sets the head as it was in another store.
    pub(super) fn put_back_head(&self, tx: &Writing, head: &LogHead) -> Result<(), StoreError> {
        self.heads.write(tx)?.put(&self.prefix, head)
    }

    pub(super) fn head(&self, tx: &Reading) -> Result<LogHead, StoreError> {
        Ok(self.heads.read(tx)?.get(&self.prefix)?.unwrap_or_default())
    }

    /// The first `limit` rows beyond `after`, as they are.
    pub(super) fn rows(
        &self,
        tx: &Reading,
        after: u64,
        limit: usize,
    ) -> Result<Vec<(u64, Option<KeptEntry>)>, StoreError> {
        let mut found = Vec::new();
        let after = self.prefix.child(&after.to_be_bytes());
        self.events.read(tx)?.walk(&self.prefix, Some(&after), false, |rest, row| {
            found.push((number(rest)?, readable(row)?));
            Ok(enough(found.len() >= limit))
        })?;
        Ok(found)
    }

    /// The first `limit` entries that are asked for beyond `after`.
    pub(super) fn search(
        &self,
        tx: &Reading,
        query: &AuditQuery,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        let events = self.events.read(tx)?;
        let mut found = Vec::new();
        let mut take = |row: KeptEntry| {
            found.extend(row.body.filter(|entry| query.filter.admits(&entry.event)));
            enough(found.len() >= limit)
        };
        match narrowest(query) {
            Some(attribute) => {
                let prefix = self.prefix.child(&attribute);
                let after = after.map(|seq| prefix.child(&seq.to_be_bytes()));
                self.index.read(tx)?.walk(&prefix, after.as_ref(), query.newest_first, |seq, found| {
                    found?;
                    Ok(events.get(&self.prefix.child(seq))?.map_or(ControlFlow::Continue(()), &mut take))
                })?;
            }
            None => {
                let after = after.map(|seq| self.prefix.child(&seq.to_be_bytes()));
                let rows = |_: &[u8], row: Result<_, _>| Ok(take(row?));
                events.walk(&self.prefix, after.as_ref(), query.newest_first, rows)?;
            }
        }
        Ok(found)
    }

    /// Erases up to `limit` bodies up to `through`, and what the index tells of them.
    pub(super) fn purge(&self, tx: &Writing, through: u64, limit: usize) -> Result<u64, StoreError> {
        let (mut rows, mut index) = (self.events.write(tx)?, self.index.write(tx)?);
        let mut full = Vec::new();
        rows.walk(&self.prefix, None, false, |rest, row| {
            let (seq, row) = (number(rest)?, row?);
            if seq <= through {
                full.extend(row.body.map(|entry| (seq, row.hash, entry.event)));
            }
            Ok(enough(seq >= through || full.len() >= limit))
        })?;
        for (seq, hash, event) in &full {
            let seq = seq.to_be_bytes();
            for attribute in attributes(event) {
                index.remove(&self.prefix.child(&attribute).child(&seq))?;
            }
            rows.put(&self.prefix.child(&seq), &KeptEntry { hash: *hash, body: None })?;
        }
        Ok(u64::try_from(full.len()).unwrap_or(u64::MAX))
    }
}

/// A row; `None` for one that cannot be read back.
pub(super) fn readable<Row>(row: Result<Row, StoreError>) -> Result<Option<Row>, StoreError> {
    match row {
        Err(error) if error.is_of_one_row() => Ok(None),
        row => row.map(Some),
    }
}

const fn enough(yes: bool) -> ControlFlow<()> {
    if yes { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
}

fn number(rest: &[u8]) -> Result<u64, StoreError> {
    let bytes = rest.try_into().map_err(|_| StoreError::Corrupt { table: "audit_events" })?;
    Ok(u64::from_be_bytes(bytes))
}
