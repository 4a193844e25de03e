//! From the lines of the parents to the lines of one file: what a comparison without white space leaves alone keeps its
//! commit, and so does what moved within the file.

use std::ops::Range;

use super::run::{AgeRun, expand, runs_of};
use crate::change::{Hunk, LineDiff, Lines, Moves, Origin, White, count_lines};

/// A line whose commit is not known yet.
const UNKNOWN: u32 = u32::MAX;

/// Compares one file with its parents; keeps its memory from one to the next, and in it no text.
#[derive(Default)]
pub(super) struct Blame {
    diff: LineDiff,
    moves: Moves,
    /// The commit of every line of the file.
    lines: Vec<u32>,
    /// The commit of every line of the parent at hand.
    parent: Vec<u32>,
    /// Of every line of the parent, whether it is in the file.
    kept: Vec<bool>,
}

/// A parent's text and the commits of its lines.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    pub(super) text: &'a [u8],
    pub(super) runs: &'a [AgeRun],
}

impl Blame {
    /// The runs of a text: lines that no parent has come from `commit`. Lines of the first parent that are gone are handed
    /// to `gone` by the commit they came from.
    pub(super) fn runs(
        &mut self,
        text: &[u8],
        parents: &[Before<'_>],
        commit: u32,
        mut gone: impl FnMut(u32),
    ) -> Vec<AgeRun> {
        self.lines.clear();
        self.lines.resize(count_lines(text) as usize, UNKNOWN);
        for (place, parent) in parents.iter().enumerate() {
            let hunks = self.diff.compare(parent.text, text, White::Ignored);
            expand(parent.runs, &mut self.parent);
            pass(&self.parent, &mut self.lines, hunks);
            if place == 0 {
                self.kept.clear();
                self.kept.resize(self.parent.len(), true);
                for hunk in hunks {
                    let gone = hunk.old_start as usize..(hunk.old_start + hunk.old_lines) as usize;
                    self.kept.get_mut(gone).unwrap_or_default().fill(false);
                }
            }
        }
        for (place, parent) in parents.iter().enumerate() {
            expand(parent.runs, &mut self.parent);
            self.pass_moved(text, parent.text, place == 0);
        }
        if let Some(first) = parents.first() {
            expand(first.runs, &mut self.parent);
            let lines = self.parent.iter().zip(&self.kept);
            lines.filter(|(_, kept)| !**kept).for_each(|(commit, _)| gone(*commit));
        }
        self.lines.iter_mut().filter(|line| **line == UNKNOWN).for_each(|line| *line = commit);
        runs_of(&self.lines)
    }

    /// Gives lines that stand elsewhere in the parent the commit that they have there.
    fn pass_moved(&mut self, text: &[u8], parent: &[u8], first: bool) {
        if !self.lines.contains(&UNKNOWN) {
            return;
        }
        self.moves.clear();
        let mut at = 0;
        let mut text_lines = Lines(text);
        for run in unknown(&self.lines) {
            let skipped = run.start - at;
            self.moves.add_ink(text_lines.by_ref().take(skipped + run.len()).skip(skipped));
            at = run.end;
        }
        self.moves.keep_matching(Lines(parent));
        let unknown_lines: Vec<usize> = unknown(&self.lines).flatten().collect();
        for (line, origin) in unknown_lines.iter().zip(self.moves.trace()) {
            let Origin::At(place) = *origin else { continue };
            if let (Some(line), Some(commit)) = (self.lines.get_mut(*line), self.parent.get(place as usize)) {
                *line = *commit;
            }
            if let Some(kept) = self.kept.get_mut(place as usize).filter(|_| first) {
                *kept = true;
            }
        }
    }
}

/// Hands on the commits of the lines between the hunks.
fn pass(parent: &[u32], lines: &mut [u32], hunks: &[Hunk]) {
    let (mut old_at, mut new_at) = (0, 0);
    let end = Hunk {
        old_start: u32::try_from(parent.len()).unwrap_or(u32::MAX),
        old_lines: 0,
        new_start: u32::try_from(lines.len()).unwrap_or(u32::MAX),
        new_lines: 0,
    };
    for hunk in hunks.iter().chain([&end]) {
        let from = parent.get(old_at..hunk.old_start as usize).unwrap_or_default();
        let to = lines.get_mut(new_at..hunk.new_start as usize).unwrap_or_default();
        for (line, commit) in to.iter_mut().zip(from) {
            if *line == UNKNOWN {
                *line = *commit;
            }
        }
        old_at = (hunk.old_start + hunk.old_lines) as usize;
        new_at = (hunk.new_start + hunk.new_lines) as usize;
    }
}

/// The ranges of lines without a commit.
fn unknown(lines: &[u32]) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    lines.chunk_by(|a, b| (*a == UNKNOWN) == (*b == UNKNOWN)).filter_map(move |run| {
        let start = end;
        end += run.len();
        (run.first() == Some(&UNKNOWN)).then_some(start..end)
    })
}
