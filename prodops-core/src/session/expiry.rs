//! How long sessions and their tokens last.

use super::record::{SessionRecord, SessionTokenRecord};
use crate::time::Timestamp;

/// A token is followed by another one after this many seconds.
const ROTATION_SECONDS: i64 = 15 * 60;
/// How much the clocks of two machines may differ, in seconds.
const SKEW_SECONDS: i64 = 2;
/// How long a replaced token goes on for requests that were under way, in seconds, the difference of clocks included.
const GRACE_SECONDS: i64 = 10;

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

/// What a token that was replaced is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Replaced {
    /// Requests were under way.
    JustNow,
    /// The clock stands before the replacement: nobody can say how long ago it was.
    Unclear,
    /// Whoever has the successor does not send this one any more.
    LongAgo,
}

impl SessionExpiry {
    /// Limits in seconds, each held between one minute and its cap: idle 24 hours, absolute 7 days.
    #[must_use]
    pub fn new(idle_seconds: i64, absolute_seconds: i64) -> Self {
        Self {
            idle_seconds: idle_seconds.clamp(60, 24 * 60 * 60),
            absolute_seconds: absolute_seconds.clamp(60, 7 * 24 * 60 * 60),
        }
    }

    /// Whether the session is within its limits at `now`.
    ///
    /// A clock that goes back ends no session and gives none more time than it had: what was counted stays counted. While
    /// the clock stands before the last noted use, idle time is not counted; the next use counts on from there.
    #[must_use]
    pub const fn is_live(self, session: &SessionRecord, now: Timestamp) -> bool {
        session.age_seconds(now) < self.absolute_seconds && session.idle_seconds(now) < self.idle_seconds
    }

    /// Whether the session's use should be noted: after a minute, or a tenth of the idle limit where that is shorter, and
    /// when the clock went back by as much.
    #[must_use]
    pub fn should_note(self, session: &SessionRecord, now: Timestamp) -> bool {
        now.seconds_since(session.last_seen).abs() >= (self.idle_seconds / 10).min(60)
    }

    /// For how many seconds at most a cookie may come back as it was sealed: until its token is due, and then for as long as
    /// its user may be away.
    #[must_use]
    pub fn cookie_seconds(self) -> i64 {
        (ROTATION_SECONDS + self.idle_seconds).min(self.absolute_seconds)
    }

    /// How many seconds the session has left at `now` if it is used until then.
    #[must_use]
    pub fn seconds_left(self, session: &SessionRecord, now: Timestamp) -> i64 {
        (self.absolute_seconds - session.age_seconds(now)).max(0)
    }

    /// Whether the token should be followed by another one. A clock before its issue says yes: that costs nothing.
    pub(super) const fn token_is_due(token: &SessionTokenRecord, now: Timestamp) -> bool {
        let age = now.seconds_since(token.issued);
        age >= ROTATION_SECONDS || age < -SKEW_SECONDS
    }

    /// What a token that was replaced at `at` is worth at `now`. The window of ten seconds begins two before the
    /// replacement, for the machine whose clock is behind.
    pub(super) const fn replaced(at: Timestamp, now: Timestamp) -> Replaced {
        // In milliseconds: whole seconds would round the last one up to nearly two.
        let since = now.as_millis().saturating_sub(at.as_millis());
        if since < -SKEW_SECONDS * 1000 {
            Replaced::Unclear
        } else if since <= (GRACE_SECONDS - SKEW_SECONDS) * 1000 {
            Replaced::JustNow
        } else {
            Replaced::LongAgo
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{SessionId, UserId};
    use crate::session::{ClientFamily, SessionKey};

    const START: &str = "2026-01-01T08:00:00Z";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn session() -> SessionRecord {
        SessionRecord {
            id: SessionId::from_bytes([2; 16]),
            user: UserId::from_bytes([1; 16]),
            created: at(START),
            last_seen: at(START),
            spent_seconds: 0,
            auth_time: at(START),
            epoch: 0,
            key: SessionKey::from_bytes([3; 32]),
            client: ClientFamily::default(),
            renew: false,
        }
    }

    #[test]
    fn a_session_ends_when_idle_and_when_old() {
        let expiry = SessionExpiry::default();
        let mut session = session();
        assert!(expiry.is_live(&session, at("2026-01-01T08:29:59Z")));
        assert!(!expiry.is_live(&session, at("2026-01-01T08:30:00Z")));
        for minute in (0..8 * 60).step_by(29) {
            session.note_use(at(START).plus_seconds(minute * 60));
        }
        assert_eq!(session.age_seconds(at("2026-01-01T15:59:59Z")), 8 * 3600 - 1);
        assert!(expiry.is_live(&session, at("2026-01-01T15:59:59Z")));
        assert!(!expiry.is_live(&session, at("2026-01-01T16:00:00Z")));
    }

    #[test]
    fn a_clock_that_goes_back_ends_nothing_and_gives_nothing_back() {
        let expiry = SessionExpiry::default();
        let mut session = session();
        for minute in (0..=7 * 60).step_by(20) {
            session.note_use(at(START).plus_seconds(minute * 60));
        }
        // Seven hours old, and the clock is set back by six: live, and as old as before.
        let back = at("2026-01-01T09:00:00Z");
        assert!(expiry.is_live(&session, back));
        assert!(expiry.should_note(&session, back));
        session.note_use(back);
        assert_eq!((session.last_seen, session.age_seconds(back)), (back, 7 * 3600));
        assert!(expiry.is_live(&session, back.plus_seconds(29 * 60)));
        session.note_use(back.plus_seconds(29 * 60));
        session.note_use(back.plus_seconds(58 * 60));
        assert!(expiry.is_live(&session, back.plus_seconds(3599)));
        assert!(
            !expiry.is_live(&session, back.plus_seconds(3600)),
            "eight hours in all, whatever the clock did"
        );
        // Before its own beginning, too.
        assert!(expiry.is_live(&session, at("2020-01-01T00:00:00Z")));
    }

    #[test]
    fn clocks_that_differ_a_little_move_nothing_back() {
        let mut session = session();
        session.note_use(at(START).plus_seconds(100));
        session.note_use(at(START).plus_seconds(98));
        assert_eq!((session.last_seen, session.spent_seconds), (at(START).plus_seconds(100), 100));
    }

    #[test]
    fn no_jumping_clock_makes_a_session_younger() {
        let mut session = session();
        let mut random = 7u64;
        let mut oldest = 0;
        for _ in 0..10_000 {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let jump = i64::try_from(random >> 44).unwrap_or(0) - 400_000;
            let now = session.last_seen.plus_seconds(jump);
            session.note_use(now);
            assert!(session.age_seconds(now) >= oldest);
            oldest = session.age_seconds(now);
        }
    }

    #[test]
    fn a_token_is_due_after_fifteen_minutes_and_a_replaced_one_lasts_ten_seconds() {
        let (user, session) = (UserId::from_bytes([1; 16]), SessionId::from_bytes([2; 16]));
        let token = SessionTokenRecord { user, session, issued: at(START), replaced: None };
        let due = |seconds| SessionExpiry::token_is_due(&token, at(START).plus_seconds(seconds));
        assert_eq!([-3, -2, 0, 899, 900].map(due), [true, false, false, false, true]);
        let worth = |millis| {
            SessionExpiry::replaced(
                at(START),
                Timestamp::from_millis(at(START).as_millis() + millis).unwrap(),
            )
        };
        use Replaced::{JustNow, LongAgo, Unclear};
        assert_eq!(
            [-3_600_000, -2_001, -2_000, 0, 8_000, 8_001, 86_400_000].map(worth),
            [Unclear, Unclear, JustNow, JustNow, JustNow, LongAgo, LongAgo]
        );
    }

    #[test]
    fn limits_go_down_to_a_minute_and_up_to_their_caps() {
        assert_eq!(SessionExpiry::new(0, -1), SessionExpiry { idle_seconds: 60, absolute_seconds: 60 });
        let most = SessionExpiry { idle_seconds: 86_400, absolute_seconds: 604_800 };
        assert_eq!(SessionExpiry::new(i64::MAX, i64::MAX), most);
        assert!(SessionExpiry::new(60, 600).should_note(&session(), at(START).plus_seconds(6)));
        assert_eq!(SessionExpiry::default().seconds_left(&session(), at("2026-01-01T09:00:00Z")), 7 * 3600);
    }
}
