//! The order of the log of a repository's lines: what was logged, then the snapshot, each by walk and place.

use std::ops::Range;

use prodops_core::fact::{LineEntry, LineLogFact};

/// What of a log is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineLogPart {
    /// What commits do to lines, in the order of the history.
    Edits,
    /// What is known at the last commit.
    Snapshot,
}

impl LineLogPart {
    /// What the keys of its entries begin with, and no others.
    #[must_use]
    pub const fn prefix(self) -> u8 {
        match self {
            Self::Edits => 0,
            Self::Snapshot => 1,
        }
    }
}

/// The place of an entry within the log of its repository: it sorts as entries follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineLogKey([u8; 17]);

impl LineLogKey {
    /// The key of a walk and a place in it.
    #[must_use]
    pub fn at(part: LineLogPart, (walk, place): (u64, u64)) -> Self {
        let mut bytes = [0; 17];
        let all = std::iter::once(part.prefix()).chain(walk.to_be_bytes()).chain(place.to_be_bytes());
        bytes.iter_mut().zip(all).for_each(|(byte, value)| *byte = value);
        Self(bytes)
    }

    /// The key of an entry.
    #[must_use]
    pub fn of(fact: &LineLogFact) -> Self {
        let part = if fact.is_snapshot() { LineLogPart::Snapshot } else { LineLogPart::Edits };
        Self::at(part, (fact.walk, fact.place))
    }

    /// The entries that one more entry makes void: a history that begins anew has no earlier entries, and there is one
    /// snapshot.
    #[must_use]
    pub fn replaced_by(fact: &LineLogFact) -> Option<Range<Self>> {
        let part = match &fact.entry {
            LineEntry::Edits { begins: true, .. } => LineLogPart::Edits,
            LineEntry::Snapshot(_) if fact.place == 0 => LineLogPart::Snapshot,
            _ => return None,
        };
        Some(Self::at(part, (0, 0))..Self::at(part, (fact.walk, 0)))
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 17] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use prodops_core::fact::LineSnapshot;
    use prodops_core::id::RepositoryId;

    use super::*;

    fn fact(walk: u64, place: u64, entry: LineEntry) -> LineLogFact {
        LineLogFact { repository: RepositoryId::from_bytes([1; 16]), walk, place, entry }
    }

    #[test]
    fn keys_sort_as_entries_follow_each_other() {
        let edits = |begins| LineEntry::Edits { begins, commits: Vec::new() };
        let snapshot = || LineEntry::Snapshot(LineSnapshot::default());
        let entries = [
            fact(0, 300, edits(false)),
            fact(1, 0, edits(true)),
            fact(0, 0, snapshot()),
            fact(2, 0, snapshot()),
        ];
        let keys = entries.each_ref().map(LineLogKey::of);
        assert!(keys.is_sorted());
        let void: Vec<_> = entries
            .iter()
            .map(|entry| {
                let range = LineLogKey::replaced_by(entry);
                keys.iter().filter(|key| range.as_ref().is_some_and(|range| range.contains(key))).count()
            })
            .collect();
        assert_eq!(void, [0, 1, 0, 1]);
    }
}
