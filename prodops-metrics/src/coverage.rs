//! What was read of a window: the difference between "none" and "unknown".

use std::collections::{BTreeMap, BTreeSet};

use prodops_core::fact::{CoverageFact, Entity, Gap, RepositoryFact};
use prodops_core::id::RepositoryId;
use prodops_core::time::Timestamp;
use serde::Serialize;

/// A read that is no older than this reaches to the report's instant; the result says the instant of the read.
const FRESH_SECONDS: i64 = 86_400;

/// How much of a window was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CoverageState {
    /// All of it, in every repository: what is not there did not happen.
    Complete,
    /// Some of it: there may be more.
    Partial,
    /// Nothing of it.
    None,
}

/// How much was read for a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// How much of the window was read.
    pub state: CoverageState,
    /// Repositories that the result speaks about.
    pub repositories: u64,
    /// How many of them were completely read.
    pub complete: u64,
    /// What the reader had to pass over in them, in any window.
    pub gaps: BTreeMap<Gap, u64>,
}

/// What a definition needs to have been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reads {
    /// Commits by themselves.
    Commits,
    /// Commits and the files they change.
    Files,
}

#[derive(Debug, Clone, Copy)]
struct Span {
    from: Option<Timestamp>,
    to: Timestamp,
}

#[derive(Debug, Default)]
struct RepositoryReads {
    /// Everything that was looked at.
    touched: Vec<Span>,
    /// Where no commit can be missing, as disjoint spans.
    commits: Vec<Span>,
    /// Where no file can be missing either.
    files: Vec<Span>,
}

/// All reads of the repositories in scope.
#[derive(Debug)]
pub(crate) struct ReadIndex {
    repositories: Vec<RepositoryReads>,
    gaps: BTreeMap<Gap, u64>,
    entities: BTreeSet<Entity>,
    as_of: Timestamp,
}

impl ReadIndex {
    pub(crate) fn new(repositories: &[&RepositoryFact], coverage: &[CoverageFact], as_of: Timestamp) -> Self {
        let mut by_id: BTreeMap<RepositoryId, (bool, RepositoryReads)> = repositories
            .iter()
            .map(|repository| (repository.id, (repository.shallow, RepositoryReads::default())))
            .collect();
        let (mut gaps, mut entities) = (BTreeMap::new(), BTreeSet::new());
        for fact in coverage {
            let Some((shallow, reads)) = by_id.get_mut(&fact.repository) else { continue };
            entities.insert(fact.entity);
            if fact.entity == Entity::Commit {
                reads.take(fact, *shallow);
                for (gap, count) in fact.gaps.iter().filter(|(_, count)| *count > 0) {
                    *gaps.entry(*gap).or_default() += count;
                }
            }
        }
        let repositories = by_id.into_values().map(|(_, reads)| reads.merged()).collect();
        Self { repositories, gaps, entities, as_of }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.repositories.is_empty()
    }

    pub(crate) fn has(&self, entity: Entity) -> bool {
        self.entities.contains(&entity)
    }

    /// The instant that results speak of: the oldest latest read, held at the report's own instant.
    pub(crate) fn as_of(&self) -> Timestamp {
        let latest =
            self.repositories.iter().filter_map(|reads| reads.touched.iter().map(|span| span.to).max());
        latest.min().map_or(self.as_of, |oldest| oldest.min(self.as_of))
    }

    /// How much of `[from, to)` was read; the part of it that lies after the report's instant is not asked for.
    pub(crate) fn state(&self, from: Timestamp, to: Timestamp, reads: Reads) -> (CoverageState, u64) {
        let needed = to.min(self.as_of.plus_seconds(-FRESH_SECONDS));
        let whole = |spans: &[Span]| {
            spans.iter().any(|span| span.starts_by(from) && span.to > from && span.to >= needed)
        };
        let of_repository = |repository: &RepositoryReads| match reads {
            Reads::Commits => whole(&repository.commits),
            Reads::Files => whole(&repository.files),
        };
        let complete = self.repositories.iter().filter(|repository| of_repository(repository)).count();
        let touched = self.repositories.iter().flat_map(|repository| &repository.touched);
        let state = if complete > 0 && complete == self.repositories.len() {
            CoverageState::Complete
        } else if touched.into_iter().any(|span| span.overlaps(from, to)) {
            CoverageState::Partial
        } else {
            CoverageState::None
        };
        (state, u64::try_from(complete).unwrap_or(u64::MAX))
    }

    pub(crate) fn coverage(&self, from: Timestamp, to: Timestamp, reads: Reads) -> Coverage {
        let (state, complete) = self.state(from, to, reads);
        let repositories = u64::try_from(self.repositories.len()).unwrap_or(u64::MAX);
        Coverage { state, repositories, complete, gaps: self.gaps.clone() }
    }
}

impl Span {
    fn starts_by(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at)
    }

    fn overlaps(&self, from: Timestamp, to: Timestamp) -> bool {
        self.to > from && self.from.is_none_or(|start| start < to)
    }
}

impl RepositoryReads {
    fn take(&mut self, fact: &CoverageFact, shallow: bool) {
        let span = Span { from: fact.from, to: fact.to };
        if !span.starts_by(fact.to) {
            return;
        }
        let has = |gap: Gap| fact.gaps.iter().any(|(one, count)| *one == gap && *count > 0);
        self.touched.push(span);
        // Where history is cut off and nobody says where, any window may lack commits.
        if span.from.is_none() && (shallow || has(Gap::Shallow)) {
            return;
        }
        self.commits.push(span);
        if !has(Gap::UnreadableObject) {
            self.files.push(span);
        }
    }

    fn merged(mut self) -> Self {
        for spans in [&mut self.commits, &mut self.files] {
            // `None` sorts first: it is the beginning.
            spans.sort_by_key(|span| (span.from, span.to));
            spans.dedup_by(|next, kept| {
                let joins = next.starts_by(kept.to);
                if joins {
                    kept.to = kept.to.max(next.to);
                }
                joins
            });
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_seconds(1_000_000_000 + day * 86_400).unwrap()
    }

    fn reads(spans: &[(Option<i64>, i64)]) -> ReadIndex {
        let mut reads = RepositoryReads::default();
        let span = |(from, to): &(Option<i64>, i64)| Span { from: from.map(at), to: at(*to) };
        reads.commits = spans.iter().map(span).collect();
        reads.touched = reads.commits.clone();
        ReadIndex {
            repositories: vec![reads.merged()],
            gaps: BTreeMap::new(),
            entities: BTreeSet::new(),
            as_of: at(100),
        }
    }

    #[test]
    fn spans_that_touch_are_one_and_a_hole_is_a_hole() {
        let state = |index: &ReadIndex, from, to| index.state(at(from), at(to), Reads::Commits).0;
        let index = reads(&[(Some(50), 100), (None, 20), (Some(20), 40)]);
        assert_eq!(state(&index, 0, 40), CoverageState::Complete);
        assert_eq!(state(&index, 30, 60), CoverageState::Partial);
        assert_eq!(state(&index, 41, 49), CoverageState::None);
        assert_eq!(state(&index, 60, 200), CoverageState::Complete);
        assert_eq!(state(&index, 101, 200), CoverageState::None);
    }

    #[test]
    fn a_read_of_yesterday_is_fresh_and_an_older_one_is_not() {
        let state = |index: &ReadIndex| index.state(at(90), at(101), Reads::Commits).0;
        assert_eq!(state(&reads(&[(None, 99)])), CoverageState::Complete);
        assert_eq!(state(&reads(&[(None, 98)])), CoverageState::Partial);
        assert_eq!(reads(&[(None, 99)]).as_of(), at(99));
        assert_eq!(reads(&[]).as_of(), at(100));
    }
}
