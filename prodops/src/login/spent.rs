//! Attempts that were completed: each is good once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use prodops_core::secret::Secret;
use prodops_core::time::Timestamp;
use sha2::{Digest as _, Sha256};

use super::attempt::LoginAttempt;

/// More sign-ins than one process completes in ten minutes. The cap bounds memory, not safety: the provider takes a code once.
const MOST: usize = 50_000;

/// Remembers completed attempts for as long as they could come back, in this process.
#[derive(Debug, Default)]
pub(super) struct Spent(Mutex<BTreeMap<[u8; 32], Timestamp>>);

impl Spent {
    /// Marks the attempt; `false` when it was marked before.
    pub(super) fn mark(&self, state: &Secret<String>, begun: Timestamp, now: Timestamp) -> bool {
        let key = state.expose(|state| Sha256::digest(state)).into();
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        spent.retain(|_, begun| now.seconds_since(*begun) <= LoginAttempt::LIFETIME_SECONDS);
        if spent.len() >= MOST {
            spent.pop_first();
        }
        spent.insert(key, begun).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_good_once_and_forgotten_when_it_cannot_come_back() {
        let (spent, state) = (Spent::default(), Secret::new("state".to_owned()));
        let at = |seconds| Timestamp::UNIX_EPOCH.plus_seconds(seconds);
        assert!(spent.mark(&state, at(0), at(1)));
        assert!(!spent.mark(&state, at(0), at(600)));
        assert!(spent.mark(&Secret::new("other".to_owned()), at(601), at(601)));
        assert_eq!(spent.0.lock().unwrap().len(), 1);
    }
}
