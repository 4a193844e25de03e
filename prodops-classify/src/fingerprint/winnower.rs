//! Winnowing of tokens that come in pieces.

use fearless_simd::Level;

use super::keys::FingerprintKeys;
use super::select::{Grams, Selector};
use super::{Fingerprint, View, Winnowing};
use crate::lexer::{MOST_AT_ONCE, Token};

/// The multiplier of the rolling hash, odd.
const STEP: u64 = 0x9fb2_1c65_1e98_df25;

/// So many tokens come at once: few enough for the innermost cache, enough for the overlap not to matter.
const PIECE: usize = 512;

/// What is known of the tokens of one file so far.
///
/// # Security
/// Its memory does not grow, so that nothing is left behind in memory that was too small, and is wiped after every file.
pub(super) struct Winnower {
    winnowing: Winnowing,
    /// What the oldest token of a gram counts when the next one has come.
    oldest: u64,
    exact: Grams,
    abstracted: Grams,
    selector: Selector,
    /// The kept grams of a piece, and where those of either view are.
    values: Vec<u64>,
    places: Vec<u32>,
    /// The number of the first token that is still here.
    first: usize,
    /// Grams before this one have been decided about.
    decided: usize,
    /// The most grams that the file had at once.
    most: usize,
}

impl Winnower {
    pub(super) fn new(winnowing: Winnowing) -> Self {
        let most = Self::most_tokens(winnowing);
        let grams = || Grams::with_capacity(most);
        Self {
            winnowing,
            oldest: (0..winnowing.gram()).fold(1u64, |power, _| power.wrapping_mul(STEP)),
            exact: grams(),
            abstracted: grams(),
            selector: Selector::new(Level::new(), most, winnowing.window()),
            values: Vec::with_capacity(2 * most),
            places: Vec::with_capacity(2 * most),
            first: 0,
            decided: 0,
            most: 0,
        }
    }

    /// How many tokens there must be before they are looked at.
    pub(super) const fn piece(winnowing: Winnowing) -> usize {
        PIECE + winnowing.gram() + 2 * winnowing.window()
    }

    /// How many tokens there can be at once.
    pub(super) const fn most_tokens(winnowing: Winnowing) -> usize {
        Self::piece(winnowing) + MOST_AT_ONCE
    }

    /// Looks at tokens, the last ones of the file unless there are `more`. Hands on the grams that are kept for certain, and
    /// says how many of the tokens are needed no longer.
    pub(super) fn take(
        &mut self,
        keys: &FingerprintKeys,
        tokens: &[Token],
        more: bool,
        mut sink: impl FnMut(View, Fingerprint),
    ) -> usize {
        self.roll(tokens);
        let (grams, window) = (self.exact.len(), self.winnowing.window());
        self.most = self.most.max(grams);
        // What follows can change what is kept of the last window.
        let to = if more { (grams + 1).saturating_sub(window) } else { grams };
        self.values.clear();
        self.places.clear();
        self.keep(View::Exact, to);
        let exact = self.places.len();
        self.keep(View::Abstracted, to);
        keys.grams(&mut self.values);
        for (number, (place, value)) in self.places.iter().zip(&self.values).enumerate() {
            let Some(token) = tokens.get(*place as usize) else { continue };
            let (offset, line) = (token.offset, token.line);
            let token = (self.first + *place as usize) as u32;
            let view = if number < exact { View::Exact } else { View::Abstracted };
            sink(view, Fingerprint { value: *value, token, offset, line });
        }
        self.forget(tokens.len(), to, more)
    }

    /// Takes note of the grams of a view that are kept, of those before `to` that were not decided about.
    fn keep(&mut self, view: View, to: usize) {
        let grams = if view == View::Exact { &self.exact } else { &self.abstracted };
        let chosen = self.selector.select(grams);
        let from = chosen.partition_point(|place| (*place as usize) < self.decided);
        let chosen = chosen.get(from..chosen.partition_point(|place| (*place as usize) < to));
        let chosen = chosen.unwrap_or_default();
        let value = |place: &u32| grams.as_slice().get(*place as usize).copied().unwrap_or(0);
        self.values.extend(chosen.iter().map(value));
        self.places.extend_from_slice(chosen);
    }

    /// Keeps what the next piece needs: the last gram, and the windows that are not complete.
    fn forget(&mut self, tokens: usize, to: usize, more: bool) -> usize {
        let done = if more {
            to.saturating_sub(self.winnowing.window() - 1).min(self.exact.len().saturating_sub(1))
        } else {
            tokens
        };
        self.exact.drop_front(done);
        self.abstracted.drop_front(done);
        (self.first, self.decided) = (self.first + done, to.saturating_sub(done));
        if !more {
            self.exact.wipe();
            self.abstracted.wipe();
            self.selector.wipe(self.most);
            (self.first, self.decided, self.most) = (0, 0, 0);
        }
        done
    }

    /// The hashes of the grams of both views that have become complete.
    fn roll(&mut self, tokens: &[Token]) {
        let length = self.winnowing.gram();
        let known = self.exact.len();
        let (mut exact, mut abstracted, skipped) = match known.checked_sub(1) {
            Some(last) => {
                let last = |grams: &Grams| grams.as_slice().get(last).copied().unwrap_or(0);
                (last(&self.exact), last(&self.abstracted), known - 1)
            }
            None => {
                let Some(first) = tokens.get(..length) else { return };
                let gram = |view: fn(&Token) -> u64| {
                    first.iter().fold(0u64, |gram, token| gram.wrapping_mul(STEP).wrapping_add(view(token)))
                };
                let (exact, abstracted) = (gram(|token| token.exact), gram(|token| token.abstracted));
                self.exact.room(1).fill(exact);
                self.abstracted.room(1).fill(abstracted);
                (exact, abstracted, 0)
            }
        };
        let oldest = self.oldest;
        let next = |gram: u64, new: u64, old: u64| {
            gram.wrapping_mul(STEP).wrapping_add(new.wrapping_sub(old.wrapping_mul(oldest)))
        };
        let new = tokens.get(skipped + length..).unwrap_or_default();
        let old = tokens.get(skipped..).unwrap_or_default();
        // Both views beside each other: a gram waits for the one before it.
        let slots = self.exact.room(new.len()).iter_mut().zip(self.abstracted.room(new.len()));
        for ((exact_slot, abstracted_slot), (new, old)) in slots.zip(new.iter().zip(old)) {
            exact = next(exact, new.exact, old.exact);
            abstracted = next(abstracted, new.abstracted, old.abstracted);
            (*exact_slot, *abstracted_slot) = (exact, abstracted);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use prodops_core::index_key::IndexKey;
    use proptest::prelude::*;

    use super::*;

    fn keys() -> FingerprintKeys {
        FingerprintKeys::of(&IndexKey::from_bytes([3; 32]))
    }

    /// What is kept of numbers that come in pieces of this length.
    fn selected(winnowing: Winnowing, numbers: &[u64], piece: usize) -> Vec<(usize, u64)> {
        let tokens: Vec<Token> = (0u32..)
            .zip(numbers)
            .map(|(offset, number)| Token { exact: *number, abstracted: number / 2, offset, line: 1 })
            .collect();
        let (mut winnower, mut found, keys) = (Winnower::new(winnowing), Vec::new(), keys());
        let (mut from, mut to) = (0, 0);
        loop {
            to = (to + piece).min(tokens.len());
            let more = to < tokens.len();
            from += winnower.take(&keys, &tokens[from..to], more, |view, gram| {
                assert_eq!(gram.token, gram.offset);
                if view == View::Exact {
                    found.push((gram.token as usize, gram.value));
                }
            });
            if !more {
                return found;
            }
        }
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
        let w = w.min(grams.len());
        for start in 0..(grams.len() + 1).saturating_sub(w.max(1)) {
            let least = (start..start + w).min_by_key(|at| (grams[*at], usize::MAX - at)).unwrap();
            let mut value = [grams[least]];
            keys().grams(&mut value);
            kept.insert((least, value[0]));
        }
        kept
    }

    proptest! {
        #[test]
        fn it_keeps_what_a_slow_one_keeps(
            tokens in prop::collection::vec(0u64..5, 0..300),
            k in 1usize..20,
            w in 1usize..20,
            piece in 1usize..200,
        ) {
            let fast = selected(Winnowing::new(k, w).unwrap(), &tokens, piece);
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
                let found = selected(Winnowing::default(), &text, PIECE);
                found.into_iter().map(|(_, gram)| gram).collect::<BTreeSet<_>>()
            };
            prop_assert!(!values(&a, &b).is_disjoint(&values(&b, &a)));
        }
    }
}
