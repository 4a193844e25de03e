//! A fixed clock, seeded entropy and identity data in memory, for tests that must come out the same every time.

mod canary;
mod source;

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use crate::clock::Clock;
use crate::entropy::{Entropy, EntropyError};
use crate::time::Timestamp;

pub use canary::Canary;
pub use source::{MemorySource, session_record};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that stands at this RFC 3339 instant.
    ///
    /// # Panics
    /// When the text is not an instant.
    #[must_use]
    #[allow(clippy::expect_used, reason = "test kit: a wrong literal should stop the test")]
    pub fn at(text: &str) -> Self {
        Self(AtomicI64::new(text.parse::<Timestamp>().expect("an RFC 3339 instant").as_millis()))
    }

    /// Moves the clock; negative numbers move it back.
    pub fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds.saturating_mul(1000), Ordering::SeqCst);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

/// Bytes that look random and are the same for the same seed.
///
/// # Security
/// Predictable: for tests only.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// A source with this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in buffer.chunks_mut(8) {
            // SplitMix64: one step of the counter, then its finaliser.
            let mut word =
                self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst).wrapping_add(0x9e37_79b9_7f4a_7c15);
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^= word >> 31;
            for (to, from) in chunk.iter_mut().zip(word.to_le_bytes()) {
                *to = from;
            }
        }
        Ok(())
    }
}
