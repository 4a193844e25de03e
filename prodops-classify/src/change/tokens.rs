//! Numbers for lines: equal lines get equal numbers.

use std::hash::BuildHasher;

use gix_imara_diff::Token;

/// Which text a line is in.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Side {
    Old,
    New,
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
}

impl TokenTable {
    /// Starts again with two new texts.
    pub(crate) fn number<'t, 's>(&'t mut self, old: &'s [u8], new: &'s [u8]) -> Numbering<'t, 's> {
        // Lines of 32 bytes on average, and twice as many slots as lines.
        let slots = ((old.len() + new.len()) / 16).clamp(64, 1 << 20).next_power_of_two();
        self.places.clear();
        self.slots.clear();
        self.slots.resize(slots, FREE);
        Numbering { table: self, old, new }
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
        let hash = self.table.hasher.hash_one(line);
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
        let text = match place.side {
            Side::Old => self.old,
            Side::New => self.new,
        };
        place.hash == hash && text.get(place.start..).and_then(|rest| rest.get(..place.length)) == Some(line)
    }

    /// How many different lines there are so far.
    pub(crate) fn len(&self) -> usize {
        self.table.places.len()
    }
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
        let mut numbering = table.number(old, new);
        assert_eq!(tokens(&mut numbering, Side::Old, old), [0, 1, 0, 2]);
        assert_eq!(tokens(&mut numbering, Side::New, new), [3, 1, 2]);
        assert_eq!(numbering.len(), 4);
    }

    #[test]
    fn the_table_grows_and_starts_again() {
        let mut table = TokenTable::default();
        let text: Vec<u8> = (0..5_000).flat_map(|n| format!("{n}\n").into_bytes()).collect();
        for _ in 0..2 {
            let mut numbering = table.number(&text, &text);
            let first = tokens(&mut numbering, Side::Old, &text);
            assert_eq!(first, (0..5_000).collect::<Vec<_>>());
            assert_eq!(tokens(&mut numbering, Side::New, &text), first);
        }
    }
}
