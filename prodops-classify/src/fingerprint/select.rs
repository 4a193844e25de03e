//! Which grams are kept: of every window the smallest one, the last of equals.

use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u32x16};

/// How many numbers are compared at once.
const LANES: usize = 16;

/// How many windows are looked at together: one for each bit of a mask.
const GROUP: usize = 64;

/// Grams in a row, with room behind them.
pub(super) struct Grams {
    values: Vec<u64>,
    count: usize,
    /// The most that there were since it was wiped.
    used: usize,
}

/// Memory for finding minima.
pub(super) struct Selector {
    level: Level,
    window: usize,
    /// The upper halves of the grams, which mostly tell which one is smaller.
    halves: Vec<u32>,
    /// The least half of every window, at the window's end.
    minima: Vec<u32>,
    spare: Vec<u32>,
    chosen: Vec<u32>,
}

/// Numbers rounded up to whole groups.
const fn rounded(count: usize) -> usize {
    (count / GROUP + 1) * GROUP
}

impl Grams {
    /// Room for so many grams.
    pub(super) fn with_capacity(grams: usize) -> Self {
        Self { values: vec![0; grams], count: 0, used: 0 }
    }

    pub(super) fn as_slice(&self) -> &[u64] {
        self.values.get(..self.count).unwrap_or_default()
    }

    pub(super) const fn len(&self) -> usize {
        self.count
    }

    /// Room for so many more grams, which count as grams from now on; for fewer, where there is not so much.
    pub(super) fn room(&mut self, grams: usize) -> &mut [u64] {
        let from = self.count;
        self.count = (from + grams).min(self.values.len());
        self.used = self.used.max(self.count);
        self.values.get_mut(from..self.count).unwrap_or_default()
    }

    /// Drops the first grams.
    pub(super) fn drop_front(&mut self, count: usize) {
        let count = count.min(self.count);
        self.values.copy_within(count..self.count, 0);
        self.count -= count;
    }

    /// Drops and wipes all of them.
    pub(super) fn wipe(&mut self) {
        self.values.iter_mut().take(self.used).for_each(|gram| *gram = 0);
        zeroize::optimization_barrier(self.values.as_slice());
        (self.count, self.used) = (0, 0);
    }
}

/// The lowest bits, so many.
const fn lowest(bits: usize) -> u64 {
    match u64::MAX.checked_shl(bits as u32) {
        Some(others) => !others,
        None => u64::MAX,
    }
}

impl Selector {
    /// One for windows of this length over at most so many grams.
    pub(super) fn new(level: Level, grams: usize, window: usize) -> Self {
        let memory = || vec![0; rounded(grams)];
        let chosen = Vec::with_capacity(grams);
        Self { level, window, halves: memory(), minima: memory(), spare: memory(), chosen }
    }

    /// The places of the grams that are kept, in order. Fewer grams than a window are one window.
    pub(super) fn select(&mut self, grams: &Grams) -> &[u32] {
        self.chosen.clear();
        let window = self.window.min(grams.count);
        if window == 0 {
            return &self.chosen;
        }
        let (level, grams) = (self.level, grams.as_slice());
        let told = compares_wide(level) && dispatch!(level, simd => self.by_halves(simd, grams, window));
        if !told {
            self.chosen.clear();
            one_by_one(grams, window, |place| self.chosen.push(place as u32));
        }
        &self.chosen
    }

    /// Wipes what is known of at most so many grams.
    pub(super) fn wipe(&mut self, grams: usize) {
        for memory in [&mut self.halves, &mut self.minima, &mut self.spare] {
            memory.iter_mut().take(rounded(grams)).for_each(|number| *number = 0);
            zeroize::optimization_barrier(memory.as_slice());
        }
    }

    /// Chooses by the upper halves. Answers `false` when they do not tell, because different grams have the same.
    #[inline(always)]
    fn by_halves<S: Simd>(&mut self, simd: S, grams: &[u64], window: usize) -> bool {
        let Self { halves, minima, spare, .. } = self;
        halves.iter_mut().zip(grams).for_each(|(half, gram)| *half = (*gram >> 32) as u32);
        trail(simd, halves.get(..rounded(grams.len())).unwrap_or_default(), [minima, spare], window);
        let mut before = u32x16::splat(simd, 0);
        // As many windows as a mask has bits: how many of a few count is foretold wrongly too often.
        for from in (0..grams.len()).step_by(GROUP) {
            let group = self.halves.get(from..).and_then(|rest| rest.first_chunk());
            let minima = self.minima.get(from..).and_then(|rest| rest.first_chunk());
            let Some((halves, minima)) = group.zip(minima) else { break };
            let mut ends = moved(simd, halves, minima, &mut before);
            let whole = !lowest((window - 1).saturating_sub(from));
            ends = (ends | (whole & whole.wrapping_neg())) & whole & lowest(grams.len() - from);
            while ends != 0 {
                let end = from + ends.trailing_zeros() as usize;
                ends &= ends - 1;
                let Some(place) = self.smallest(simd, grams, end, window) else { return false };
                if self.chosen.last() != Some(&place) {
                    self.chosen.push(place);
                }
            }
        }
        true
    }

    /// The last of the smallest grams of the window that ends here, if the upper halves tell.
    #[inline(always)]
    fn smallest<S: Simd>(&self, simd: S, grams: &[u64], end: usize, window: usize) -> Option<u32> {
        let (from, least) = (end + 1 - window, *self.minima.get(end)?);
        let halves = self.halves.get(from..)?;
        let (place, others) = match halves.first_chunk::<LANES>() {
            Some(halves) if window == LANES => {
                let equal = u32x16::from_slice(simd, halves).simd_eq(u32x16::splat(simd, least)).to_bitmask();
                (equal.checked_ilog2()? as usize, !equal.is_power_of_two())
            }
            _ => (halves.get(..window)?.iter().rposition(|half| *half == least)?, true),
        };
        if others {
            let gram = grams.get(from + place);
            let mut rest = halves.iter().take(window).zip(grams.iter().skip(from));
            if rest.any(|(half, other)| *half == least && Some(other) != gram) {
                return None;
            }
        }
        Some((from + place) as u32)
    }
}

/// Which of the windows that end in a group have another smallest gram than the one before; `before` is the last step's minima.
#[inline(always)]
fn moved<S: Simd>(simd: S, halves: &[u32; GROUP], minima: &[u32; GROUP], before: &mut u32x16<S>) -> u64 {
    let (mut ends, (halves, _), (minima, _)) = (0, halves.as_chunks::<LANES>(), minima.as_chunks::<LANES>());
    for ((halves, minima), place) in halves.iter().zip(minima).zip((0..).step_by(LANES)) {
        let least = u32x16::from_slice(simd, minima);
        // It came just now, or the one before left the window.
        let came = least.simd_eq(u32x16::from_slice(simd, halves));
        let left = least.simd_ne(before.slide::<{ LANES - 1 }>(least));
        ends |= (came | left).to_bitmask() << place;
        *before = least;
    }
    ends
}

/// Whether the processor compares wide numbers beside each other.
fn compares_wide(level: Level) -> bool {
    #[cfg(target_arch = "x86_64")]
    return level.as_avx2().is_some();
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

/// Writes to the first target the least of the `window` numbers that end at every place.
#[inline(always)]
fn trail<S: Simd>(simd: S, numbers: &[u32], [to, spare]: [&mut Vec<u32>; 2], window: usize) {
    if window == LANES {
        return trail_sixteen(simd, numbers, to);
    }
    to.iter_mut().zip(numbers).for_each(|(slot, number)| *slot = *number);
    let mut reached = 1;
    while reached < window {
        let step = reached.min(window - reached);
        let from = to.get(..numbers.len()).unwrap_or_default();
        let late = from.get(step..).unwrap_or_default();
        let (first, rest) = spare.split_at_mut_checked(step).unwrap_or_default();
        first.iter_mut().zip(from).for_each(|(slot, number)| *slot = *number);
        let pairs = late.iter().zip(from).map(|(late, early)| *late.min(early));
        rest.iter_mut().zip(pairs).for_each(|(slot, least)| *slot = least);
        std::mem::swap(to, spare);
        reached += step;
    }
}

/// The same for windows of 16, in one go: of windows of one, two, four and eight the last step is kept at hand.
#[inline(always)]
fn trail_sixteen<S: Simd>(simd: S, numbers: &[u32], to: &mut [u32]) {
    let [mut one, mut two, mut four, mut eight] = [u32x16::splat(simd, u32::MAX); 4];
    let ((numbers, _), (to, _)) = (numbers.as_chunks::<LANES>(), to.as_chunks_mut::<LANES>());
    for (to, numbers) in to.iter_mut().zip(numbers) {
        let [before_one, before_two, before_four, before_eight] = [one, two, four, eight];
        one = u32x16::from_slice(simd, numbers);
        two = one.min(before_one.slide::<15>(one));
        four = two.min(before_two.slide::<14>(two));
        eight = four.min(before_four.slide::<12>(four));
        *to = eight.min(before_eight.slide::<8>(eight)).into();
    }
}

/// The same gram by gram.
fn one_by_one(grams: &[u64], window: usize, mut sink: impl FnMut(usize)) {
    let (mut place, mut least) = last_least(grams, 0, window);
    sink(place);
    for (next, &gram) in grams.iter().enumerate().skip(window) {
        if gram <= least {
            (place, least) = (next, gram);
        } else if place + window <= next {
            (place, least) = last_least(grams, next + 1 - window, window);
        } else {
            continue;
        }
        sink(place);
    }
}

/// The last of the smallest grams of a window.
fn last_least(grams: &[u64], start: usize, window: usize) -> (usize, u64) {
    let grams = grams.iter().enumerate().skip(start).take(window);
    grams.fold(
        (start, u64::MAX),
        |(place, least), (next, gram)| {
            if *gram <= least { (next, *gram) } else { (place, least) }
        },
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_level_keeps_the_same_grams(
            values in prop::collection::vec(prop_oneof![2 => 0u64..4, 2 => (0u64..4).prop_map(|n| n << 32), 1 => any::<u64>()], 0..200),
            window in 1usize..70,
        ) {
            let mut grams = Grams::with_capacity(values.len());
            grams.room(values.len()).copy_from_slice(&values);
            let mut expected = Vec::new();
            if !values.is_empty() {
                one_by_one(&values, window.min(values.len()), |place| expected.push(place as u32));
            }
            let best = Level::new();
            let mut levels = vec![Level::baseline(), best];
            #[cfg(target_arch = "x86_64")]
            levels.extend(best.as_avx2().map(Level::Avx2));
            for level in levels {
                let mut selector = Selector::new(level, values.len(), window);
                // Its memory serves several times.
                for _ in 0..2 {
                    prop_assert_eq!(selector.select(&grams), &expected);
                }
            }
        }
    }
}
