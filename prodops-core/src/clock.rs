//! What time it is, as a parameter.

use std::fmt::Debug;

use crate::time::Timestamp;

/// Tells the time. Code that asks for a `Clock` can be tested with a fixed one and never reads the machine's by itself.
pub trait Clock: Debug + Send + Sync {
    /// The present instant. It may go backwards: callers must not assume otherwise.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::from(jiff::Timestamp::now())
    }
}
