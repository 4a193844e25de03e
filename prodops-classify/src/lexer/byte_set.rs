//! Sets of ASCII bytes, told for 64 bytes at once.

use fearless_simd::{Simd, SimdBase, SimdMask, u8x16, u8x64};

/// A set of ASCII bytes: for every lower half of a byte, a bit for each upper half that belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByteSet([u8; 16]);

/// The bit of every upper half; from 0x80 on bytes are in no set.
const UPPER: [u8; 16] = [1, 2, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0];

impl ByteSet {
    /// The set of these bytes.
    #[allow(clippy::indexing_slicing, reason = "half a byte is less than 16")]
    pub(super) const fn of(bytes: &[u8]) -> Self {
        let (mut set, mut rest) = ([0; 16], bytes);
        while let [byte, others @ ..] = rest {
            if byte.is_ascii() {
                set[(*byte & 15) as usize] |= 1 << (*byte >> 4);
            }
            rest = others;
        }
        Self(set)
    }

    /// Whether a byte belongs to it.
    pub(super) fn has(&self, byte: u8) -> bool {
        let of = |halves: &[u8; 16], half: u8| halves.get(usize::from(half)).copied().unwrap_or(0);
        of(&self.0, byte & 15) & of(&UPPER, byte >> 4) != 0
    }
}

/// Bytes as their halves.
#[derive(Clone, Copy)]
pub(super) struct Halves<S: Simd> {
    simd: S,
    lower: u8x64<S>,
    /// The bit of the upper half.
    upper: u8x64<S>,
}

impl<S: Simd> Halves<S> {
    #[inline(always)]
    pub(super) fn of(simd: S, bytes: u8x64<S>) -> Self {
        let lower = bytes & u8x64::splat(simd, 15);
        let upper = Self::table(simd, &UPPER).swizzle_dyn_within_blocks(bytes >> 4);
        Self { simd, lower, upper }
    }

    #[inline(always)]
    fn table(simd: S, halves: &[u8; 16]) -> u8x64<S> {
        u8x64::block_splat(u8x16::from_slice(simd, halves))
    }

    /// Which bytes are in the set, the first one the lowest bit.
    #[inline(always)]
    pub(super) fn within(&self, set: &ByteSet) -> u64 {
        let bits = Self::table(self.simd, &set.0).swizzle_dyn_within_blocks(self.lower) & self.upper;
        bits.simd_ne(u8x64::splat(self.simd, 0)).to_bitmask()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_its_bytes_and_no_others() {
        let set = ByteSet::of(b"\0aZ09_~\x7f\xff");
        let has: Vec<u8> = (0..=u8::MAX).filter(|byte| set.has(*byte)).collect();
        assert_eq!(has, b"\x0009Z_a~\x7f");
    }
}
