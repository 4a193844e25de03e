//! The ages over a history: commits come parents first, and each leaves the runs of all its files.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use prodops_core::fact::{CommitId, PathKey};
use prodops_core::id::PersonId;
use prodops_core::index_key::{IndexKey, IndexLabel, IndexSubkey};
use prodops_core::source::Content;

use super::blame::{Before, Blame};
use super::rename::Renames;
use super::rework::{Ownership, Rework};
use super::run::AgeRun;
use crate::change::{is_binary, read};

/// A file that a commit touches, as it differs from its parents.
#[derive(Debug)]
pub struct AgeFile {
    /// Its path, bytes as git has them.
    pub path: Vec<u8>,
    /// What it holds after the commit.
    pub new: Content,
    /// What it holds in each parent; `None` where that is the same as in the commit.
    pub old: Vec<Option<Content>>,
}

/// One commit of a history.
#[derive(Debug)]
pub struct AgeStep<'a> {
    /// Which.
    pub id: CommitId,
    /// Its parents, first parent first.
    pub parents: &'a [CommitId],
    /// How many commits that are still to come have it for a parent.
    pub children: u32,
    /// Who wrote it.
    pub author: Option<PersonId>,
    /// When it was brought in, in seconds since 1970.
    pub committed: i64,
    /// The files in which it differs from one parent or more.
    pub files: &'a [AgeFile],
}

/// A commit that lines come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) id: CommitId,
    pub(super) author: Option<PersonId>,
    pub(super) committed: i64,
}

pub(super) type Files = HashMap<PathKey, Arc<[AgeRun]>, foldhash::fast::FixedState>;

/// Commits that later ones build on.
struct Frontier {
    files: Files,
    children: u32,
}

/// The age of every line of a history.
///
/// # Security
/// It holds keyed hashes of paths, numbers of lines and commits. No text outlives [`step`](Self::step).
pub struct LineAges {
    paths: IndexSubkey,
    pub(super) commits: Vec<Written>,
    pub(super) tip: Files,
    tip_id: Option<CommitId>,
    frontier: HashMap<CommitId, Frontier>,
    soon: i64,
    blame: Blame,
}

impl LineAges {
    /// Lines that are replaced within this many days are rework, unless it is asked for something else.
    pub const REWORK_DAYS: u16 = 21;

    /// An empty history that hides paths under this key.
    #[must_use]
    pub fn new(key: &IndexKey) -> Self {
        Self {
            paths: key.subkey(IndexLabel::Path),
            commits: Vec::new(),
            tip: Files::default(),
            tip_id: None,
            frontier: HashMap::new(),
            soon: i64::from(Self::REWORK_DAYS) * 86_400,
            blame: Blame::default(),
        }
    }

    /// Counts lines as rework that are replaced within so many days.
    #[must_use]
    pub fn with_rework_days(mut self, days: u16) -> Self {
        self.soon = i64::from(days) * 86_400;
        self
    }

    /// The same settings with these ages at the last commit.
    pub(super) fn resume(mut self, commits: Vec<Written>, tip: Files) -> Self {
        self.tip_id = commits.last().map(|written| written.id);
        (self.commits, self.tip) = (commits, tip);
        self.frontier.clear();
        self
    }

    /// Adds a commit whose parents were added before. A parent that was not counts as one without files.
    pub fn step(&mut self, step: &AgeStep<'_>) -> Rework {
        self.commits.push(Written { id: step.id, author: step.author, committed: step.committed });
        let before: Vec<Files> = step.parents.iter().map(|parent| self.leave(parent)).collect();
        let mut rework = Rework::default();
        let mut made: Vec<(PathKey, Option<Arc<[AgeRun]>>)> = Vec::with_capacity(step.files.len());
        let renames = Renames::of(step);
        for (place, file) in step.files.iter().enumerate() {
            let runs = self.runs(step, (place, file), &before, &renames, &mut rework);
            made.push((self.key(&file.path), runs));
        }
        let mut files = before.into_iter().next().unwrap_or_default();
        for (path, runs) in made {
            match runs {
                Some(runs) => drop(files.insert(path, runs)),
                None => drop(files.remove(&path)),
            }
        }
        self.arrive(step, files);
        rework
    }

    fn key(&self, path: &[u8]) -> PathKey {
        PathKey(self.paths.hash64(path))
    }

    /// The files of a parent; the last child takes them.
    fn leave(&mut self, parent: &CommitId) -> Files {
        if let Some(frontier) = self.frontier.get_mut(parent) {
            frontier.children = frontier.children.saturating_sub(1);
            if frontier.children > 0 {
                return frontier.files.clone();
            }
        } else if self.tip_id.as_ref() == Some(parent) {
            return self.tip.clone();
        }
        self.frontier.remove(parent).map(|frontier| frontier.files).unwrap_or_default()
    }

    fn arrive(&mut self, step: &AgeStep<'_>, files: Files) {
        if step.children == 0 {
            (self.tip, self.tip_id) = (files, Some(step.id));
        } else {
            self.frontier.insert(step.id, Frontier { files, children: step.children });
        }
    }

    /// The runs of a file after the commit; `None` when it is gone or holds no lines.
    fn runs(
        &mut self,
        step: &AgeStep<'_>,
        (place, file): (usize, &AgeFile),
        before: &[Files],
        renames: &Renames<'_>,
        rework: &mut Rework,
    ) -> Option<Arc<[AgeRun]>> {
        // Who has the very same file hands on everything.
        if let Some(same) = file.old.iter().position(Option::is_none) {
            return before.get(same)?.get(&self.key(&file.path)).cloned();
        }
        let mut parents: Vec<(&Content, Arc<[AgeRun]>)> = Vec::new();
        for (parent, old) in file.old.iter().enumerate() {
            let (path, old) = match old {
                Some(Content::Absent) | None => match renames.source(parent, place) {
                    Some(found) => found,
                    None => continue,
                },
                Some(old) => (file.path.as_slice(), old),
            };
            let runs = before.get(parent).and_then(|files| files.get(&self.key(path))).cloned();
            parents.push((old, runs.unwrap_or_default()));
        }
        let merge = step.parents.len() > 1;
        let commits = &self.commits;
        let (soon, blame) = (self.soon, &mut self.blame);
        let mut gone = |commit: u32| {
            if let Some(written) = commits.get(commit as usize).filter(|_| !merge) {
                count(rework, written, step, soon);
            }
        };
        if matches!(file.new, Content::Absent | Content::Submodule) {
            if !renames.is_source(place) {
                lost(&parents, gone);
            }
            return None;
        }
        let ordinal = u32::try_from(commits.len()).unwrap_or(u32::MAX).saturating_sub(1);
        let runs = lend_all(&parents, Vec::new(), &mut |before| {
            read(&file.new, |text| {
                let binary = is_binary(text);
                blame.runs(text, before, ordinal, |commit| {
                    if !binary {
                        gone(commit)
                    }
                })
            })
        });
        Some(runs.into())
    }

    /// The runs of a file at the last commit, first line first; `None` when there is no such file.
    #[must_use]
    pub fn file(&self, path: &[u8]) -> Option<&[AgeRun]> {
        self.tip.get(&self.key(path)).map(|runs| &**runs)
    }

    /// The commit of a run.
    #[must_use]
    pub fn commit(&self, run: &AgeRun) -> Option<CommitId> {
        self.commits.get(run.commit as usize).map(|written| written.id)
    }

    /// Whose lines are left at the last commit, in the files of which `wanted` says so.
    #[must_use]
    pub fn ownership(&self, wanted: impl Fn(PathKey) -> bool) -> Ownership {
        let mut lines: HashMap<Option<PersonId>, u64> = HashMap::new();
        for run in self.tip.iter().filter(|(path, _)| wanted(**path)).flat_map(|(_, runs)| runs.iter()) {
            let author = self.commits.get(run.commit as usize).and_then(|written| written.author);
            *lines.entry(author).or_default() += u64::from(run.lines);
        }
        let mut lines: Vec<_> = lines.into_iter().collect();
        lines.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        Ownership { lines }
    }

    /// How many lines that were written at these instants or later, and before `until`, are left at the last commit.
    #[must_use]
    pub fn surviving(&self, from: i64, until: i64) -> u64 {
        let written = |run: &&AgeRun| {
            let commit = self.commits.get(run.commit as usize);
            commit.is_some_and(|commit| (from..until).contains(&commit.committed))
        };
        self.tip.values().flat_map(|runs| runs.iter()).filter(written).map(|run| u64::from(run.lines)).sum()
    }
}

fn count(rework: &mut Rework, written: &Written, step: &AgeStep<'_>, soon: i64) {
    let age = step.committed.saturating_sub(written.committed);
    rework.deleted += 1;
    rework.deleted_age += u64::try_from(age).unwrap_or(0);
    if age <= soon {
        let own = written.author.is_some() && written.author == step.author;
        *if own { &mut rework.own } else { &mut rework.others } += 1;
    }
}

/// All lines of a file that is gone and did not become another one.
fn lost(parents: &[(&Content, Arc<[AgeRun]>)], mut gone: impl FnMut(u32)) {
    let Some((old, runs)) = parents.first() else { return };
    if read(old, is_binary) {
        return;
    }
    for run in runs.iter() {
        (0..run.lines).for_each(|_| gone(run.commit));
    }
}

/// Lends the texts of all parents at once.
fn lend_all<R>(
    parents: &[(&Content, Arc<[AgeRun]>)],
    lent: Vec<Before<'_>>,
    reader: &mut impl FnMut(&[Before<'_>]) -> R,
) -> R {
    let Some(((old, runs), rest)) = parents.split_first() else { return reader(&lent) };
    read(old, |text| {
        // The text of this parent lives shorter than those before it.
        let mut more: Vec<Before<'_>> = lent.clone();
        more.push(Before { text, runs });
        lend_all(rest, more, reader)
    })
}

impl fmt::Debug for LineAges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineAges").field("commits", &self.commits.len()).finish_non_exhaustive()
    }
}
