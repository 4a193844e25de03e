//! Clocks that processes agree on without speaking: real time, many times as fast.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use prodops::core::clock::{Clock, SystemClock};
use prodops::core::time::Timestamp;

/// How many seconds pass in one: a hold of a minute is over after three.
const SPEED: i64 = 20;
/// The clock runs.
const RUNS: i64 = -1;

/// A clock that began at the same moment in each process, and can be stopped and put forward in one.
#[derive(Debug, Clone)]
pub(crate) struct FastClock {
    begun: Timestamp,
    /// How many seconds it shows since then once it stands still.
    stopped: Arc<AtomicI64>,
}

impl FastClock {
    pub(crate) fn since(begun: Timestamp) -> Self {
        Self { begun, stopped: Arc::new(AtomicI64::new(RUNS)) }
    }

    pub(crate) fn begun(&self) -> Timestamp {
        self.begun
    }

    fn shown(&self) -> i64 {
        match self.stopped.load(Ordering::SeqCst) {
            RUNS => (SystemClock.now().as_millis() - self.begun.as_millis()) * SPEED / 1_000,
            stopped => stopped,
        }
    }

    /// It stands still from now on, further ahead.
    pub(crate) fn stop_ahead(&self, seconds: i64) {
        self.stopped.store(self.shown() + seconds, Ordering::SeqCst);
    }
}

impl Clock for FastClock {
    fn now(&self) -> Timestamp {
        self.begun.plus_seconds(self.shown())
    }
}
