//! Where names and other tokens begin and end, 64 bytes at a time.

use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u8x64};

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
    /// Bytes with which something begins: the first of a run of name bytes, and every other byte that is no blank.
    pub(super) starts: u64,
}

/// The bytes of names beyond letters, digits and `_`; filled up with `_`.
pub(super) type ExtraNames = [u8; 4];

/// The masks of the blocks from some place of a text on.
pub(super) struct Runs {
    level: Level,
    /// Where the first block begins, a multiple of [`BLOCK`].
    from: usize,
    masks: [Masks; BLOCKS],
}

impl Runs {
    pub(super) fn new(level: Level) -> Self {
        // Far from any text.
        Self { level, from: usize::MAX / 2, masks: [Masks::default(); BLOCKS] }
    }

    /// The masks of the block that begins at `at`, a multiple of [`BLOCK`] inside of the text.
    #[inline]
    pub(super) fn block(&mut self, prepared: &Prepared, text: &[u8], at: usize) -> Masks {
        let place = at.wrapping_sub(self.from) / BLOCK;
        if let Some(masks) = self.masks.get(place) {
            return *masks;
        }
        self.read(prepared, text, at);
        let [first, ..] = self.masks;
        first
    }

    #[inline(never)]
    fn read(&mut self, prepared: &Prepared, text: &[u8], at: usize) {
        self.from = at;
        let before = at.checked_sub(1).and_then(|before| text.get(before));
        let carry = u64::from(before.is_some_and(|byte| prepared.continues(*byte)));
        let text = text.get(at..).unwrap_or_default();
        let (level, masks) = (self.level, &mut self.masks);
        dispatch!(level, simd => read(simd, prepared, text, carry, masks));
    }
}

/// The masks of as many blocks as there is text and room for; what is behind the end of the text begins nothing.
#[inline(always)]
fn read<S: Simd>(simd: S, prepared: &Prepared, text: &[u8], mut carry: u64, masks: &mut [Masks; BLOCKS]) {
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let mut masks = masks.iter_mut();
    for (block, masks) in blocks.iter().zip(masks.by_ref()) {
        let (names, blanks) = block_masks(simd, prepared.extra_names, block);
        *masks = with_starts(names, blanks, carry);
        carry = names >> (BLOCK - 1);
    }
    if let Some(masks) = masks.next() {
        let (names, blanks) = tail_masks(prepared, rest);
        *masks = with_starts(names, blanks, carry);
    }
    masks.for_each(|masks| *masks = Masks::default());
}

#[inline(always)]
const fn with_starts(names: u64, blanks: u64, carry: u64) -> Masks {
    Masks { names, starts: !blanks & !(names & ((names << 1) | carry)) }
}

/// Which bytes are part of names, and which are blanks.
#[inline(always)]
fn block_masks<S: Simd>(simd: S, extra: ExtraNames, block: &[u8; BLOCK]) -> (u64, u64) {
    let bytes = u8x64::from_slice(simd, block);
    let splat = |byte: u8| u8x64::splat(simd, byte);
    let within = |bytes: u8x64<S>, first: u8, last: u8| (bytes - splat(first)).simd_le(splat(last - first));
    let letters = within(bytes | splat(0x20), b'a', b'z');
    let digits = within(bytes, b'0', b'9');
    let others = bytes.simd_ge(splat(0x80)) | bytes.simd_eq(splat(b'_'));
    let [a, b, c, d] = extra;
    let mut names = letters | digits | others;
    if extra != NO_EXTRA {
        names |= bytes.simd_eq(splat(a)) | bytes.simd_eq(splat(b));
        names |= bytes.simd_eq(splat(c)) | bytes.simd_eq(splat(d));
    }
    let blanks = bytes.simd_eq(splat(b' ')) | bytes.simd_eq(splat(b'\t')) | within(bytes, 0x0b, b'\r');
    (names.to_bitmask(), blanks.to_bitmask())
}

/// No further bytes.
pub(super) const NO_EXTRA: ExtraNames = [b'_'; 4];

/// The same for fewer bytes than a block has, with the tables; what is behind them is blank.
#[inline]
fn tail_masks(prepared: &Prepared, rest: &[u8]) -> (u64, u64) {
    let (mut names, mut blanks) = (0, u64::MAX);
    for (place, byte) in rest.iter().take(BLOCK).enumerate() {
        names |= u64::from(prepared.continues(*byte)) << place;
        blanks ^= u64::from(prepared.ordinary(*byte) != Class::Blank) << place;
    }
    (names, blanks)
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

    proptest! {
        #[test]
        fn every_level_says_what_the_tables_say(text in prop::collection::vec(any::<u8>(), 0..3 * BLOCK), skip in 0usize..2) {
            for prepared in Prepared::all() {
                for level in levels() {
                    let mut runs = Runs::new(level);
                    for at in (skip * BLOCK..text.len()).step_by(BLOCK) {
                        let (names, blanks) = tail_masks(prepared, &text[at..]);
                        let carry = at > 0 && prepared.continues(text[at - 1]);
                        let found = runs.block(prepared, &text, at);
                        prop_assert_eq!(found, with_starts(names, blanks, u64::from(carry)));
                    }
                }
            }
        }
    }
}
