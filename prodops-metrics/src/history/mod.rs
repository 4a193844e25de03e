//! Commits of a scope, put in order once and sorted into what counts and what does not.

mod branch;
mod sample;

use std::collections::{BTreeMap, HashMap, HashSet};

use prodops_core::fact::{CommitFact, CommitId, RepositoryFact};
use prodops_core::id::{PersonId, RepositoryId};
use prodops_core::time::Timestamp;

pub(crate) use branch::Branch;
pub(crate) use sample::{Sample, count};

use crate::facts::FactSet;
use crate::window::Window;

/// 1990-01-01T00:00:00Z: no commit is believed to be older.
const BELIEVABLE_FROM: i64 = 631_152_000_000;
/// Clocks may run ahead of the reader's by a day.
const AHEAD_SECONDS: i64 = 86_400;

/// Whether a commit can carry this instant: from 1990 on and no later than a day after `as_of`.
pub(crate) fn believable(at: Timestamp, as_of: Timestamp) -> bool {
    at.as_millis() >= BELIEVABLE_FROM && at <= as_of.plus_seconds(AHEAD_SECONDS)
}

/// What a commit counts as: the first that fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Counted in another repository already.
    Duplicate,
    /// Of a program.
    Bot,
    /// Of a person, joining lines.
    Merge,
    /// Of a person: work.
    Work,
}

/// A commit with a believable instant.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) commit: &'a CommitFact,
    pub(crate) kind: Kind,
    /// The branch that it brings in; only merges have one.
    pub(crate) branch: Option<Branch>,
}

/// The commits of a scope.
#[derive(Debug)]
pub(crate) struct History<'a> {
    /// By rising instant at which they were brought in.
    entries: Vec<Entry<'a>>,
    /// Commits that lie in no window, because the instant at which they were brought in cannot be.
    anomalies: u64,
    /// How many of those are merges.
    anomalous_merges: u64,
    as_of: Timestamp,
}

impl<'a> History<'a> {
    pub(crate) fn new(facts: &FactSet<'a>, repositories: &[&RepositoryFact], as_of: Timestamp) -> Self {
        let mut by_repository: BTreeMap<RepositoryId, Vec<&'a CommitFact>> =
            repositories.iter().map(|repository| (repository.id, Vec::new())).collect();
        for commit in facts.commits {
            if let Some(commits) = by_repository.get_mut(&commit.repository) {
                commits.push(commit);
            }
        }
        let bots: HashSet<PersonId> =
            facts.people.iter().filter(|person| person.bot).map(|person| person.id).collect();
        let mut history = Self { entries: Vec::new(), anomalies: 0, anomalous_merges: 0, as_of };
        let mut seen = HashSet::with_capacity(facts.commits.len());
        // By rising id of the repository: which of two equal commits counts does not hang on the order of the facts.
        for repository in repositories {
            let commits = by_repository.remove(&repository.id).unwrap_or_default();
            history.take(repository, &commits, &bots, &mut seen);
        }
        history.entries.sort_by_key(|entry| (entry.commit.committed.at, entry.commit.id));
        history
    }

    fn take(
        &mut self,
        repository: &RepositoryFact,
        commits: &[&'a CommitFact],
        bots: &HashSet<PersonId>,
        seen: &mut HashSet<CommitId>,
    ) {
        let is_bot =
            |commit: &CommitFact| commit.bot || commit.author.is_some_and(|author| bots.contains(&author));
        let mut branches: HashMap<usize, Branch> =
            branch::branches(commits, repository.head, &is_bot, self.as_of);
        for (index, commit) in commits.iter().enumerate() {
            let new = seen.insert(commit.id);
            if new && !believable(commit.committed.at, self.as_of) {
                self.anomalies += 1;
                self.anomalous_merges += u64::from(commit.is_merge());
            }
            if !believable(commit.committed.at, self.as_of) {
                continue;
            }
            let kind = match (new, is_bot(commit), commit.is_merge()) {
                (false, _, _) => Kind::Duplicate,
                (true, true, _) => Kind::Bot,
                (true, false, true) => Kind::Merge,
                (true, false, false) => Kind::Work,
            };
            self.entries.push(Entry { commit, kind, branch: branches.remove(&index) });
        }
    }

    /// When the first and the last commit were brought in.
    pub(crate) fn ends(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let at = |entry: &Entry<'_>| entry.commit.committed.at;
        (self.entries.first().map(at), self.entries.last().map(at))
    }

    /// The commits that were brought in inside the window.
    pub(crate) fn sample(&self, window: &Window) -> Sample<'_> {
        Sample::new(self.inside(window), window.clone(), self.as_of, (self.anomalies, self.anomalous_merges))
    }

    /// The work among them, newest first.
    pub(crate) fn work(&self, window: &Window) -> impl Iterator<Item = &'a CommitFact> {
        let work = self.inside(window).iter().rev().filter(|entry| entry.kind == Kind::Work);
        work.map(|entry| entry.commit)
    }

    fn inside(&self, window: &Window) -> &[Entry<'a>] {
        let start = self.entries.partition_point(|entry| entry.commit.committed.at < window.from());
        let end = self.entries.partition_point(|entry| entry.commit.committed.at < window.to());
        self.entries.get(start..end).unwrap_or_default()
    }
}
