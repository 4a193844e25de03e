//! Lines that were written before: taken away elsewhere in the commit, or standing elsewhere and staying there.

use std::hash::BuildHasher;

use super::tokens::hash_without_white;

/// A block with fewer letters and digits than this is no move: braces and blank lines are everywhere. As git has it.
const LEAST_MOVED: u32 = 20;

/// The same for copies, of which there are many more to be found by accident. As git has it.
const LEAST_COPIED: u32 = 40;

/// A line that stands in more places than this is followed from the first of them only.
const MOST_PLACES: usize = 4_096;

/// So many lines are compared for every added one, on average; where more would have to be, nearly all lines are equal, and
/// what is left counts as written. It keeps the time in proportion to the lines, whatever a commit brings.
const MOST_COMPARED: usize = 1_000;

/// A line, without its text.
#[derive(Debug, Clone, Copy, Default)]
struct Mark {
    /// Seeded anew in every process, never leaves it.
    hash: u64,
    /// Letters and digits of an added line.
    ink: u8,
    /// Whether it does not follow the line before it in the list.
    first: bool,
}

/// A list of lines in runs.
#[derive(Default)]
struct Runs {
    marks: Vec<Mark>,
    /// Hashes with places, in order.
    index: Vec<(u64, u32)>,
}

/// The lines of a commit; keeps its memory from one to the next, and in it hashes that mean nothing elsewhere.
#[derive(Default)]
pub(crate) struct Moves {
    hasher: foldhash::fast::RandomState,
    added: Vec<Mark>,
    deleted: Runs,
    kept: Runs,
    /// The hashes of the added lines, in order.
    wanted: Vec<u64>,
    /// How each added line came about.
    origins: Vec<Origin>,
}

/// How an added line came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Origin {
    #[default]
    Written,
    Moved,
    Copied,
    /// From this line of the other text.
    At(u32),
}

impl Runs {
    fn clear(&mut self) {
        self.marks.clear();
        self.index.clear();
    }

    /// Makes the index, of lines alone that are looked for: these hashes, in order.
    fn sort(&mut self, wanted: &[u64]) {
        let places = self.marks.iter().zip(0u32..).map(|(mark, place)| (mark.hash, place));
        self.index.extend(places.filter(|(hash, _)| wanted.binary_search(hash).is_ok()));
        self.index.sort_unstable();
    }

    /// Where a line stands.
    fn places(&self, hash: u64) -> impl Iterator<Item = usize> {
        let start = self.index.partition_point(|(other, _)| *other < hash);
        let places = self.index.get(start..).unwrap_or_default().iter();
        places
            .take_while(move |(other, _)| *other == hash)
            .take(MOST_PLACES)
            .map(|(_, place)| *place as usize)
    }

    /// How many of these lines follow each other somewhere, as many as possible, and where for the first time. Takes what it
    /// compares from the budget and ends with it.
    fn longest(&self, lines: &[Mark], budget: &mut usize) -> (usize, usize) {
        let Some(first) = lines.first() else { return (0, 0) };
        let length = |place: usize| {
            let there = self.marks.get(place..).unwrap_or_default();
            let same = there.iter().zip(lines).enumerate();
            let length = same.take_while(|(n, (a, b))| a.hash == b.hash && (*n == 0 || !a.first)).count();
            *budget = budget.saturating_sub(length + 1);
            (*budget > 0).then_some((length, std::cmp::Reverse(place)))
        };
        let found = self.places(first.hash).map_while(length).max();
        found.map_or((0, 0), |(length, place)| (length, place.0))
    }
}

impl Moves {
    /// Starts with another commit.
    pub(crate) fn clear(&mut self) {
        self.added.clear();
        self.deleted.clear();
        self.kept.clear();
        self.origins.clear();
    }

    /// Adds a run of lines that the commit adds.
    pub(crate) fn add<'t>(&mut self, lines: impl Iterator<Item = &'t [u8]>) {
        append(|line| self.hasher.hash_one(line), ink, &mut self.added, lines);
    }

    /// Adds a run of lines that the commit takes away.
    pub(crate) fn delete<'t>(&mut self, lines: impl Iterator<Item = &'t [u8]>) {
        append(|line| self.hasher.hash_one(line), |_| 0, &mut self.deleted.marks, lines);
    }

    /// Adds a run of lines that stay in a file that the commit touches.
    pub(crate) fn keep<'t>(&mut self, lines: impl Iterator<Item = &'t [u8]>) {
        append(|line| self.hasher.hash_one(line), |_| 0, &mut self.kept.marks, lines);
    }

    /// Adds a run of new lines that are told apart without white space.
    pub(crate) fn add_ink<'t>(&mut self, lines: impl Iterator<Item = &'t [u8]>) {
        let hash = |line: &[u8]| hash_without_white(self.hasher.hash_one(0u8), line);
        append(hash, ink, &mut self.added, lines);
    }

    /// Adds the lines of the other text that are among the new ones, told apart without white space.
    pub(crate) fn keep_matching<'t>(&mut self, lines: impl Iterator<Item = &'t [u8]>) {
        let hash = |line: &[u8]| hash_without_white(self.hasher.hash_one(0u8), line);
        append(hash, |_| 0, &mut self.kept.marks, lines);
        self.sort_added();
        self.kept.sort(&self.wanted);
    }

    /// The lines that are looked for.
    fn sort_added(&mut self) {
        self.wanted.clear();
        self.wanted.extend(self.added.iter().map(|mark| mark.hash));
        self.wanted.sort_unstable();
        self.wanted.dedup();
    }

    /// Where every new line stands in the other text.
    pub(crate) fn trace(&mut self) -> &[Origin] {
        self.origins.clear();
        self.origins.resize(self.added.len(), Origin::Written);
        mark_blocks(&self.added, &self.kept, LEAST_MOVED, None, &mut self.origins);
        &self.origins
    }

    /// How every added line came about, in the order in which they were added.
    pub(crate) fn find(&mut self) -> &[Origin] {
        self.origins.resize(self.added.len(), Origin::Written);
        self.sort_added();
        self.deleted.sort(&self.wanted);
        self.kept.sort(&self.wanted);
        let Self { added, deleted, kept, origins, .. } = self;
        mark_blocks(added, deleted, LEAST_MOVED, Some(Origin::Moved), origins);
        mark_blocks(added, kept, LEAST_COPIED, Some(Origin::Copied), origins);
        &self.origins
    }
}

/// Letters and digits of a line, up to the most that matters; only added lines are asked for them.
fn ink(line: &[u8]) -> u8 {
    let ink = line.iter().filter(|byte| byte.is_ascii_alphanumeric()).take(LEAST_COPIED as usize).count();
    ink as u8
}

fn append<'t>(
    hash: impl Fn(&[u8]) -> u64,
    ink: impl Fn(&[u8]) -> u8,
    marks: &mut Vec<Mark>,
    lines: impl Iterator<Item = &'t [u8]>,
) {
    let mut first = true;
    marks.extend(lines.map(|line| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        Mark { hash: hash(line), ink: ink(line), first: std::mem::take(&mut first) }
    }));
}

/// Goes through the added lines and marks the longest block that stands in `runs` from each line on, if it has ink enough.
fn mark_blocks(added: &[Mark], runs: &Runs, least: u32, origin: Option<Origin>, origins: &mut [Origin]) {
    let mut at = 0;
    let mut budget = added.len().saturating_mul(MOST_COMPARED);
    while let Some(rest) = added.get(at..).filter(|rest| !rest.is_empty() && budget > 0) {
        let end = rest.iter().skip(1).position(|mark| mark.first).map_or(rest.len(), |next| next + 1);
        let here = origins.get(at..at + end).unwrap_or_default();
        let free = here.iter().take_while(|other| **other == Origin::Written).count();
        let (length, place) = runs.longest(rest.get(..free).unwrap_or_default(), &mut budget);
        let ink: u32 = rest.iter().take(length).map(|mark| u32::from(mark.ink)).sum();
        if ink >= least {
            let places = u32::try_from(place).unwrap_or(u32::MAX)..;
            for (one, place) in origins.iter_mut().skip(at).take(length).zip(places) {
                *one = origin.unwrap_or(Origin::At(place));
            }
            at += length;
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origins(deleted: &[&str], kept: &[&str], added: &[&str]) -> Vec<Origin> {
        let mut moves = Moves::default();
        let lines = |text: &&str| text.lines().map(|line| line.as_bytes().to_vec()).collect::<Vec<_>>();
        for run in deleted {
            moves.delete(lines(run).iter().map(Vec::as_slice));
        }
        for run in kept {
            moves.keep(lines(run).iter().map(Vec::as_slice));
        }
        for run in added {
            moves.add(lines(run).iter().map(Vec::as_slice));
        }
        moves.find().to_vec()
    }

    #[test]
    fn blocks_with_ink_are_moved_and_others_not() {
        use Origin::{Moved, Written};
        assert_eq!(
            origins(&["a long enough line of text\n}"], &[], &["a long enough line of text\n}"]),
            [Moved, Moved]
        );
        assert_eq!(origins(&["}\nshort"], &[], &["}\nshort"]), [Written, Written]);
        assert_eq!(
            origins(&["one two three", "four five six"], &[], &["one two three\nfour five six"]),
            [Written, Written]
        );
        // The second line begins a block that is long enough.
        let block = "ab\nabcdefghijklmnop\nqrstuvwxyz";
        assert_eq!(
            origins(&["ab\nx", "abcdefghijklmnop\nqrstuvwxyz"], &[], &[block]),
            [Written, Moved, Moved]
        );
    }

    #[test]
    fn what_stays_elsewhere_is_a_copy_when_it_is_long() {
        use Origin::{Copied, Moved, Written};
        let long = "let total = first_number + second_number + third_number;";
        assert_eq!(origins(&[], &[long], &[long]), [Copied]);
        assert_eq!(origins(&[], &["a long enough line of text"], &["a long enough line of text"]), [Written]);
        assert_eq!(origins(&[long], &[long], &[long]), [Moved]);
    }
}
