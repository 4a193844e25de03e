//! When a session ends by itself.

use super::record::SessionRecord;
use crate::time::Timestamp;

/// Limits of a session's life, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionExpiry {
    idle_seconds: i64,
    absolute_seconds: i64,
}

impl Default for SessionExpiry {
    /// 30 minutes without a request, 8 hours in all.
    fn default() -> Self {
        Self { idle_seconds: 30 * 60, absolute_seconds: 8 * 60 * 60 }
    }
}

impl SessionExpiry {
    /// Limits in seconds, each held between one minute and the default's cap (idle 24 h, absolute 7 d).
    #[must_use]
    pub fn new(idle_seconds: i64, absolute_seconds: i64) -> Self {
        Self {
            idle_seconds: idle_seconds.clamp(60, 24 * 60 * 60),
            absolute_seconds: absolute_seconds.clamp(60, 7 * 24 * 60 * 60),
        }
    }

    /// Whether the session is in force at `now`.
    ///
    /// A clock that went backwards past the session's start ends it: nobody can say how old it is.
    #[must_use]
    pub fn is_live(self, session: &SessionRecord, now: Timestamp) -> bool {
        let idle = now.seconds_since(session.last_seen);
        let age = now.seconds_since(session.created);
        age >= 0 && age < self.absolute_seconds && idle < self.idle_seconds
    }

    /// When the session ends at the latest.
    #[must_use]
    pub fn ends(self, session: &SessionRecord) -> Timestamp {
        session.created.plus_seconds(self.absolute_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::UserId;

    fn session(created: &str, last_seen: &str) -> SessionRecord {
        SessionRecord {
            user: UserId::from_bytes([1; 16]),
            created: created.parse().unwrap(),
            last_seen: last_seen.parse().unwrap(),
        }
    }

    #[test]
    fn a_session_ends_when_idle_when_old_and_when_the_clock_jumps_back() {
        let expiry = SessionExpiry::default();
        let fresh = session("2026-01-01T08:00:00Z", "2026-01-01T08:00:00Z");
        assert!(expiry.is_live(&fresh, "2026-01-01T08:29:59Z".parse().unwrap()));
        assert!(!expiry.is_live(&fresh, "2026-01-01T08:30:00Z".parse().unwrap()));
        let busy = session("2026-01-01T08:00:00Z", "2026-01-01T15:59:00Z");
        assert!(expiry.is_live(&busy, "2026-01-01T15:59:59Z".parse().unwrap()));
        assert!(!expiry.is_live(&busy, "2026-01-01T16:00:00Z".parse().unwrap()));
        assert!(!expiry.is_live(&fresh, "2026-01-01T07:59:58Z".parse().unwrap()));
    }
}
