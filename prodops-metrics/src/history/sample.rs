//! The commits of one window.

use std::collections::HashSet;

use prodops_core::fact::CommitFact;
use prodops_core::time::Timestamp;

use super::{Entry, Kind, believable};
use crate::exclusion::{Excluded, Exclusion};
use crate::window::Window;

/// The commits that were brought in inside a window.
#[derive(Debug)]
pub(crate) struct Sample<'a> {
    /// All of them, by rising instant.
    pub(crate) entries: &'a [Entry<'a>],
    /// Those that count as work of people, by rising instant.
    pub(crate) work: Vec<&'a CommitFact>,
    /// Why the others do not.
    pub(crate) left_out: Excluded,
    /// Merges among the commits that lie in no window.
    pub(crate) anomalous_merges: u64,
    /// Where and when it was cut.
    pub(crate) window: Window,
    /// The instant of the report.
    pub(crate) as_of: Timestamp,
}

impl<'a> Sample<'a> {
    pub(super) fn new(
        entries: &'a [Entry<'a>],
        window: Window,
        as_of: Timestamp,
        (anomalies, anomalous_merges): (u64, u64),
    ) -> Self {
        let mut work = Vec::new();
        let mut left_out = Excluded::default();
        // They may belong to this window or to any other: every window says so.
        left_out.add(Exclusion::ClockAnomaly, anomalies);
        for entry in entries {
            match entry.kind {
                Kind::Work => work.push(entry.commit),
                Kind::Duplicate => left_out.add(Exclusion::Duplicate, 1),
                Kind::Bot => left_out.add(Exclusion::Bot, 1),
                Kind::Merge => left_out.add(Exclusion::Merge, 1),
            }
        }
        Self { entries, work, left_out, anomalous_merges, window, as_of }
    }

    /// Whether a commit can carry this instant.
    pub(crate) fn believes(&self, at: Timestamp) -> bool {
        believable(at, self.as_of)
    }

    /// How many people the work is about; all work without an author together may be one more.
    pub(crate) fn people(&self) -> u64 {
        let authors: HashSet<_> = self.work.iter().map(|commit| commit.author).collect();
        count(authors.len())
    }
}

/// A length as a count.
pub(crate) fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
