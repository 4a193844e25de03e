//! Numbers for lines: equal lines get equal numbers.

use std::hash::BuildHasher;

use gix_imara_diff::Token;

use crate::lexer::fold;

/// Which text a line is in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Side {
    Old,
    New,
}

/// What white space means to the comparison of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum White {
    /// It counts like everything else.
    Counts,
    /// Lines are compared without it, as `git diff -w` does.
    Ignored,
}

/// White space as git has it.
pub(crate) const fn is_white(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Where the first line with a number stands. No text: the table outlives the texts and must keep nothing of them.
struct Place {
    side: Side,
    start: usize,
    length: usize,
    /// Seeded anew in every process, never leaves it.
    hash: u64,
}

const FREE: u32 = u32::MAX;

/// A table of lines whose memory serves one pair of texts after another.
#[derive(Default)]
pub(crate) struct TokenTable {
    /// Open addressing; a power of two, at least half of it free.
    slots: Vec<u32>,
    places: Vec<Place>,
    hasher: foldhash::fast::RandomState,
}

/// The table while it numbers the lines of two texts.
pub(crate) struct Numbering<'t, 's> {
    table: &'t mut TokenTable,
    old: &'s [u8],
    new: &'s [u8],
    white: White,
}

impl TokenTable {
    /// Starts again with two new texts.
    pub(crate) fn number<'t, 's>(
        &'t mut self,
        old: &'s [u8],
        new: &'s [u8],
        white: White,
    ) -> Numbering<'t, 's> {
        // Lines of 32 bytes on average, and twice as many slots as lines.
        let slots = ((old.len() + new.len()) / 16).clamp(64, 1 << 20).next_power_of_two();
        self.places.clear();
        self.slots.clear();
        self.slots.resize(slots, FREE);
        Numbering { table: self, old, new, white }
    }

    fn grow(&mut self) {
        let slots = self.slots.len() * 2;
        self.slots.clear();
        self.slots.resize(slots, FREE);
        for number in 0..self.places.len() {
            let Some(place) = self.places.get(number) else { continue };
            if let Some(slot) = probe(slots, place.hash).find(|&at| self.slots.get(at) == Some(&FREE)) {
                self.occupy(slot, number);
            }
        }
    }

    fn occupy(&mut self, slot: usize, number: usize) {
        if let (Some(free), Ok(number)) = (self.slots.get_mut(slot), u32::try_from(number)) {
            *free = number;
        }
    }
}

/// Every slot once, from the hash on. `slots` is a power of two.
fn probe(slots: usize, hash: u64) -> impl Iterator<Item = usize> {
    let mask = slots - 1;
    // The low bits are enough: there are never 2^32 slots.
    let start = hash as usize & mask;
    (0..slots).map(move |step| (start + step) & mask)
}

impl Numbering<'_, '_> {
    /// The number of the line at `start` of one of the two texts.
    pub(crate) fn token(&mut self, side: Side, start: usize, line: &[u8]) -> Token {
        if self.table.places.len() * 2 >= self.table.slots.len() {
            self.table.grow();
        }
        let hash = match self.white {
            White::Counts => self.table.hasher.hash_one(line),
            White::Ignored => hash_without_white(self.table.hasher.hash_one(0u8), line),
        };
        for slot in probe(self.table.slots.len(), hash) {
            let number = self.table.slots.get(slot).copied().unwrap_or(FREE);
            if number == FREE {
                let next = self.table.places.len();
                self.table.occupy(slot, next);
                self.table.places.push(Place { side, start, length: line.len(), hash });
                return Token(u32::try_from(next).unwrap_or(FREE));
            }
            if self.is_at(number, hash, line) {
                return Token(number);
            }
        }
        // Not reached: half of the slots are free.
        Token(FREE)
    }

    fn is_at(&self, number: u32, hash: u64, line: &[u8]) -> bool {
        let Some(place) = self.table.places.get(number as usize) else { return false };
        if place.hash != hash {
            return false;
        }
        let other = self.text(place);
        match self.white {
            White::Counts => other == line,
            White::Ignored => other == line || ink(other).eq(ink(line)),
        }
    }

    fn text(&self, place: &Place) -> &[u8] {
        let text = match place.side {
            Side::Old => self.old,
            Side::New => self.new,
        };
        text.get(place.start..).and_then(|rest| rest.get(..place.length)).unwrap_or_default()
    }

    /// How many different lines there are so far.
    pub(crate) fn len(&self) -> usize {
        self.table.places.len()
    }
}

/// The bytes of a line that are no white space.
fn ink(line: &[u8]) -> impl Iterator<Item = u8> {
    line.iter().copied().filter(|byte| !is_white(*byte))
}

pub(super) fn hash_without_white(seed: u64, line: &[u8]) -> u64 {
    let (mut hash, mut word) = (seed, 1u64);
    for byte in ink(line) {
        // The 1 in front tells how many bytes there are.
        if word >> 56 != 0 {
            hash = fold(hash ^ word, !seed | 1);
            word = 1;
        }
        word = (word << 8) | u64::from(byte);
    }
    fold(hash ^ word, !seed | 1)
}

#[cfg(test)]
mod tests {
    use super::super::lines::Lines;
    use super::*;

    fn tokens(numbering: &mut Numbering<'_, '_>, side: Side, text: &[u8]) -> Vec<u32> {
        let mut start = 0;
        let line_tokens = Lines(text).map(|line| {
            let token = numbering.token(side, start, line).0;
            start += line.len();
            token
        });
        line_tokens.collect()
    }

    #[test]
    fn equal_lines_have_equal_numbers_on_both_sides() {
        let mut table = TokenTable::default();
        let (old, new) = (b"a\nb\na\nc", b"c\nb\nc");
        let mut numbering = table.number(old, new, White::Counts);
        assert_eq!(tokens(&mut numbering, Side::Old, old), [0, 1, 0, 2]);
        assert_eq!(tokens(&mut numbering, Side::New, new), [3, 1, 2]);
        assert_eq!(numbering.len(), 4);
    }

    #[test]
    fn lines_can_be_told_apart_without_white_space() {
        let mut table = TokenTable::default();
        let (old, new) = (b"a b\n\n ab c defghijk\n", b"ab\n  \nabcdefg hijk");
        let mut numbering = table.number(old, new, White::Ignored);
        assert_eq!(tokens(&mut numbering, Side::Old, old), [0, 1, 2]);
        assert_eq!(tokens(&mut numbering, Side::New, new), [0, 1, 2]);
    }

    #[test]
    fn the_table_grows_and_starts_again() {
        let mut table = TokenTable::default();
        let text: Vec<u8> = (0..5_000).flat_map(|n| format!("{n}\n").into_bytes()).collect();
        for _ in 0..2 {
            let mut numbering = table.number(&text, &text, White::Counts);
            let first = tokens(&mut numbering, Side::Old, &text);
            assert_eq!(first, (0..5_000).collect::<Vec<_>>());
            assert_eq!(tokens(&mut numbering, Side::New, &text), first);
        }
    }
}
