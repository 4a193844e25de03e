//! The rows of the identity plane that sessions are made of.

use serde::{Deserialize, Serialize};

use super::client::ClientFamily;
use super::key::SessionKey;
use crate::id::{SessionId, UserId};
use crate::time::Timestamp;

/// How far a clock must stand behind the last noted use to be believed to have gone back, in seconds. Less is what the
/// clocks of two machines differ by.
const STEP_BACK_SECONDS: i64 = 60;

/// A user as the store keeps them: they exist; what they may do hangs on their memberships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRecord {
    /// The user's id.
    pub id: UserId,
    /// When they were made.
    pub created: Timestamp,
}

/// A session as the store keeps it, through all of its tokens.
#[derive(Debug, Clone)]
pub struct SessionRecord {
    /// Its id, which outlives every token of it.
    pub id: SessionId,
    /// Whose session.
    pub user: UserId,
    /// When it began, on the clock of that moment: for people. Its age is counted in `spent_seconds`.
    pub created: Timestamp,
    /// When its use was last noted.
    pub last_seen: Timestamp,
    /// Its age at `last_seen`, in seconds.
    pub spent_seconds: i64,
    /// When the user last proved who they are.
    pub auth_time: Timestamp,
    /// The revocations that had happened when it began: see [`super::RevocationSubject`].
    pub epoch: u64,
    /// What its forms and its next token are derived from.
    pub key: SessionKey,
    /// What it was begun with.
    pub client: ClientFamily,
    /// Whether its next request must bring a new token, however young the present one is: the user's role changed.
    pub renew: bool,
}

impl SessionRecord {
    /// Its age at `now`, in seconds: the steps forward between its uses. A clock that goes back adds nothing and takes
    /// nothing away.
    #[must_use]
    pub const fn age_seconds(&self, now: Timestamp) -> i64 {
        self.spent_seconds.saturating_add(self.idle_seconds(now))
    }

    /// How long it has not been used at `now`, in seconds. Never negative: while the clock stands before the last noted
    /// use, nobody can say.
    #[must_use]
    pub const fn idle_seconds(&self, now: Timestamp) -> i64 {
        let since = now.seconds_since(self.last_seen);
        if since > 0 { since } else { 0 }
    }

    /// Notes that it was used at `now`. After the clock went back, ages are counted on from where it stands.
    pub const fn note_use(&mut self, now: Timestamp) {
        let since = now.seconds_since(self.last_seen);
        if since >= 0 || since <= -STEP_BACK_SECONDS {
            self.spent_seconds = self.age_seconds(now);
            self.last_seen = now;
        }
    }
}

/// One token of a session as the store keeps it, under the hash of the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionTokenRecord {
    /// Whose session.
    pub user: UserId,
    /// Which session.
    pub session: SessionId,
    /// When it was issued.
    pub issued: Timestamp,
    /// When its successor was issued. Such a row is kept as long as the session: who still comes with the token has it
    /// from somewhere else.
    pub replaced: Option<Timestamp>,
}

/// A one-time sign-in link as the store keeps it, under the hash of its token. Taking it removes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInLinkRecord {
    /// Whom it signs in.
    pub user: UserId,
    /// After this it signs in nobody.
    pub expires: Timestamp,
}
