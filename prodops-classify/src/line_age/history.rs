//! The ages over a history: commits come parents first, and each leaves the runs of all its files. Only numbers come here.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use prodops_core::fact::{
    CommitEdits, CommitId, CommitLines, FileLosses, LineSource, LineSpan, LineTurnover, LinesAfter, PathKey,
};
use prodops_core::id::PersonId;

use super::run::{AgeRun, Runs};

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
/// It holds keyed hashes of paths, numbers of lines and commits.
pub struct LineAges {
    pub(super) commits: Vec<Written>,
    pub(super) tip: Files,
    frontier: HashMap<CommitId, Frontier>,
    soon: i64,
}

impl Default for LineAges {
    fn default() -> Self {
        let soon = i64::from(Self::REWORK_DAYS) * 86_400;
        Self { commits: Vec::new(), tip: Files::default(), frontier: HashMap::new(), soon }
    }
}

impl LineAges {
    /// Lines that are replaced within this many days are rework, unless it is asked for something else.
    pub const REWORK_DAYS: u16 = 21;

    /// Counts lines as rework that are replaced within so many days.
    #[must_use]
    pub fn with_rework_days(mut self, days: u16) -> Self {
        self.soon = i64::from(days) * 86_400;
        self
    }

    /// Adds a commit whose parents were added before, and which is the parent of so many that are still to come; one without
    /// any is the last. Tells what it does to the lines of every file of which that is known.
    ///
    /// A parent that was not added counts as one without files.
    pub fn take(&mut self, edits: &CommitEdits, children: u32) -> Vec<(PathKey, LineTurnover)> {
        let first = edits.lines.parents.first();
        let files = first.and_then(|parent| self.frontier.get(parent)).map(|frontier| &frontier.files);
        let of = |losses: &FileLosses| Some((losses.path, self.turnover(files, &edits.lines, losses)?));
        let turnovers = edits.losses.iter().filter_map(of).collect();
        self.follow(&edits.lines, children);
        turnovers
    }

    /// Adds a commit like [`take`](Self::take), and asks nothing.
    pub fn follow(&mut self, commit: &CommitLines, children: u32) {
        let CommitLines { id, author, committed, .. } = *commit;
        self.commits.push(Written { id, author, committed });
        let ordinal = u32::try_from(self.commits.len()).unwrap_or(u32::MAX).saturating_sub(1);
        let before: Vec<Files> = commit.parents.iter().map(|parent| self.leave(parent)).collect();
        let made: Vec<(PathKey, Option<Arc<[AgeRun]>>)> = commit
            .files
            .iter()
            .map(|file| (file.path, runs_after(file.path, &file.after, &before, ordinal)))
            .collect();
        let mut files = before.into_iter().next().unwrap_or_default();
        for (path, runs) in made {
            match runs {
                Some(runs) => drop(files.insert(path, runs)),
                None => drop(files.remove(&path)),
            }
        }
        if children == 0 {
            self.tip = files;
        } else {
            self.frontier.insert(id, Frontier { files, children });
        }
    }

    /// The files of a parent; the last child takes them.
    fn leave(&mut self, parent: &CommitId) -> Files {
        if let Some(frontier) = self.frontier.get_mut(parent) {
            frontier.children = frontier.children.saturating_sub(1);
            if frontier.children > 0 {
                return frontier.files.clone();
            }
        }
        self.frontier.remove(parent).map(|frontier| frontier.files).unwrap_or_default()
    }

    /// What a commit does to the lines of a file; `None` when the age of a line that it takes away is not known.
    fn turnover(
        &self,
        files: Option<&Files>,
        commit: &CommitLines,
        losses: &FileLosses,
    ) -> Option<LineTurnover> {
        let mut turnover =
            LineTurnover { written: losses.written, fresh: losses.fresh, ..LineTurnover::default() };
        if losses.lost.is_empty() {
            return Some(turnover);
        }
        let runs = Runs::new(files?.get(&losses.from)?);
        for (first, lines) in &losses.lost {
            let mut known = 0;
            for run in runs.part(*first, *lines) {
                let written = self.commits.get(run.commit as usize)?;
                self.count(&mut turnover, written, commit, run.lines);
                known += run.lines;
            }
            if known < *lines {
                return None;
            }
        }
        Some(turnover)
    }

    fn count(&self, turnover: &mut LineTurnover, written: &Written, commit: &CommitLines, lines: u32) {
        let age = commit.committed.saturating_sub(written.committed);
        let days = u32::try_from(age.max(0) / 86_400).unwrap_or(u32::MAX);
        turnover.age_days = turnover.age_days.saturating_add(days.saturating_mul(lines));
        let own = written.author.is_some() && written.author == commit.author;
        let kind = match (age <= self.soon, own) {
            (true, true) => &mut turnover.rework_own,
            (true, false) => &mut turnover.rework_others,
            (false, _) => &mut turnover.refactored,
        };
        *kind = kind.saturating_add(lines);
    }

    /// The runs of a file at the last commit, first line first; `None` when there is no such file.
    #[must_use]
    pub fn file(&self, path: PathKey) -> Option<&[AgeRun]> {
        self.tip.get(&path).map(|runs| &**runs)
    }

    /// The commit of a run.
    #[must_use]
    pub fn commit(&self, run: &AgeRun) -> Option<CommitId> {
        self.commits.get(run.commit as usize).map(|written| written.id)
    }
}

/// The runs of a file after a commit; `None` when it is gone.
fn runs_after(path: PathKey, after: &LinesAfter, before: &[Files], ordinal: u32) -> Option<Arc<[AgeRun]>> {
    let of = |parent: u16, path| before.get(usize::from(parent)).and_then(|files| files.get(&path));
    match after {
        LinesAfter::Gone => None,
        LinesAfter::Same(parent) => of(*parent, path).cloned(),
        LinesAfter::Spans { sources, spans } => {
            let runs = |source: &LineSource| {
                Runs::new(of(source.parent, source.path.unwrap_or(path)).map_or(&[][..], |runs| &**runs))
            };
            let sources: Vec<Runs<'_>> = sources.iter().map(runs).collect();
            Some(joined(&sources, spans, ordinal).into())
        }
    }
}

/// The runs of spans. A line whose commit is not known counts as written now.
fn joined(sources: &[Runs<'_>], spans: &[LineSpan], ordinal: u32) -> Vec<AgeRun> {
    let mut joined: Vec<AgeRun> = Vec::with_capacity(spans.len());
    let mut push = |run: AgeRun| match joined.last_mut().filter(|last| last.commit == run.commit) {
        Some(last) => last.lines = last.lines.saturating_add(run.lines),
        None if run.lines > 0 => joined.push(run),
        None => {}
    };
    for span in spans {
        let mut left = span.lines();
        if let LineSpan::Kept { source, first, lines } = span {
            for run in
                sources.get(usize::from(*source)).into_iter().flat_map(|runs| runs.part(*first, *lines))
            {
                left = left.saturating_sub(run.lines);
                push(run);
            }
        }
        push(AgeRun { lines: left, commit: ordinal });
    }
    joined
}

impl fmt::Debug for LineAges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineAges").field("commits", &self.commits.len()).finish_non_exhaustive()
    }
}
