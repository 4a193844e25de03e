//! Winnowing: of every window of grams the smallest one, the last of equals.
//!
//! S. Schleimer, D. Wilkerson, A. Aiken: Winnowing: Local Algorithms for Document Fingerprinting, 2003.

use thiserror::Error;

/// The multiplier of the rolling hash, odd.
const STEP: u64 = 0x9fb2_1c65_1e98_df25;

/// How long grams are, and of how many of them one is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Winnowing {
    k: usize,
    w: usize,
}

/// Grams or windows of an impossible length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("grams and windows have between 1 and {} members: choose a number in between", Winnowing::LONGEST)]
pub struct WinnowingError;

impl Default for Winnowing {
    /// Grams of 16 tokens, windows of 16 grams: any shared run of 31 tokens is found.
    fn default() -> Self {
        Self { k: 16, w: 16 }
    }
}

impl Winnowing {
    /// The longest gram and window. Hostile text makes the work grow with the length of the window.
    pub const LONGEST: usize = 1_024;

    /// Grams of `k` tokens, windows of `w` grams: any shared run of `k + w - 1` tokens is found, none shorter than `k`.
    ///
    /// # Errors
    /// When one of them is 0 or longer than [`LONGEST`](Self::LONGEST).
    pub fn new(k: usize, w: usize) -> Result<Self, WinnowingError> {
        let possible = 1..=Self::LONGEST;
        if possible.contains(&k) && possible.contains(&w) { Ok(Self { k, w }) } else { Err(WinnowingError) }
    }

    /// Hands on the place and hash of every gram that is kept, in order. A text of fewer grams than a window has the
    /// smallest one of them; one of fewer tokens than a gram has none.
    pub(super) fn select(self, tokens: &[u64], grams: &mut Vec<u64>, mut sink: impl FnMut(usize, u64)) {
        self.roll(tokens, grams);
        let window = self.w.min(grams.len());
        if window == 0 {
            return;
        }
        let (mut place, mut least) = last_least(grams, 0, window);
        sink(place, least);
        for (next, &gram) in grams.iter().enumerate().skip(window) {
            if gram <= least {
                (place, least) = (next, gram);
            } else if place + window <= next {
                (place, least) = last_least(grams, next + 1 - window, window);
            } else {
                continue;
            }
            sink(place, least);
        }
    }

    /// The hash of every gram.
    fn roll(self, tokens: &[u64], grams: &mut Vec<u64>) {
        grams.clear();
        let (Some(first), Some(rest)) = (tokens.get(..self.k), tokens.get(self.k..)) else { return };
        // What the oldest token counts when the next one has come.
        let oldest = (0..self.k).fold(1u64, |power, _| power.wrapping_mul(STEP));
        let mut gram = first.iter().fold(0u64, |gram, token| gram.wrapping_mul(STEP).wrapping_add(*token));
        grams.push(gram);
        grams.extend(rest.iter().zip(tokens).map(|(new, old)| {
            gram = gram.wrapping_mul(STEP).wrapping_add(*new).wrapping_sub(old.wrapping_mul(oldest));
            gram
        }));
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
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn selected(winnowing: Winnowing, tokens: &[u64]) -> Vec<(usize, u64)> {
        let (mut grams, mut found) = (Vec::new(), Vec::new());
        winnowing.select(tokens, &mut grams, |place, gram| found.push((place, gram)));
        found
    }

    /// Every window looked at on its own, every gram hashed on its own.
    fn slow(k: usize, w: usize, tokens: &[u64]) -> BTreeSet<(usize, u64)> {
        let hash = |gram: &[u64]| {
            let mut sum = 0u64;
            for (power, token) in gram.iter().rev().enumerate() {
                sum = sum.wrapping_add(token.wrapping_mul(STEP.wrapping_pow(power as u32)));
            }
            sum
        };
        let grams: Vec<u64> = tokens.windows(k).map(hash).collect();
        let mut kept = BTreeSet::new();
        for start in
            0..(grams.len() + 1).saturating_sub(w.min(grams.len())).max(usize::from(!grams.is_empty()))
        {
            let end = (start + w).min(grams.len());
            if start < end {
                let least = (start..end).min_by_key(|at| (grams[*at], usize::MAX - at)).unwrap();
                kept.insert((least, grams[least]));
            }
        }
        kept
    }

    proptest! {
        #[test]
        fn it_keeps_what_a_slow_one_keeps(tokens in prop::collection::vec(0u64..5, 0..200), k in 1usize..20, w in 1usize..20) {
            let fast = selected(Winnowing::new(k, w).unwrap(), &tokens);
            prop_assert!(fast.is_sorted());
            prop_assert_eq!(fast.iter().copied().collect::<BTreeSet<_>>(), slow(k, w, &tokens));
            prop_assert_eq!(fast.len(), slow(k, w, &tokens).len());
        }

        #[test]
        fn a_shared_run_is_found_wherever_it_stands(
            run in prop::collection::vec(any::<u64>(), 31),
            a in prop::collection::vec(any::<u64>(), 0..60),
            b in prop::collection::vec(any::<u64>(), 0..60),
        ) {
            let values = |before: &[u64], after: &[u64]| {
                let text = [before, &run, after].concat();
                selected(Winnowing::default(), &text).into_iter().map(|(_, gram)| gram).collect::<BTreeSet<_>>()
            };
            prop_assert!(!values(&a, &b).is_disjoint(&values(&b, &a)));
        }
    }

    #[test]
    fn lengths_have_limits() {
        assert_eq!(Winnowing::new(16, 16), Ok(Winnowing::default()));
        for (k, w) in [(0, 1), (1, 0), (1_025, 1), (1, 1_025)] {
            assert_eq!(Winnowing::new(k, w), Err(WinnowingError));
        }
    }
}
