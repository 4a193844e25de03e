//! Which grams are kept: of every window the smallest one, the last of equals.

use fearless_simd::{Level, Simd, SimdBase, SimdMask, dispatch, u64x8};

/// How many numbers are compared at once.
const LANES: usize = 8;

/// Grams in a row, with room behind them for whole steps.
pub(super) struct Grams {
    values: Vec<u64>,
    count: usize,
}

/// Memory for finding minima.
pub(super) struct Selector {
    level: Level,
    window: usize,
    /// The least gram of every window, at the window's end.
    minima: Vec<u64>,
    /// The largest of these minima of the windows that end at every place or up to a window before it.
    most: Vec<u64>,
    spare: Vec<u64>,
    chosen: Vec<u32>,
}

/// Numbers rounded up to whole steps, and a step.
const fn rounded(count: usize) -> usize {
    (count / LANES + 2) * LANES
}

impl Grams {
    /// Room for so many grams, to be looked at in windows of this length.
    pub(super) fn with_capacity(grams: usize, window: usize) -> Self {
        Self { values: vec![u64::MAX; rounded(grams) + rounded(window)], count: 0 }
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
        self.values.get_mut(from..self.count).unwrap_or_default()
    }

    /// Drops the first grams and wipes the room that becomes free.
    pub(super) fn drop_front(&mut self, count: usize) {
        let count = count.min(self.count);
        self.values.copy_within(count..self.count, 0);
        let left = self.count - count;
        if let Some(free) = self.values.get_mut(left..self.count) {
            free.fill(u64::MAX);
        }
        self.count = left;
        zeroize::optimization_barrier(self.values.as_slice());
    }
}

impl Selector {
    /// One for windows of this length over at most so many grams.
    pub(super) fn new(level: Level, grams: usize, window: usize) -> Self {
        let memory = || vec![0; rounded(grams) + 2 * rounded(window)];
        let chosen = Vec::with_capacity(grams);
        Self { level, window, minima: memory(), most: memory(), spare: memory(), chosen }
    }

    /// The places of the grams that are kept, in order. Fewer grams than a window are one window.
    pub(super) fn select(&mut self, grams: &Grams) -> &[u32] {
        self.chosen.clear();
        let window = self.window.min(grams.count);
        if window == 0 {
            return &self.chosen;
        }
        if compares_wide(self.level) {
            let level = self.level;
            dispatch!(level, simd => self.minima(simd, grams, window));
            self.without_ties(grams.as_slice(), window);
        } else {
            one_by_one(grams.as_slice(), window, |place| self.chosen.push(place as u32));
        }
        &self.chosen
    }

    /// Wipes what is known of at most so many grams.
    pub(super) fn wipe(&mut self, grams: usize) {
        let used = rounded(grams) + 2 * rounded(self.window);
        for memory in [&mut self.minima, &mut self.most, &mut self.spare] {
            memory.iter_mut().take(used).for_each(|number| *number = 0);
            zeroize::optimization_barrier(memory.as_slice());
        }
    }

    /// Chooses every gram that is the smallest one of a window, equals included: of all windows with the gram the largest
    /// minimum is the gram itself.
    #[inline(always)]
    fn minima<S: Simd>(&mut self, simd: S, grams: &Grams, window: usize) {
        let Self { minima, most, spare, chosen, .. } = self;
        let (count, reach) = (grams.count, window - 1);
        let values = grams.values.get(..rounded(count)).unwrap_or_default();
        trail(simd, values, [minima, spare], window, Extreme::Least);
        // A window that is not whole has no minimum.
        minima.iter_mut().take(reach).for_each(|least| *least = 0);
        minima.iter_mut().skip(count).take(rounded(window)).for_each(|least| *least = 0);
        let ends = minima.get(..rounded(count + reach)).unwrap_or_default();
        trail(simd, ends, [most, spare], window, Extreme::Most);
        // The last window with the gram at a place ends `reach` places behind it.
        let (most, _) = most.get(reach..).unwrap_or_default().as_chunks::<LANES>();
        let (values, _) = values.as_chunks::<LANES>();
        let groups = most.chunks(LANES).zip(values.chunks(LANES));
        // As many as a mask has bits: how many are chosen of a few is foretold wrongly too often.
        for ((most, values), first) in groups.zip((0..count).step_by(LANES * LANES)) {
            let mut bits = 0u64;
            for ((most, values), place) in most.iter().zip(values).zip((0..).step_by(LANES)) {
                let equal = u64x8::from_slice(simd, most).simd_eq(u64x8::from_slice(simd, values));
                bits |= equal.to_bitmask() << place;
            }
            bits &= u64::MAX.checked_shr(64u32.saturating_sub((count - first) as u32)).unwrap_or(0);
            while bits != 0 {
                chosen.push(first as u32 + bits.trailing_zeros());
                bits &= bits - 1;
            }
        }
    }

    /// Leaves out a gram when every window of which it is the smallest has the same gram again behind it.
    fn without_ties(&mut self, grams: &[u64], window: usize) {
        let (mut kept, count) = (0, self.chosen.len());
        for number in 0..count {
            let Some(&place) = self.chosen.get(number) else { break };
            let here = place as usize;
            let gram = grams.get(here);
            let next = self.chosen.get(number + 1).map(|next| *next as usize);
            let tied = next.filter(|next| next - here < window && grams.get(*next) == gram);
            let alone = tied.is_none_or(|next| {
                // Windows that end between the two.
                let ends = self.minima.get(here.max(window - 1)..next).unwrap_or_default();
                ends.iter().any(|least| Some(least) == gram)
            });
            if let Some(slot) = self.chosen.get_mut(kept).filter(|_| alone) {
                *slot = place;
                kept += 1;
            }
        }
        self.chosen.truncate(kept);
    }
}

/// Whether the processor compares wide numbers beside each other.
fn compares_wide(level: Level) -> bool {
    #[cfg(target_arch = "x86_64")]
    return level.as_avx2().is_some();
    #[cfg(not(target_arch = "x86_64"))]
    return false;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extreme {
    Least,
    Most,
}

/// Writes to the first target the extreme of the `window` numbers that end at every place; before the first one nothing is.
#[inline(always)]
fn trail<S: Simd>(
    simd: S,
    numbers: &[u64],
    [to, spare]: [&mut Vec<u64>; 2],
    window: usize,
    extreme: Extreme,
) {
    if window == 16 {
        return trail_sixteen(simd, numbers, to, extreme);
    }
    to.iter_mut().zip(numbers).for_each(|(slot, number)| *slot = *number);
    let mut reached = 1;
    while reached < window {
        let step = reached.min(window - reached);
        double(simd, to.get(..numbers.len()).unwrap_or_default(), spare, step, extreme);
        std::mem::swap(to, spare);
        reached += step;
    }
}

#[inline(always)]
fn extreme_of<S: Simd>(extreme: Extreme, a: u64x8<S>, b: u64x8<S>) -> u64x8<S> {
    match extreme {
        Extreme::Least => a.min(b),
        Extreme::Most => a.max(b),
    }
}

/// `to[i]` becomes the extreme of `from[i]` and `from[i - step]`.
#[inline(always)]
fn double<S: Simd>(simd: S, from: &[u64], to: &mut [u64], step: usize, extreme: Extreme) {
    let (Some(late), Some((first, to))) = (from.get(step..), to.split_at_mut_checked(step)) else {
        return to.iter_mut().zip(from).for_each(|(slot, number)| *slot = *number);
    };
    first.iter_mut().zip(from).for_each(|(slot, number)| *slot = *number);
    let (to, _) = to.as_chunks_mut::<LANES>();
    let (late_chunks, late_rest) = late.as_chunks::<LANES>();
    let (early_chunks, _) = from.as_chunks::<LANES>();
    for ((to, late), early) in to.iter_mut().zip(late_chunks).zip(early_chunks) {
        *to = extreme_of(extreme, u64x8::from_slice(simd, late), u64x8::from_slice(simd, early)).into();
    }
    let done = late_chunks.len();
    let rest = late_rest.iter().zip(from.iter().skip(done * LANES));
    let to = to.get_mut(done).into_iter().flatten();
    for (to, (late, early)) in to.zip(rest) {
        *to = match extreme {
            Extreme::Least => *late.min(early),
            Extreme::Most => *late.max(early),
        };
    }
}

/// The same for windows of 16, in one go: of windows of one, two, four and eight the last step is kept at hand.
#[inline(always)]
fn trail_sixteen<S: Simd>(simd: S, numbers: &[u64], to: &mut [u64], extreme: Extreme) {
    let nothing = u64x8::splat(simd, if extreme == Extreme::Least { u64::MAX } else { 0 });
    let [mut one, mut two, mut four, mut eight] = [nothing; 4];
    let ((numbers, _), (to, _)) = (numbers.as_chunks::<LANES>(), to.as_chunks_mut::<LANES>());
    for (to, numbers) in to.iter_mut().zip(numbers) {
        let [before_one, before_two, before_four, before_eight] = [one, two, four, eight];
        one = u64x8::from_slice(simd, numbers);
        two = extreme_of(extreme, one, before_one.slide::<7>(one));
        four = extreme_of(extreme, two, before_two.slide::<6>(two));
        eight = extreme_of(extreme, four, before_four.slide::<4>(four));
        *to = extreme_of(extreme, eight, before_eight).into();
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
            values in prop::collection::vec(prop_oneof![2 => 0u64..4, 1 => any::<u64>()], 0..200),
            window in 1usize..70,
        ) {
            let mut grams = Grams::with_capacity(values.len(), window);
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
