//! A read of the sources under way.

use crate::ui::Label;
use crate::ui::number::thousands;

/// How far one stream is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamProgress {
    /// The key that the events of this stream carry.
    pub key: String,
    /// What is read, such as the name of a repository.
    pub name: Label,
    /// Commits done.
    pub done: u64,
    /// About how many there are; `None` while that is unknown.
    pub estimate: Option<u64>,
    /// Whether it has ended.
    pub finished: bool,
}

/// Why the last read ended early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncFailure {
    /// What happened, in a sentence.
    pub what: String,
    /// What to do, in a sentence.
    pub remedy: String,
}

/// A read under way, or the failure of the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncProgress {
    /// The streams; while one has not finished the page follows the events.
    pub streams: Vec<StreamProgress>,
    /// What went wrong, if the read has ended that way.
    pub failure: Option<SyncFailure>,
}

impl SyncProgress {
    /// Whether something is still being read.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.failure.is_none() && self.streams.iter().any(|stream| !stream.finished)
    }
}

impl StreamProgress {
    /// What the bar is measured against; a stream may turn out longer than it was estimated.
    pub(in crate::ui) fn most(&self) -> Option<u64> {
        self.estimate.map(|estimate| estimate.max(self.done).max(1))
    }

    pub(in crate::ui) fn words(&self) -> String {
        let done = thousands(self.done);
        match (self.finished, self.most()) {
            (true, _) => format!("{done} commits, done"),
            (false, Some(most)) => format!("{done} of about {} commits", thousands(most)),
            (false, None) => format!("{done} commits so far"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(done: u64, estimate: Option<u64>, finished: bool) -> StreamProgress {
        StreamProgress { key: "a".into(), name: "a".into(), done, estimate, finished }
    }

    #[test]
    fn progress_never_passes_its_estimate() {
        assert_eq!(stream(1200, Some(1000), false).words(), "1,200 of about 1,200 commits");
        assert_eq!(stream(0, Some(0), false).most(), Some(1));
        assert_eq!(stream(7, None, false).words(), "7 commits so far");
        assert_eq!(stream(7, Some(9), true).words(), "7 commits, done");
    }

    #[test]
    fn a_read_that_failed_is_not_running() {
        let mut sync = SyncProgress { streams: vec![stream(1, None, false)], failure: None };
        assert!(sync.is_running());
        sync.failure = Some(SyncFailure { what: "x".into(), remedy: "y".into() });
        assert!(!sync.is_running());
        assert!(!SyncProgress { streams: vec![stream(1, None, true)], failure: None }.is_running());
    }
}
