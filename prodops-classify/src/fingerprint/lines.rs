//! The lines of a text as numbers, many at a time.
//!
//! Where a line ends, where its white space ends and whether there is too much of it inside is read off masks of 64 bytes, because
//! loops over a few bytes are foretold wrongly too often.

use fearless_simd::{Level, Select, Simd, SimdBase, SimdMask, dispatch, mask8x64, u8x64};
use memchr::memchr;

use super::line;

/// How many bytes a block has: one for each bit of its masks.
const BLOCK: usize = 64;

/// How many blocks are looked at together.
const BLOCKS: usize = 32;

/// How many places are written down without a question.
const AT_ONCE: usize = 4;

/// What the bytes of a block are; the first byte is the lowest bit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Masks {
    /// No white space.
    ink: u64,
    /// White space that is not a single space.
    wide: u64,
    /// How much of the last there is in the blocks before.
    passed: u32,
}

/// The hashes of the lines of a text.
pub(super) struct LineHashes<'t> {
    level: Level,
    text: &'t [u8],
    /// Where the blocks begin, at the start of a line.
    from: usize,
    /// A block of nothing, and the blocks.
    blocks: [Masks; 1 + BLOCKS],
    /// Where lines end in them, counted from the first one on; how many there are, and how many have been looked at.
    ends: [u16; BLOCKS * BLOCK + AT_ONCE],
    found: usize,
    passed: usize,
    /// Where the next line begins.
    at: usize,
}

impl<'t> LineHashes<'t> {
    pub(super) fn new(level: Level, text: &'t [u8]) -> Self {
        let (blocks, ends) = ([Masks::default(); 1 + BLOCKS], [0; BLOCKS * BLOCK + AT_ONCE]);
        Self { level, text, from: usize::MAX, blocks, ends, found: 0, passed: 0, at: 0 }
    }

    /// Writes down the hashes of the next lines and says how many there were.
    pub(super) fn fill(&mut self, hashes: &mut [u64]) -> usize {
        let level = self.level;
        dispatch!(level, simd => self.fill_with(simd, hashes))
    }

    #[inline(always)]
    fn fill_with<S: Simd>(&mut self, simd: S, hashes: &mut [u64]) -> usize {
        let mut count = 0;
        for slot in hashes {
            let Some(hash) = self.next(simd) else { break };
            *slot = hash;
            count += 1;
        }
        count
    }

    #[inline(always)]
    fn next<S: Simd>(&mut self, simd: S) -> Option<u64> {
        while self.passed == self.found {
            if self.at >= self.text.len() {
                return None;
            }
            if self.at == self.from {
                // Longer than all blocks, or without an end.
                return Some(self.long());
            }
            self.read(simd);
        }
        let end = usize::from(*self.ends.get(self.passed)?);
        self.passed += 1;
        let start = std::mem::replace(&mut self.at, self.from + end + 1) - self.from;
        Some(self.hash(simd, start, end))
    }

    fn long(&mut self) -> u64 {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let length = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
        self.at += length;
        line::hash(rest.get(..length).unwrap_or_default())
    }

    /// Hashes the line between two places, counted from the first block on.
    #[inline(always)]
    fn hash<S: Simd>(&self, simd: S, start: usize, end: usize) -> u64 {
        let blank_before = self.ink_from(start).trailing_zeros() as usize;
        let blank_after = self.ink_before(end).leading_zeros() as usize;
        let first = (start + blank_before).min(end);
        let last = end.saturating_sub(blank_after).max(first);
        let text = self.text.get(self.from..).unwrap_or_default();
        // More white space than a window shows.
        let unseen = (blank_before == BLOCK || blank_after == BLOCK) && end - start > BLOCK;
        let wide = self.wide_before(first) != self.wide_before(last);
        let (rest, length) = (text.get(first..).unwrap_or_default(), last - first);
        match rest.first_chunk() {
            Some(bytes) if length <= BLOCK && !unseen => {
                let there = u64::MAX.checked_shr((BLOCK - length) as u32).unwrap_or(0);
                let blanks = if wide { there & !self.ink_from(first) } else { 0 };
                short(simd, bytes, there, blanks)
            }
            _ if unseen || wide => line::hash(text.get(start..end).unwrap_or_default()),
            _ => line::hash_trimmed(rest, length),
        }
    }

    /// The ink of the 64 bytes from this place on.
    #[inline(always)]
    fn ink_from(&self, at: usize) -> u64 {
        let ink = |block: usize| self.blocks.get(block).map_or(0, |masks| u128::from(masks.ink));
        let block = at / BLOCK + 1;
        ((ink(block) | ink(block + 1) << BLOCK) >> (at % BLOCK)) as u64
    }

    /// The ink of the 64 bytes before this place.
    #[inline(always)]
    fn ink_before(&self, at: usize) -> u64 {
        let ink = |block: usize| self.blocks.get(block).map_or(0, |masks| u128::from(masks.ink));
        let block = at / BLOCK;
        ((ink(block) | ink(block + 1) << BLOCK) >> (at % BLOCK)) as u64
    }

    /// How much white space before this place is not a single space.
    #[inline(always)]
    fn wide_before(&self, at: usize) -> u32 {
        let masks = self.blocks.get(at / BLOCK + 1).copied().unwrap_or_default();
        masks.passed + (masks.wide & ((1 << (at % BLOCK)) - 1)).count_ones()
    }

    /// Reads the blocks from the next line on.
    #[inline(always)]
    fn read<S: Simd>(&mut self, simd: S) {
        let rest = self.text.get(self.at..).unwrap_or_default();
        (self.from, self.found, self.passed) = (self.at, 0, 0);
        let (mut carry, mut passed) = (0, 0);
        for (masks, from) in self.blocks.iter_mut().skip(1).zip((0..).step_by(BLOCK)) {
            let [ink, spaces, ends] = bytes(simd, self.text, rest.get(from..).unwrap_or_default());
            let blanks = !ink & !ends;
            let wide = blanks & (!spaces | (blanks << 1) | carry);
            *masks = Masks { ink, wide, passed };
            passed += wide.count_ones();
            carry = blanks >> (BLOCK - 1);
            self.found += places(ends, from as u16, self.ends.get_mut(self.found..).unwrap_or_default());
        }
    }
}

/// Hashes the bytes that are there, with every run of these blanks as one space.
#[inline(always)]
fn short<S: Simd>(simd: S, bytes: &[u8; BLOCK], there: u64, blanks: u64) -> u64 {
    let mask = |bits| mask8x64::from_bitmask(simd, bits);
    let bytes = u8x64::from_slice(simd, bytes);
    if blanks == 0 {
        let line = mask(there).select(bytes, u8x64::splat(simd, 0));
        return line::hash_block(&line.into(), there.count_ones() as usize);
    }
    let kept = there & !(blanks & (blanks << 1));
    let line = mask(blanks).select(u8x64::splat(simd, b' '), bytes).compress(mask(kept));
    line::hash_block(&line.into(), kept.count_ones() as usize)
}

/// Writes down the places of the bits, counted from `from` on, and says how many there are. So many as a block mostly has are
/// written whether or not there are, because how many there are is foretold wrongly too often.
#[inline(always)]
fn places(bits: u64, from: u16, places: &mut [u16]) -> usize {
    let mut left = bits;
    let mut next = || {
        let place = from + left.trailing_zeros() as u16;
        left &= left.wrapping_sub(1);
        place
    };
    let count = bits.count_ones() as usize;
    if let Some(first) = places.first_chunk_mut::<AT_ONCE>() {
        first.iter_mut().for_each(|slot| *slot = next());
    }
    places.iter_mut().take(count).skip(AT_ONCE).for_each(|slot| *slot = next());
    count
}

/// Which bytes of the block that begins the rest of a text are ink, spaces, and ends of lines. Behind the text there is nothing.
#[inline(always)]
fn bytes<S: Simd>(simd: S, text: &[u8], rest: &[u8]) -> [u64; 3] {
    match (rest.first_chunk(), text.last_chunk()) {
        (Some(block), _) => bytes_of(simd, block),
        (None, _) if rest.is_empty() => [0; 3],
        (None, Some(last)) => bytes_of(simd, last).map(|mask| mask >> (BLOCK - rest.len())),
        (None, None) => bytes_of_tail(rest),
    }
}

#[inline(always)]
fn bytes_of<S: Simd>(simd: S, block: &[u8; BLOCK]) -> [u64; 3] {
    let bytes = u8x64::from_slice(simd, block);
    let splat = |byte: u8| u8x64::splat(simd, byte);
    let spaces = bytes.simd_eq(splat(b' '));
    let others = (bytes - splat(b'\t')).simd_le(splat(b'\r' - b'\t'));
    let ends = bytes.simd_eq(splat(b'\n'));
    [!(spaces | others).to_bitmask(), spaces.to_bitmask(), ends.to_bitmask()]
}

/// The same for fewer bytes than a block has.
fn bytes_of_tail(rest: &[u8]) -> [u64; 3] {
    let mut masks = [0; 3];
    for (place, byte) in rest.iter().take(BLOCK).enumerate() {
        let kinds = [!line::is_blank(*byte), *byte == b' ', *byte == b'\n'];
        masks.iter_mut().zip(kinds).for_each(|(mask, is)| *mask |= u64::from(is) << place);
    }
    masks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::change::Lines;

    fn levels() -> Vec<Level> {
        let best = Level::new();
        let mut levels = vec![Level::baseline(), best];
        #[cfg(target_arch = "x86_64")]
        levels.extend(best.as_avx2().map(Level::Avx2));
        levels
    }

    proptest! {
        #[test]
        fn every_level_hashes_every_line(
            pieces in prop::collection::vec("[a-c]{0,9}| {1,9}|\n|[ \t\r\x0b\x0c]{0,3}| {60,70}|x{60,70}|é", 0..200),
            many in 1usize..40,
        ) {
            let text = pieces.concat().repeat(many.saturating_sub(35).max(1)).into_bytes();
            let expected: Vec<u64> = Lines(&text).map(line::hash).collect();
            for level in levels() {
                let (mut hashes, mut found, mut batch) = (LineHashes::new(level, &text), Vec::new(), [0; 7]);
                loop {
                    let count = hashes.fill(&mut batch);
                    found.extend_from_slice(&batch[..count]);
                    if count == 0 {
                        break;
                    }
                }
                prop_assert_eq!(&found, &expected);
            }
        }
    }
}
