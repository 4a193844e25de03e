//! The hunks between two texts, as git with its defaults has them: Myers' search, then hunks slid by indentation.

use std::ops::Range;

use gix_imara_diff::{Algorithm, Diff, IndentHeuristic, IndentLevel, SliderHeuristic, Token};

use super::lines::{Lines, count_lines};
pub(crate) use super::tokens::White;
use super::tokens::{Numbering, Side, TokenTable};
use super::trim::{Trimmed, trim};

/// git leaves a frequent line out of its search only among at least this many lines without a partner.
const ENOUGH_UNMATCHED: usize = 7;

/// Up to this edit cost git's search finds a shortest script; only above it takes short cuts.
const EXACT_COST: usize = 256;

/// So many lines of what both texts share go along, because a hunk can be slid into them.
const WINDOW: usize = 256;

/// Lines that were replaced, by number from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hunk {
    pub(crate) old_start: u32,
    pub(crate) old_lines: u32,
    pub(crate) new_start: u32,
    pub(crate) new_lines: u32,
}

/// Compares texts; keeps its memory from one to the next, and in it nothing of the text but places and numbers of lines.
#[derive(Default)]
pub(crate) struct LineDiff {
    diff: Diff,
    table: TokenTable,
    old: Sequence,
    new: Sequence,
    /// The numbers from 0 on, as tokens.
    places: Vec<Token>,
    sides: Vec<u8>,
    hunks: Vec<Hunk>,
}

/// The lines of one side.
#[derive(Default)]
struct Sequence {
    tokens: Vec<Token>,
    /// Where each begins in its text.
    starts: Vec<usize>,
}

impl Sequence {
    fn clear(&mut self) {
        self.tokens.clear();
        self.starts.clear();
    }

    fn append(&mut self, numbering: &mut Numbering<'_, '_>, side: Side, start: usize, text: &[u8]) {
        let mut at = start;
        for line in Lines(text) {
            self.tokens.push(numbering.token(side, at, line));
            self.starts.push(at);
            at += line.len();
        }
    }

    /// Appends the lines of the other side from `from` on, which stand `shift` bytes further in this text.
    fn append_shared(&mut self, other: &Self, from: usize, shift: isize) {
        self.tokens.extend_from_slice(other.tokens.get(from..).unwrap_or_default());
        let starts = other.starts.get(from..).unwrap_or_default();
        self.starts.extend(starts.iter().map(|start| start.wrapping_add_signed(shift)));
    }

    fn indent(&self, text: &[u8], place: usize) -> IndentLevel {
        let line = self.starts.get(place).and_then(|start| text.get(*start..)).unwrap_or_default();
        IndentLevel::for_ascii_line(line.iter().copied().take_while(|byte| *byte != b'\n'), 8)
    }
}

impl LineDiff {
    /// Forgets the hunks.
    pub(crate) fn clear(&mut self) {
        self.hunks.clear();
    }

    /// The hunks of the last comparison.
    pub(crate) fn hunks(&self) -> &[Hunk] {
        &self.hunks
    }

    /// The hunks between two texts of less than 2^31 bytes, in order.
    pub(crate) fn compare(&mut self, old: &[u8], new: &[u8], white: White) -> &[Hunk] {
        self.hunks.clear();
        let parts = trim(old, new);
        let whole = parts.head.is_empty() && parts.tail.is_empty();
        if parts.old.is_empty() && parts.new.is_empty() {
            return &self.hunks;
        }
        if whole && (parts.old.is_empty() || parts.new.is_empty()) {
            let (old_lines, new_lines) = (count_lines(old), count_lines(new));
            self.hunks.push(Hunk { old_start: 0, old_lines, new_start: 0, new_lines });
            return &self.hunks;
        }
        self.search(old, new, &parts, white);
        &self.hunks
    }

    fn search(&mut self, old: &[u8], new: &[u8], parts: &Trimmed<'_>, white: White) {
        let mut numbering = self.table.number(old, new, white);
        let head = parts.head.len();
        self.old.clear();
        self.new.clear();
        self.old.append(&mut numbering, Side::Old, head, parts.old);
        self.new.append(&mut numbering, Side::New, head, parts.new);
        // git counts how often a line occurs in the complete files, so a search that depends on it gets them complete.
        let complete = depends_on_ends(&mut self.sides, &self.old.tokens, &self.new.tokens);
        let (skipped, near_head) = if complete { (&[][..], parts.head) } else { last_lines(parts.head) };
        let near_tail = if complete { parts.tail } else { first_lines(parts.tail) };
        self.old.clear();
        self.new.clear();
        self.old.append(&mut numbering, Side::Old, skipped.len(), near_head);
        self.new.append_shared(&self.old, 0, 0);
        self.old.append(&mut numbering, Side::Old, head, parts.old);
        self.new.append(&mut numbering, Side::New, head, parts.new);
        let tail = self.old.tokens.len();
        self.old.append(&mut numbering, Side::Old, old.len() - parts.tail.len(), near_tail);
        self.new.append_shared(&self.old, tail, new.len().wrapping_sub(old.len()).cast_signed());
        let tokens = u32::try_from(numbering.len()).unwrap_or(u32::MAX);
        self.diff.compute_with(Algorithm::Myers, &self.old.tokens, &self.new.tokens, tokens);
        self.slide(old, new);
        let before = count_lines(skipped);
        self.hunks.extend(self.diff.hunks().map(|hunk| Hunk {
            old_start: before + hunk.before.start,
            old_lines: hunk.before.end - hunk.before.start,
            new_start: before + hunk.after.start,
            new_lines: hunk.after.end - hunk.after.start,
        }));
    }

    /// Slides hunks to where indentation says. Lines that are equal without their white space are not set in equally, so it
    /// is asked for by place.
    fn slide(&mut self, old: &[u8], new: &[u8]) {
        let Self { diff, old: before, new: after, places, .. } = self;
        let longest = u32::try_from(before.tokens.len().max(after.tokens.len())).unwrap_or(u32::MAX);
        places.extend((u32::try_from(places.len()).unwrap_or(u32::MAX)..longest).map(Token));
        let slider = |tokens: &[Token], hunk: Range<u32>, earliest_end: u32| {
            let (side, text) =
                if std::ptr::eq(tokens, before.tokens.as_slice()) { (&*before, old) } else { (&*after, new) };
            let indent = |place: Token| side.indent(text, place.0 as usize);
            let places = places.get(..tokens.len()).unwrap_or_default();
            IndentHeuristic::new(indent).best_slider_end(places, hunk, earliest_end)
        };
        diff.postprocess_with(&before.tokens, &after.tokens, slider);
    }
}

/// What comes before the last lines of a text, and these lines.
fn last_lines(text: &[u8]) -> (&[u8], &[u8]) {
    // The last byte ends the last line.
    let ends = memchr::memrchr_iter(b'\n', text.split_last().map_or(&[][..], |(_, rest)| rest));
    let start = ends.take(WINDOW).nth(WINDOW - 1).map_or(0, |end| end + 1);
    text.split_at_checked(start).unwrap_or((&[], text))
}

/// The first lines of a text.
fn first_lines(text: &[u8]) -> &[u8] {
    let end = memchr::memchr_iter(b'\n', text).nth(WINDOW - 1).map_or(text.len(), |end| end + 1);
    text.get(..end).unwrap_or(text)
}

/// Whether the common ends of the files can change what git finds between them.
///
/// They cannot when every line has a partner, or when no frequent line can be left out of a search that is exact.
fn depends_on_ends(sides: &mut Vec<u8>, old: &[Token], new: &[Token]) -> bool {
    const IN_OLD: u8 = 1;
    const IN_NEW: u8 = 2;
    let highest = old.iter().chain(new).map(|token| token.0).max().unwrap_or(0);
    sides.clear();
    sides.resize(highest as usize + 1, 0);
    for (tokens, side) in [(old, IN_OLD), (new, IN_NEW)] {
        for token in tokens {
            if let Some(seen) = sides.get_mut(token.0 as usize) {
                *seen |= side;
            }
        }
    }
    let unmatched = |tokens: &[Token], only: u8| {
        tokens.iter().filter(|token| sides.get(token.0 as usize) == Some(&only)).count()
    };
    let (deleted, added) = (unmatched(old, IN_OLD), unmatched(new, IN_NEW));
    let enough = deleted.max(added) >= ENOUGH_UNMATCHED;
    let may_be_inexact = old.len() + new.len() > EXACT_COST;
    !old.is_empty() && !new.is_empty() && deleted + added > 0 && (enough || may_be_inexact)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunks(old: &str, new: &str, white: White) -> Vec<(u32, u32, u32, u32)> {
        let mut diff = LineDiff::default();
        let hunks = diff.compare(old.as_bytes(), new.as_bytes(), white).iter();
        hunks.map(|hunk| (hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines)).collect()
    }

    #[test]
    fn hunks_are_slid_as_git_slides_them() {
        let old = "fn a() {\n    x\n}\n\nfn c() {\n    z\n}\n";
        let new = "fn a() {\n    x\n}\n\nfn b() {\n    y\n}\n\nfn c() {\n    z\n}\n";
        assert_eq!(hunks(old, new, White::Counts), [(4, 0, 4, 4)]);
        assert_eq!(hunks(new, old, White::Counts), [(4, 4, 4, 0)]);
        assert_eq!(hunks("", "a\nb", White::Counts), [(0, 0, 0, 2)]);
        assert_eq!(hunks("a\n", "a\n", White::Counts), []);
    }

    #[test]
    fn far_ends_are_left_out_and_counted() {
        let lines: String = (0..5_000).map(|n| format!("{n}\n")).collect();
        let new = lines.replace("\n2500\n", "\nx\ny\n");
        assert_eq!(hunks(&lines, &new, White::Counts), [(2500, 1, 2500, 2)]);
    }

    #[test]
    fn white_space_can_be_left_out() {
        assert_eq!(hunks("if a {\nb\n}\n", "if a\n{\n  b\n}\n", White::Ignored), [(0, 1, 0, 2)]);
        assert_eq!(hunks("a b\n", "\tab", White::Ignored), []);
    }
}
