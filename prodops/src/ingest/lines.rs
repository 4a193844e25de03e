//! The lines of one repository while a walk over its history goes on: what is stored of it is followed once, and every batch
//! adds its part.

use std::collections::{BTreeMap, HashMap};

use prodops_classify::LineAges;
use prodops_connectors::contract::WalkPlan;
use prodops_connectors::driver::WalkPart;
use prodops_core::fact::{
    CommitEdits, CommitId, CommitLines, Fact, LineEntry, LineLogFact, LineTurnover, PathKey,
};

/// So many files are in one part of a snapshot: some 100 KB.
const FILES_IN_PART: usize = 2_000;

/// An entry of the log speaks of so many files, some megabytes: a row stays far below what a backup takes.
const FILES_IN_ENTRY: usize = 50_000;

/// What is known of lines at a place in a walk.
pub(crate) struct LineWalk {
    ages: LineAges,
    /// Of how many of the commits that are still to come each commit is a parent.
    children: BTreeMap<CommitId, u32>,
}

impl LineWalk {
    /// Follows what is stored of the history up to where the walk begins or goes on.
    pub(crate) fn begin(plan: &WalkPlan, stored: &[CommitLines]) -> Self {
        let children = plan.children.clone();
        let mut of_stored: HashMap<CommitId, u32> = HashMap::new();
        for parent in stored.iter().flat_map(|commit| &commit.parents) {
            *of_stored.entry(*parent).or_default() += 1;
        }
        let mut ages = LineAges::default();
        for commit in stored {
            let to_come = children.get(&commit.id).copied().unwrap_or(0);
            ages.follow(commit, of_stored.get(&commit.id).copied().unwrap_or(0) + to_come);
        }
        Self { ages, children }
    }

    /// Completes the facts of the next commits with the ages of the lines that they take away, and adds the batch's entries
    /// in the log.
    pub(crate) fn add(&mut self, part: &WalkPart, edits: Vec<CommitEdits>, facts: &mut Vec<Fact>) {
        let mut turnovers: HashMap<CommitId, HashMap<PathKey, LineTurnover>> = HashMap::new();
        let mut commits = Vec::with_capacity(edits.len());
        for edit in edits {
            let children = self.children.get(&edit.lines.id).copied().unwrap_or(0);
            let of_files = self.ages.take(&edit, children);
            if !of_files.is_empty() {
                turnovers.insert(edit.lines.id, of_files.into_iter().collect());
            }
            commits.push(edit.lines);
        }
        for fact in facts.iter_mut() {
            let Fact::Commit(commit) = fact else { continue };
            let Some(of_files) = turnovers.get(&commit.id) else { continue };
            for change in &mut commit.changes {
                change.turnover = of_files.get(&change.path).copied();
            }
        }
        let log = |place, entry| {
            Fact::LineLog(LineLogFact { repository: part.repository, walk: part.walk, place, entry })
        };
        if part.last {
            let parts = self.ages.snapshot(FILES_IN_PART).into_iter().map(LineEntry::Snapshot);
            facts.extend((0..).zip(parts).map(|(place, entry)| log(place, entry)));
        } else {
            let begins = part.whole && part.place == 0;
            for (before, commits) in entries(commits, FILES_IN_ENTRY) {
                let begins = begins && before == 0;
                if begins || !commits.is_empty() {
                    facts.push(log(part.place + before, LineEntry::Edits { begins, commits }));
                }
            }
        }
    }
}

/// The commits in parts that speak of no more than so many files, a larger commit by itself; each with how many come before
/// it. There is a first one always.
fn entries(commits: Vec<CommitLines>, most: usize) -> Vec<(u64, Vec<CommitLines>)> {
    let (mut entries, mut files): (Vec<(u64, Vec<CommitLines>)>, usize) = (vec![(0, Vec::new())], 0);
    for (before, commit) in (0..).zip(commits) {
        let more = commit.files.len();
        match entries.last_mut().filter(|(_, entry)| entry.is_empty() || files + more <= most) {
            Some((_, entry)) => {
                files += more;
                entry.push(commit);
            }
            None => {
                files = more;
                entries.push((before, vec![commit]));
            }
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use prodops_core::fact::{FileLines, LinesAfter};

    use super::*;

    #[test]
    fn an_entry_stays_small_and_no_commit_is_torn() {
        let commit = |files: usize| CommitLines {
            id: CommitId::Sha1([files as u8; 20]),
            parents: Vec::new(),
            author: None,
            committed: 0,
            files: vec![FileLines { path: PathKey(1), after: LinesAfter::Gone }; files],
        };
        let parts = |files: &[usize]| {
            let entries = entries(files.iter().copied().map(commit).collect(), 10);
            let files =
                |commits: Vec<CommitLines>| commits.iter().map(|one| one.files.len()).collect::<Vec<_>>();
            entries.into_iter().map(|(before, commits)| (before, files(commits))).collect::<Vec<_>>()
        };
        assert_eq!(parts(&[]), [(0, vec![])]);
        assert_eq!(parts(&[4, 6, 1, 30, 2]), [(0, vec![4, 6]), (2, vec![1]), (3, vec![30]), (4, vec![2])]);
    }
}
