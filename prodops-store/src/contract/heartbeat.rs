//! A worker's sign of life.

use prodops_core::id::WorkerId;
use prodops_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// A worker says that it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Which one.
    pub worker: WorkerId,
    /// When it began to work.
    pub started: Timestamp,
    /// When it last said so.
    pub at: Timestamp,
    /// How often it means to, in seconds.
    pub every: u32,
}

impl Heartbeat {
    /// Whether it came within twice its interval. A clock that was set back does not make a worker look dead.
    #[must_use]
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now <= self.at.plus_seconds(i64::from(self.every).saturating_mul(2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_of_life_is_good_for_twice_its_interval() {
        let at: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
        let beat = Heartbeat { worker: WorkerId::from_bytes([1; 16]), started: at, at, every: 30 };
        for (seconds, fresh) in [(-3_600, true), (0, true), (60, true), (61, false)] {
            assert_eq!(beat.is_fresh(at.plus_seconds(seconds)), fresh, "{seconds} seconds later");
        }
    }
}
