//! Where names and other tokens begin and end, 64 bytes at a time.

use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x64};
use memchr::memchr_iter;

use super::byte_set::{ByteSet, Halves};
use super::prepared::{Class, Prepared};

/// How many bytes a block has: one for each bit of its masks.
pub(super) const BLOCK: usize = 64;

/// How many blocks are looked at together.
const BLOCKS: usize = 32;

/// What the bytes of a block are; the first byte is the lowest bit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Masks {
    /// Bytes with which a name or number begins or goes on.
    pub(super) names: u64,
    /// The same of the next block.
    after: u64,
    digits: u64,
    /// Bytes with which something begins: the first of a run of name bytes, and every other byte that is no blank.
    pub(super) starts: u64,
    /// Those that may begin something that needs care.
    special: u64,
    /// Name bytes after which a name or number may go on with other bytes.
    open: u64,
    /// Ends of lines.
    lines: u64,
    /// Bytes that a string may end with, or that may keep it from ending: quotes, backslashes, ends of lines.
    stops: u64,
    /// The number of the line, from 1, in which the block begins.
    line: u32,
}

impl Masks {
    /// How many name bytes in a row there are from this place on, up to 64.
    #[inline(always)]
    pub(super) const fn run(&self, place: u32) -> usize {
        let names = ((self.after as u128) << BLOCK) | self.names as u128;
        ((names >> (place % 64)) as u64).trailing_ones() as usize
    }

    /// 1 when a digit stands at this place, and 0 otherwise.
    #[inline(always)]
    pub(super) const fn is_digit(&self, place: u32) -> u64 {
        (self.digits >> (place % 64)) & 1
    }

    /// The number of the line of a place.
    #[inline(always)]
    pub(super) const fn line(&self, place: u32) -> u32 {
        let before = (1u64 << (place % 64)) - 1;
        self.line.wrapping_add((self.lines & before).count_ones())
    }

    /// The starts before the first one that needs care.
    #[inline(always)]
    pub(super) const fn carefree(&self) -> u64 {
        let starts = self.starts;
        // Open ends before the first start belong to what has been passed over.
        let open = lowest_bit(self.open & !below(starts));
        let opened = highest_bit(starts & (open | below(open)) & if open == 0 { 0 } else { u64::MAX });
        starts & below((self.special & starts) | opened)
    }
}

/// All bits below the lowest one of these.
#[inline(always)]
const fn below(bits: u64) -> u64 {
    lowest_bit(bits).wrapping_sub(1)
}

#[inline(always)]
const fn lowest_bit(bits: u64) -> u64 {
    bits & bits.wrapping_neg()
}

#[inline(always)]
const fn highest_bit(bits: u64) -> u64 {
    match bits.checked_ilog2() {
        Some(place) => 1 << place,
        None => 0,
    }
}

/// The masks of the blocks from some place of a text on. It goes forwards only.
pub(super) struct Runs {
    level: Level,
    /// Where the first block begins, a multiple of [`BLOCK`].
    from: usize,
    masks: [Masks; BLOCKS],
    /// Up to here lines have been counted, and so many.
    counted: (usize, u32),
}

impl Runs {
    pub(super) fn new(level: Level) -> Self {
        // Far from any text.
        Self { level, from: usize::MAX / 2, masks: [Masks::default(); BLOCKS], counted: (0, 1) }
    }

    pub(super) const fn level(&self) -> Level {
        self.level
    }

    /// The masks of the block that begins at `at`, a multiple of [`BLOCK`] inside of the text.
    #[inline]
    pub(super) fn block(&mut self, prepared: &Prepared, text: &[u8], at: usize) -> &Masks {
        let place = at.wrapping_sub(self.from) / BLOCK;
        let place = if place < BLOCKS { place } else { self.read(prepared, text, at) };
        let [first, ..] = &self.masks;
        self.masks.get(place).unwrap_or(first)
    }

    /// The first end of a line at `at` or behind it, or the end of the text.
    pub(super) fn line_end(&mut self, prepared: &Prepared, text: &[u8], at: usize) -> usize {
        self.next(prepared, text, at, |masks| masks.lines)
    }

    /// The first quote, backslash or end of a line at `at` or behind it, or the end of the text.
    pub(super) fn stop(&mut self, prepared: &Prepared, text: &[u8], at: usize) -> usize {
        self.next(prepared, text, at, |masks| masks.stops)
    }

    #[inline]
    fn next(&mut self, prepared: &Prepared, text: &[u8], at: usize, mask: impl Fn(&Masks) -> u64) -> usize {
        let (mut block, mut from) = (at - at % BLOCK, u64::MAX << (at % BLOCK));
        while block < text.len() {
            let found = mask(self.block(prepared, text, block)) & from;
            if found != 0 {
                return block + found.trailing_zeros() as usize;
            }
            (block, from) = (block + BLOCK, u64::MAX);
        }
        text.len()
    }

    /// Reads the blocks from `at` on; the first one stands at the place that it returns.
    #[inline(never)]
    fn read(&mut self, prepared: &Prepared, text: &[u8], at: usize) -> usize {
        let (counted, line) = self.counted;
        let passed = text.get(counted..at).unwrap_or_default();
        let line = line.saturating_add(u32::try_from(memchr_iter(b'\n', passed).count()).unwrap_or(u32::MAX));
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let carry = u64::from(before.is_some_and(|byte| prepared.continues(*byte)));
        let (level, masks) = (self.level, &mut self.masks);
        let line = dispatch!(level, simd => read(simd, prepared, text, (at, carry, line), masks));
        (self.from, self.counted) = (at, (at + BLOCKS * BLOCK, line));
        0
    }
}

/// The masks of as many blocks as there is text and room for; what is behind the end of the text begins nothing. Returns the
/// number of the line in which the next block begins.
#[inline(always)]
fn read<S: Simd>(
    simd: S,
    prepared: &Prepared,
    text: &[u8],
    (at, mut carry, mut line): (usize, u64, u32),
    masks: &mut [Masks; BLOCKS],
) -> u32 {
    // Two blocks behind the last one, too: what a name ends with may stand there.
    let mut bytes = [Bytes::default(); BLOCKS + 2];
    let (blocks, rest) = text.get(at..).unwrap_or_default().as_chunks();
    let mut places = bytes.iter_mut();
    for (block, place) in blocks.iter().zip(places.by_ref()) {
        *place = Bytes::of_block(simd, prepared, block);
    }
    if let Some(place) = places.next() {
        *place = Bytes::of_last(simd, prepared, text, rest);
    }
    for (masks, bytes) in masks.iter_mut().zip(bytes.windows(3)) {
        let [here, next, after] = bytes else { break };
        *masks = here.masks(prepared, [next, after], carry, line);
        carry = here.names >> (BLOCK - 1);
        line = line.saturating_add(here.lines.count_ones());
    }
    line
}

const BLANKS: ByteSet = ByteSet::of(b" \t\n\x0b\x0c\r");
const SIGNS: ByteSet = ByteSet::of(b"+-");
const EXPONENTS: ByteSet = ByteSet::of(b"eEpP");
const QUOTES: ByteSet = ByteSet::of(b"\"#");
const STOPS: ByteSet = ByteSet::of(b"\"'`\\\n");

/// What the bytes of a block are, each for itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Bytes {
    names: u64,
    digits: u64,
    /// With which something begins that needs care, perhaps.
    special: u64,
    /// Points.
    points: u64,
    /// Signs of exponents.
    signs: u64,
    /// Marks of exponents.
    exponents: u64,
    /// What a literal goes on with that begins like a name.
    quotes: u64,
    /// Neither blank nor the end of a line.
    ink: u64,
    lines: u64,
    stops: u64,
}

impl Bytes {
    /// The masks of a block with the blocks behind it.
    #[inline(always)]
    const fn masks(&self, prepared: &Prepared, [next, after]: [&Self; 2], carry: u64, line: u32) -> Masks {
        let Self { names, digits, lines, stops, .. } = *self;
        let seen = if prepared.sees_lines { lines } else { 0 };
        let starts = (self.ink | seen) & !(names & ((names << 1) | carry));
        // A name that goes on in the next block, to an open end or further than can be seen.
        let far = names.leading_ones() + next.names.trailing_ones() >= u64::BITS;
        let goes_on = next.open(after, prepared) & below(!next.names) != 0;
        let last = (names >> (BLOCK - 1)) & (far || goes_on) as u64;
        let open = self.open(next, prepared) | (last << (BLOCK - 1));
        Masks {
            names,
            after: next.names,
            digits,
            starts,
            special: self.special | seen,
            open,
            lines,
            stops,
            line,
        }
    }

    /// Name bytes after which a name or number may go on.
    #[inline(always)]
    const fn open(&self, next: &Self, prepared: &Prepared) -> u64 {
        let digit_behind = (self.digits >> 2) | (next.digits << (BLOCK - 2));
        let point = (self.points >> 1) | (next.points << (BLOCK - 1));
        let sign = (self.signs >> 1) | (next.signs << (BLOCK - 1));
        let quote = (self.quotes >> 1) | (next.quotes << (BLOCK - 1));
        let number = (point | (sign & self.exponents)) & digit_behind;
        self.names & (number | if prepared.has_prefixes { quote } else { 0 })
    }

    /// The end of a text that fills no block; behind it is nothing.
    #[inline(always)]
    fn of_last<S: Simd>(simd: S, prepared: &Prepared, text: &[u8], rest: &[u8]) -> Self {
        match text.last_chunk() {
            _ if rest.is_empty() => Self::default(),
            Some(last) => Self::of_block(simd, prepared, last).behind(BLOCK - rest.len()),
            None => Self::of_tail(prepared, rest),
        }
    }

    #[inline(always)]
    fn of_block<S: Simd>(simd: S, prepared: &Prepared, block: &[u8; BLOCK]) -> Self {
        let bytes = u8x64::from_slice(simd, block);
        let splat = |byte: u8| u8x64::splat(simd, byte);
        let is = |byte: u8| bytes.simd_eq(splat(byte)).to_bitmask();
        let digits = (bytes - splat(b'0')).simd_le(splat(9));
        let halves = Halves::of(simd, bytes);
        Self {
            names: halves.within(&prepared.names) | bytes.simd_ge(splat(0x80)).to_bitmask(),
            digits: digits.to_bitmask(),
            special: halves.within(&prepared.special),
            points: is(b'.'),
            signs: halves.within(&SIGNS),
            exponents: halves.within(&EXPONENTS),
            quotes: halves.within(&QUOTES),
            ink: !halves.within(&BLANKS),
            lines: is(b'\n'),
            stops: halves.within(&STOPS),
        }
    }

    /// Without the first bytes.
    const fn behind(self, bytes: usize) -> Self {
        Self {
            names: self.names >> bytes,
            digits: self.digits >> bytes,
            special: self.special >> bytes,
            points: self.points >> bytes,
            signs: self.signs >> bytes,
            exponents: self.exponents >> bytes,
            quotes: self.quotes >> bytes,
            ink: self.ink >> bytes,
            lines: self.lines >> bytes,
            stops: self.stops >> bytes,
        }
    }

    /// The same for fewer bytes than a block has, with the tables.
    fn of_tail(prepared: &Prepared, rest: &[u8]) -> Self {
        let mut all = Self::default();
        for (place, byte) in rest.iter().take(BLOCK).enumerate() {
            let mark = |mask: &mut u64, is: bool| *mask |= u64::from(is) << place;
            mark(&mut all.names, prepared.continues(*byte));
            mark(&mut all.digits, byte.is_ascii_digit());
            mark(&mut all.special, prepared.special.has(*byte));
            mark(&mut all.points, *byte == b'.');
            mark(&mut all.signs, SIGNS.has(*byte));
            mark(&mut all.exponents, EXPONENTS.has(*byte));
            mark(&mut all.quotes, QUOTES.has(*byte));
            mark(&mut all.ink, !matches!(prepared.ordinary(*byte), Class::Blank | Class::LineEnd));
            mark(&mut all.lines, *byte == b'\n');
            mark(&mut all.stops, STOPS.has(*byte));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn levels() -> Vec<Level> {
        let best = Level::new();
        let mut levels = vec![Level::baseline(), best];
        #[cfg(target_arch = "x86_64")]
        levels.extend(best.as_avx2().map(Level::Avx2).into_iter().chain(best.as_sse4_2().map(Level::Sse4_2)));
        levels
    }

    /// The masks of a block, every byte looked at on its own.
    fn slow(prepared: &Prepared, text: &[u8], at: usize) -> Masks {
        let of = |at: usize| Bytes::of_tail(prepared, text.get(at..).unwrap_or_default());
        let before = at > 0 && prepared.continues(text[at - 1]);
        let line = 1 + text[..at].iter().filter(|byte| **byte == b'\n').count() as u32;
        of(at).masks(prepared, [&of(at + BLOCK), &of(at + 2 * BLOCK)], u64::from(before), line)
    }

    proptest! {
        #[test]
        fn every_level_says_what_the_tables_say(text in prop::collection::vec(any::<u8>(), 0..3 * BLOCK), skip in 0usize..2) {
            for prepared in Prepared::all() {
                for level in levels() {
                    let mut runs = Runs::new(level);
                    for at in (skip * BLOCK..text.len()).step_by(BLOCK) {
                        prop_assert_eq!(*runs.block(prepared, &text, at), slow(prepared, &text, at));
                    }
                }
            }
        }
    }
}
