//! Which runs of grams stand in more than one place. No two places are ever compared with each other: runs of the length of a
//! block are found by what they are, and longer blocks are runs that overlap, so that whatever is repeated a thousand times
//! costs no more than what is repeated once.

use std::ops::Range;

use prodops_core::id::RepositoryId;

use super::MIN_LINES;
use super::corpus::Corpus;

/// In no group.
const NONE: u32 = u32::MAX;

/// The shortest blocks, grouped by what they are.
pub(super) struct Blocks {
    /// Of every gram the group of the block that begins there.
    group_of: Vec<u32>,
    /// The first grams of all blocks, group by group.
    members: Vec<u32>,
    /// Where each group begins; one more for the end.
    starts: Vec<u32>,
}

impl Blocks {
    pub(super) fn find(corpus: &Corpus<'_>) -> Self {
        let mut keyed: Vec<(u64, u32)> = Vec::with_capacity(corpus.len());
        for file in 0..corpus.files.len() {
            let range = corpus.range(file);
            let windows = range.clone().filter_map(|at| Some((at, corpus.window(at, range.end)?)));
            keyed.extend(windows.map(|(at, window)| (corpus.key(window), at)));
        }
        keyed.sort_unstable();
        let mut blocks = Self { group_of: vec![NONE; corpus.len()], members: Vec::new(), starts: vec![0] };
        keyed
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|same| same.len() > 1)
            .for_each(|same| blocks.add(corpus, same));
        blocks
    }

    /// Adds what is the same, unless it only overlaps itself.
    fn add(&mut self, corpus: &Corpus<'_>, same: &[(u64, u32)]) {
        let (from, group) = (self.members.len(), self.count() as u32);
        let mut last: Option<(usize, u32)> = None;
        for (_, at) in same {
            let file = corpus.file_of(*at);
            let Some(window) = corpus.window(*at, corpus.range(file).end) else { continue };
            let tokens = corpus.tokens(&window);
            if last.is_none_or(|(before, end)| before != file || end <= tokens.start) {
                self.members.push(*at);
                last = Some((file, tokens.end));
            }
        }
        if self.members.len() - from < 2 {
            return self.members.truncate(from);
        }
        for at in self.members.iter().skip(from) {
            if let Some(slot) = self.group_of.get_mut(*at as usize) {
                *slot = group;
            }
        }
        self.starts.push(u32::try_from(self.members.len()).unwrap_or(u32::MAX));
    }

    /// How many groups there are.
    pub(super) fn count(&self) -> usize {
        self.starts.len() - 1
    }

    /// The group of the block that begins at a gram.
    pub(super) fn group(&self, gram: u32) -> Option<u32> {
        self.group_of.get(gram as usize).copied().filter(|group| *group != NONE)
    }

    /// The first grams of a group's blocks.
    pub(super) fn members(&self, group: u32) -> &[u32] {
        let at = |group: usize| self.starts.get(group).map_or(0, |start| *start as usize);
        self.members.get(at(group as usize)..at(group as usize + 1)).unwrap_or_default()
    }

    /// How many lines of a repository lie in blocks.
    pub(super) fn lines(&self, corpus: &Corpus<'_>, repository: RepositoryId) -> u64 {
        let files = corpus.files.iter().enumerate().filter(|(_, file)| file.repository == repository);
        files.map(|(file, _)| self.lines_of(corpus, file)).sum()
    }

    fn lines_of(&self, corpus: &Corpus<'_>, file: usize) -> u64 {
        let (mut lines, mut counted) = (0, 0);
        for run in self.runs(corpus, file) {
            let (first, last) = corpus.lines(&run);
            if last - first + 1 >= MIN_LINES {
                // Two runs may meet within a line.
                lines += u64::from(last + 1 - first.max(counted + 1).min(last + 1));
                counted = last;
            }
        }
        lines
    }

    /// The runs of grams of a file that blocks cover, those that touch as one.
    fn runs(&self, corpus: &Corpus<'_>, file: usize) -> Vec<Range<u32>> {
        let (range, mut runs) = (corpus.range(file), Vec::<Range<u32>>::new());
        for at in range.clone().filter(|at| self.group(*at).is_some()) {
            let Some(window) = corpus.window(at, range.end) else { continue };
            match runs.last_mut().filter(|run| window.start <= run.end) {
                Some(run) => run.end = run.end.max(window.end),
                None => runs.push(window),
            }
        }
        runs
    }
}
