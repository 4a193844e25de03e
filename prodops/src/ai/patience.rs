//! Waiting: between polls, and before what failed in passing is asked again.

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;
use prodops_core::entropy::Entropy;
use prodops_store::contract::Backoff;

use super::error::CallError;

/// Waits. A parameter, as the clock is, so that tests wait for nothing.
#[async_trait]
pub trait Pause: Debug + Send + Sync {
    /// Returns after this time.
    async fn pause(&self, time: Duration);
}

/// Waits on tokio's timer.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokioPause;

#[async_trait]
impl Pause for TokioPause {
    async fn pause(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// How long to wait after the given number of failures; `None` when it is time to give up, or asking again does not help.
///
/// What the provider asks for is the least, and ten minutes the most: whoever asks for more is asked again by a later run.
pub(super) fn wait(
    error: &CallError,
    failures: u32,
    attempts: u32,
    entropy: &dyn Entropy,
) -> Option<Duration> {
    const BACKOFF: Backoff = Backoff { first: 4, longest: 300 };
    const LONGEST: Duration = Duration::from_secs(600);
    if !error.is_passing() || failures >= attempts {
        return None;
    }
    let asked =
        if let CallError::Busy { after } = error { after.unwrap_or_default() } else { Duration::ZERO };
    if asked > LONGEST {
        return None;
    }
    // Without random bytes everybody waits as long; that is no reason to give up.
    let own = BACKOFF.seconds(failures, entropy).unwrap_or(i64::from(BACKOFF.longest));
    Some(asked.max(Duration::from_secs(own.max(1).unsigned_abs())))
}

#[cfg(test)]
mod tests {
    use prodops_core::testing::SeededEntropy;

    use super::*;

    #[test]
    fn what_is_asked_for_is_waited_and_no_more_than_makes_sense() {
        let entropy = SeededEntropy::new(1);
        let busy = |seconds| CallError::Busy { after: Some(Duration::from_secs(seconds)) };
        assert_eq!(wait(&busy(90), 1, 5, &entropy), Some(Duration::from_secs(90)));
        assert_eq!(wait(&busy(86_400), 1, 5, &entropy), None);
        assert!(wait(&busy(0), 1, 5, &entropy).unwrap() >= Duration::from_secs(1));
        assert!(wait(&CallError::Unclear, 4, 5, &entropy).unwrap() <= Duration::from_secs(32));
        assert_eq!(wait(&CallError::Unclear, 5, 5, &entropy), None);
        assert_eq!(wait(&CallError::Refused { status: 401 }, 1, 5, &entropy), None);
    }
}
