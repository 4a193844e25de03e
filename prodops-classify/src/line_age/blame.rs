//! From the lines of the parents to the lines of one file: what a comparison without white space leaves alone stays where it
//! is, and so does what moved within the file.

use std::ops::Range;

use prodops_core::fact::LineSpan;

use crate::change::{Hunk, LineDiff, Lines, Moves, Origin, White, count_lines};

/// A line that no parent has, as far as is known.
const UNKNOWN: (u16, u32) = (u16::MAX, 0);

/// Compares one file with its parents; keeps its memory from one to the next, and in it no text.
#[derive(Default)]
pub(super) struct Blame {
    diff: LineDiff,
    moves: Moves,
    /// Of every line of the file, the parent that has it, and which of its lines it is.
    lines: Vec<(u16, u32)>,
    /// Of every line of the first parent, whether it is in the file.
    kept: Vec<bool>,
    /// What differs from the first parent.
    hunks: Vec<Hunk>,
}

/// What became of the lines of a file.
pub(super) struct Traced {
    pub(super) spans: Vec<LineSpan>,
    /// Lines of the first parent that are gone: the first, and how many.
    pub(super) lost: Vec<(u32, u32)>,
    /// Lines that no parent has.
    pub(super) written: u32,
    /// Those of them beyond those that were taken away in their place.
    pub(super) fresh: u32,
}

impl Blame {
    /// Finds the lines of a text in those of its parents.
    pub(super) fn trace(&mut self, text: &[u8], parents: &[&[u8]]) -> Traced {
        self.lines.clear();
        self.lines.resize(count_lines(text) as usize, UNKNOWN);
        self.kept.clear();
        self.hunks.clear();
        for (source, parent) in (0..u16::MAX).zip(parents) {
            let hunks = self.diff.compare(parent, text, White::Ignored);
            let length = count_lines(parent);
            pass(source, length, &mut self.lines, hunks);
            if source == 0 {
                self.hunks.extend_from_slice(hunks);
                self.kept.resize(length as usize, true);
                for hunk in &self.hunks {
                    self.kept.get_mut(old_lines(hunk)).unwrap_or_default().fill(false);
                }
            }
        }
        for (source, parent) in (0..u16::MAX).zip(parents) {
            self.pass_moved(text, parent, source);
        }
        Traced {
            spans: spans(&self.lines),
            lost: lost(&self.kept),
            written: written(&self.lines),
            fresh: self.fresh(parents.is_empty()),
        }
    }

    /// Finds lines that stand elsewhere in the parent.
    fn pass_moved(&mut self, text: &[u8], parent: &[u8], source: u16) {
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
            if let Some(line) = self.lines.get_mut(*line) {
                *line = (source, place);
            }
            if let Some(kept) = self.kept.get_mut(place as usize).filter(|_| source == 0) {
                *kept = true;
            }
        }
    }

    /// A line that replaces another is not fresh: of every hunk, what it has more than it takes away is.
    fn fresh(&self, without_parent: bool) -> u32 {
        if without_parent {
            return written(&self.lines);
        }
        let of_hunk = |hunk: &Hunk| {
            let new = hunk.new_start as usize..(hunk.new_start + hunk.new_lines) as usize;
            let old = self.kept.get(old_lines(hunk)).unwrap_or_default();
            let lost = count(old.iter().filter(|kept| !**kept));
            written(self.lines.get(new).unwrap_or_default()).saturating_sub(lost)
        };
        self.hunks.iter().map(of_hunk).sum()
    }
}

/// How many of these lines no parent has.
fn written(lines: &[(u16, u32)]) -> u32 {
    count(lines.iter().filter(|line| **line == UNKNOWN))
}

fn count<T>(found: impl Iterator<Item = T>) -> u32 {
    u32::try_from(found.count()).unwrap_or(u32::MAX)
}

const fn old_lines(hunk: &Hunk) -> Range<usize> {
    hunk.old_start as usize..(hunk.old_start + hunk.old_lines) as usize
}

/// Hands on the lines between the hunks.
fn pass(source: u16, length: u32, lines: &mut [(u16, u32)], hunks: &[Hunk]) {
    let (mut old_at, mut new_at) = (0, 0);
    let new_end = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let end = Hunk { old_start: length, old_lines: 0, new_start: new_end, new_lines: 0 };
    for hunk in hunks.iter().chain([&end]) {
        let to = lines.get_mut(new_at as usize..hunk.new_start as usize).unwrap_or_default();
        for (line, place) in to.iter_mut().zip(old_at..hunk.old_start) {
            if *line == UNKNOWN {
                *line = (source, place);
            }
        }
        (old_at, new_at) = (hunk.old_start + hunk.old_lines, hunk.new_start + hunk.new_lines);
    }
}

/// The ranges of lines that no parent has.
fn unknown(lines: &[(u16, u32)]) -> impl Iterator<Item = Range<usize>> {
    let mut end = 0;
    lines.chunk_by(|a, b| (*a == UNKNOWN) == (*b == UNKNOWN)).filter_map(move |run| {
        let start = end;
        end += run.len();
        (run.first() == Some(&UNKNOWN)).then_some(start..end)
    })
}

/// Lines in a row as spans.
fn spans(lines: &[(u16, u32)]) -> Vec<LineSpan> {
    let follows = |a: &(u16, u32), b: &(u16, u32)| match (*a == UNKNOWN, *b == UNKNOWN) {
        (false, false) => a.0 == b.0 && a.1 + 1 == b.1,
        (a, b) => a == b,
    };
    let span = |run: &[(u16, u32)]| {
        let lines = u32::try_from(run.len()).unwrap_or(u32::MAX);
        match run.first() {
            Some(&(source, first)) if (source, first) != UNKNOWN => LineSpan::Kept { source, first, lines },
            _ => LineSpan::Written(lines),
        }
    };
    lines.chunk_by(follows).map(span).collect()
}

/// The runs of lines that are not kept.
fn lost(kept: &[bool]) -> Vec<(u32, u32)> {
    let (mut at, mut lost) = (0, Vec::new());
    for run in kept.chunk_by(|a, b| a == b) {
        let lines = u32::try_from(run.len()).unwrap_or(u32::MAX);
        if run.first() == Some(&false) {
            lost.push((at, lines));
        }
        at += lines;
    }
    lost
}
