//! What the engine gives out is watched for: tokens, from their birth on.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use prodops_core::entropy::{Entropy, EntropyError};
use prodops_core::leak_guard::{Leak, LeakGuard, OnLeak, Registration, Sensitive};

use super::entry::Engine;

/// How many of the newest tokens stay watched. Older ones are watched while they are in use: whoever takes a token from a
/// request registers it for the length of the request.
const NEWEST: usize = 1024;

/// The guard, and the registrations of what was born lately.
pub(super) struct Watch {
    guard: LeakGuard,
    newest: Mutex<VecDeque<Registration>>,
}

impl Watch {
    pub(super) fn new(guard: LeakGuard) -> Self {
        Self { guard, newest: Mutex::default() }
    }
}

/// A guard that counts leaks and writes to the log where there was one and in which form, never what.
///
/// # Errors
/// When the entropy source fails.
pub fn logging_leak_guard(entropy: &dyn Entropy) -> Result<LeakGuard, EntropyError> {
    let tell = |leak: &Leak| {
        tracing::error!(sink = leak.sink, form = %leak.form, "a secret was stopped on its way out");
    };
    LeakGuard::new(entropy, OnLeak::Tell(Box::new(tell)))
}

impl Engine {
    /// The guard that knows the secrets of this engine. Pass what leaves the process through its sinks: logs, traces, answers,
    /// the messages of panics.
    #[must_use]
    pub fn leak_guard(&self) -> &LeakGuard {
        &self.parts().watch.guard
    }

    /// Watches for a value from now on.
    pub(super) fn watch(&self, secret: &dyn Sensitive) {
        let watch = &self.parts().watch;
        // What is too short to be told from other text cannot be watched.
        let Ok(registration) = watch.guard.register(secret) else { return };
        let mut newest = watch.newest.lock().unwrap_or_else(PoisonError::into_inner);
        newest.push_back(registration);
        let oldest = if newest.len() > NEWEST { newest.pop_front() } else { None };
        drop(newest);
        drop(oldest);
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("guard", &self.guard).finish_non_exhaustive()
    }
}
