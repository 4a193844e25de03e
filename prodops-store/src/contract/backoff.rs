//! How long to wait before the next attempt.

use prodops_core::entropy::{Entropy, EntropyError};
use prodops_core::time::Timestamp;

/// Exponential backoff with jitter: each wait is between half of and the whole of twice the one before.
///
/// The jitter keeps jobs that failed together, such as all those of a provider that was down, from coming back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The longest wait after the first attempt, in seconds.
    pub first: u32,
    /// The longest wait of all, in seconds.
    pub longest: u32,
}

impl Backoff {
    /// The wait after this many attempts that failed, in seconds.
    ///
    /// # Errors
    /// When the entropy source fails.
    pub fn seconds(self, attempts: u32, entropy: &dyn Entropy) -> Result<i64, EntropyError> {
        let doublings = attempts.saturating_sub(1).min(32);
        let whole = (u64::from(self.first) << doublings).min(u64::from(self.longest));
        let half = whole / 2;
        let mut random = [0; 8];
        entropy.fill(&mut random)?;
        // The remainder favours small numbers by less than one in four thousand million: jitter, not a key.
        let jitter = u64::from_le_bytes(random) % (whole - half + 1);
        Ok(i64::try_from(half + jitter).unwrap_or(i64::MAX))
    }

    /// When to try again.
    ///
    /// # Errors
    /// When the entropy source fails.
    pub fn after(
        self,
        now: Timestamp,
        attempts: u32,
        entropy: &dyn Entropy,
    ) -> Result<Timestamp, EntropyError> {
        Ok(now.plus_seconds(self.seconds(attempts, entropy)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prodops_core::testing::SeededEntropy;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    proptest! {
        #[test]
        fn a_wait_doubles_up_to_the_longest_and_is_never_shorter_than_its_half(
            first in 1u32..1_000, longest in 1u32..1_000_000, attempts in 1u32..200, seed in any::<u64>(),
        ) {
            let whole = f64::from(first) * 2f64.powi(i32::try_from(attempts - 1).unwrap());
            let whole = whole.min(f64::from(longest));
            let wait = Backoff { first, longest }.seconds(attempts, &SeededEntropy::new(seed)).unwrap();
            let wait = f64::from(i32::try_from(wait).unwrap());
            prop_assert!(wait <= whole && wait >= (whole / 2.0).floor(), "{wait} of {whole}");
        }
    }

    #[test]
    fn jobs_that_failed_together_do_not_come_back_together() {
        let (backoff, entropy) = (Backoff { first: 60, longest: 3_600 }, SeededEntropy::new(1));
        let waits: BTreeSet<_> = (0..1_000).map(|_| backoff.seconds(7, &entropy).unwrap()).collect();
        assert!(waits.len() > 500, "{} different waits", waits.len());
        assert!(waits.first().unwrap() >= &1_800 && waits.last().unwrap() <= &3_600);
    }
}
