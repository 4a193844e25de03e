//! What a line of the ledger says, and what holds after all of them.

use std::collections::BTreeMap;

use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::contract::{ErasureSubject, TombstoneRecord};

/// Something that happened to a deletion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LedgerEvent {
    /// It was asked for: the tombstone as it was made.
    Requested(TombstoneRecord),
    /// It was called off.
    Cancelled {
        /// Whose.
        subject: ErasureSubject,
        /// When.
        at: Timestamp,
    },
    /// The grace is over: keys are destroyed and rows removed from now on.
    Begun(TombstoneRecord),
    /// Nothing is left.
    Finished(TombstoneRecord),
}

impl LedgerEvent {
    /// Whose data it is about.
    #[must_use]
    pub const fn subject(&self) -> ErasureSubject {
        match self {
            Self::Requested(row) | Self::Begun(row) | Self::Finished(row) => row.subject,
            Self::Cancelled { subject, .. } => *subject,
        }
    }
}

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Its place, from 1.
    pub seq: u64,
    /// What happened.
    pub event: LedgerEvent,
    /// The MAC of it and all before it, as hexadecimal text.
    pub mac: String,
}

/// How far the ledger is: whoever knows it finds lines that are cut off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerHead {
    /// The place of the last entry; 0 while there is none.
    pub seq: u64,
    /// Its MAC as hexadecimal text; empty while there is none.
    pub mac: String,
}

/// What holds for each subject after every entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    entries: Vec<LedgerEntry>,
}

impl Standing {
    pub(super) const fn of(entries: Vec<LedgerEntry>) -> Self {
        Self { entries }
    }

    /// The last event of each subject.
    #[must_use]
    pub fn last(&self) -> BTreeMap<ErasureSubject, &LedgerEvent> {
        self.entries.iter().map(|entry| (entry.event.subject(), &entry.event)).collect()
    }

    /// How far the ledger is.
    #[must_use]
    pub fn head(&self) -> LedgerHead {
        let last = self.entries.last();
        last.map_or(LedgerHead { seq: 0, mac: String::new() }, |last| LedgerHead {
            seq: last.seq,
            mac: last.mac.clone(),
        })
    }

    /// Whether the ledger was once at this head: it has the same lines up to there.
    #[must_use]
    pub fn reaches(&self, head: &LedgerHead) -> bool {
        head.seq == 0 || self.entries.iter().any(|entry| entry.seq == head.seq && entry.mac == head.mac)
    }
}
