//! The smallest checksum of every window.

use fearless_simd::{Simd, SimdBase, SimdMask, u32x16};

use super::WINDOW;

/// How many checksums are compared at once.
const LANES: usize = 16;

/// How many minima are looked at together: one for each bit of a mask.
pub(super) const GROUP: usize = 64;

/// The minima of windows that end in one group after another.
pub(super) struct Minima<S: Simd> {
    simd: S,
    /// Of the last step: windows of 1, 2, 4, 8 and 16, and of 64.
    shorter: [u32x16<S>; 5],
    whole: u32x16<S>,
    /// Of the last two steps, windows of 32.
    half: [u32x16<S>; 2],
}

impl<S: Simd> Minima<S> {
    /// Nothing comes before the first group.
    #[inline(always)]
    pub(super) fn new(simd: S) -> Self {
        let nothing = u32x16::splat(simd, u32::MAX);
        Self { simd, shorter: [nothing; 5], whole: nothing, half: [nothing; 2] }
    }

    /// Writes down the minimum of the window that ends with each of these checksums, and says which of them differ from the one
    /// before.
    #[inline(always)]
    pub(super) fn next(&mut self, crcs: &[u32; GROUP], minima: &mut [u32; GROUP]) -> u64 {
        const { assert!(WINDOW == 64, "windows are doubled up to 64") };
        let mut changes = 0;
        let ((crcs, _), (minima, _)) = (crcs.as_chunks::<LANES>(), minima.as_chunks_mut::<LANES>());
        for ((crcs, slots), from) in crcs.iter().zip(minima).zip((0..).step_by(LANES)) {
            let [before_one, before_two, before_four, before_eight, before_sixteen] = self.shorter;
            let one = u32x16::from_slice(self.simd, crcs);
            let two = one.min(before_one.slide::<15>(one));
            let four = two.min(before_two.slide::<14>(two));
            let eight = four.min(before_four.slide::<12>(four));
            let sixteen = eight.min(before_eight.slide::<8>(eight));
            let half = sixteen.min(before_sixteen);
            let [half_before, half_before_that] = self.half;
            let whole = half.min(half_before_that);
            changes |= whole.simd_ne(self.whole.slide::<15>(whole)).to_bitmask() << from;
            *slots = whole.into();
            (self.shorter, self.half, self.whole) =
                ([one, two, four, eight, sixteen], [half, half_before], whole);
        }
        changes
    }
}
