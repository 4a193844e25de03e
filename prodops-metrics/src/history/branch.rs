//! What each merge brought into the line of history that is read.
//!
//! The line is the chain of first parents from the head. Walking it from its oldest commit to its newest and marking
//! what each merge brings, every commit is visited once: what is reachable from a merge's first parent is marked
//! already, so what is unmarked and reachable from its second parent is exactly what the merge brought.

use std::collections::HashMap;

use prodops_core::fact::{CommitFact, CommitId};
use prodops_core::time::Timestamp;

use super::believable;
use crate::exclusion::Exclusion;

/// The branch that a merge brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Branch {
    /// Its earliest commit was written at this instant.
    Since(Timestamp),
    /// Its start cannot be told, or means nothing.
    Left(Exclusion),
}

struct Graph<'a> {
    commits: &'a [&'a CommitFact],
    index: HashMap<CommitId, usize>,
    /// By which commit of the line it was first brought in.
    reached: Vec<Option<usize>>,
}

/// What became reachable through one parent.
#[derive(Default)]
struct Brought {
    earliest: Option<Timestamp>,
    human: bool,
    anomaly: bool,
    cut: bool,
    joined: bool,
}

/// The branches of all merges, by the index of the merge in `commits`.
pub(super) fn branches(
    commits: &[&CommitFact],
    head: Option<CommitId>,
    is_bot: &impl Fn(&CommitFact) -> bool,
    as_of: Timestamp,
) -> HashMap<usize, Branch> {
    let merges = commits.iter().enumerate().filter(|(_, commit)| commit.is_merge());
    let mut found: HashMap<_, _> =
        merges.map(|(index, _)| (index, Branch::Left(Exclusion::OffMainline))).collect();
    if found.is_empty() {
        return found;
    }
    let mut index = HashMap::with_capacity(commits.len());
    for (position, commit) in commits.iter().enumerate() {
        index.entry(commit.id).or_insert(position);
    }
    let mut graph = Graph { commits, index, reached: vec![None; commits.len()] };
    for position in graph.line(head).into_iter().rev() {
        let Some(commit) = commits.get(position) else { continue };
        let mut brought = Brought::default();
        for parent in commit.parents.iter().skip(1) {
            brought = graph.bring(*parent, position, is_bot, as_of);
        }
        graph.mark(position, position);
        match commit.parents.len() {
            0 | 1 => {}
            2 => drop(found.insert(position, brought.branch())),
            _ => drop(found.insert(position, Branch::Left(Exclusion::Octopus))),
        }
    }
    found
}

impl Graph<'_> {
    /// The chain of first parents, from the head on, as far as it was read.
    fn line(&self, head: Option<CommitId>) -> Vec<usize> {
        let mut line = Vec::new();
        let mut next = head;
        while let Some(position) = next.and_then(|id| self.index.get(&id)) {
            // Git knows no circles; facts from elsewhere might.
            if line.len() > self.commits.len() {
                return Vec::new();
            }
            line.push(*position);
            next = self.commits.get(*position).and_then(|commit| commit.parents.first().copied());
        }
        line
    }

    /// Marks a commit as brought in by `by`, unless it was marked before; by which one it is marked.
    fn mark(&mut self, position: usize, by: usize) -> (bool, usize) {
        let slot = self.reached.get_mut(position);
        slot.map_or((false, by), |slot| (slot.is_none(), *slot.get_or_insert(by)))
    }

    /// Marks what is reachable from `start` and was not before as brought in by `by`.
    fn bring(
        &mut self,
        start: CommitId,
        by: usize,
        is_bot: &impl Fn(&CommitFact) -> bool,
        as_of: Timestamp,
    ) -> Brought {
        let mut brought = Brought::default();
        let mut open = vec![start];
        while let Some(id) = open.pop() {
            let Some(position) = self.index.get(&id).copied() else {
                brought.cut = true;
                continue;
            };
            let (new, first_by) = self.mark(position, by);
            if !new {
                // A commit of this very branch may be met twice; only an older one is where the branch began.
                brought.joined |= first_by != by;
                continue;
            }
            let Some(commit) = self.commits.get(position) else { continue };
            let written = commit.authored.at;
            brought.earliest = Some(brought.earliest.map_or(written, |earliest| earliest.min(written)));
            brought.human |= !is_bot(commit);
            brought.anomaly |= !believable(written, as_of);
            open.extend(&commit.parents);
        }
        brought
    }
}

impl Brought {
    fn branch(&self) -> Branch {
        match self.earliest {
            _ if self.cut => Branch::Left(Exclusion::HistoryCut),
            None => Branch::Left(Exclusion::NothingNew),
            Some(_) if !self.joined => Branch::Left(Exclusion::UnrelatedHistory),
            Some(_) if !self.human => Branch::Left(Exclusion::Bot),
            Some(_) if self.anomaly => Branch::Left(Exclusion::ClockAnomaly),
            Some(earliest) => Branch::Since(earliest),
        }
    }
}
