//! How often a row key may still seal.
//!
//! Rows have random 96-bit nonces: after 2^32 of them under one key a repetition is no longer unlikely enough. A process
//! takes leave for a block of seals in the keyring before it uses them, so that a kill loses count of none.

use std::sync::atomic::{AtomicI64, Ordering};

/// How many seals a process takes leave for at a time.
pub(super) const BLOCK: u64 = 1 << 20;
/// The most that some transactions at once seal, with room to spare: 50,000 facts each, a second time when the first was in vain.
const RESERVE: i64 = 1 << 19;
/// From here on a key is followed by a new one.
pub(super) const ROTATE_AT: u64 = 1 << 31;

/// What is left of a key's blocks in this process.
#[derive(Debug, Default)]
pub(super) struct SealBudget(AtomicI64);

impl SealBudget {
    pub(super) fn spend(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether another block is needed before the next transaction.
    pub(super) fn is_low(&self) -> bool {
        self.0.load(Ordering::Relaxed) < RESERVE
    }

    pub(super) fn grant(&self, seals: u64) {
        self.0.fetch_add(i64::try_from(seals).unwrap_or(i64::MAX), Ordering::Relaxed);
    }
}
