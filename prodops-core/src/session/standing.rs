//! What a token is worth, judged from the rows behind it.

use super::expiry::{Replaced, SessionExpiry};
use super::record::{SessionRecord, SessionTokenRecord};
use crate::time::Timestamp;

/// All that a store knows of a token, as of one moment.
#[derive(Debug, Clone)]
pub struct SessionEvidence {
    /// The session.
    pub session: SessionRecord,
    /// The token.
    pub token: SessionTokenRecord,
    /// The larger of the marks of everybody and of the user: see [`super::RevocationSubject`].
    pub revoked: u64,
}

/// What a token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is the session's, and whether its bearer should be given the next one.
    Live {
        /// Hand out the successor: the token is old, was just replaced, or the user's role changed.
        renew: bool,
    },
    /// The session is over or was revoked, or nobody can say whether the token still counts.
    Over,
    /// It was replaced so long ago that its rightful bearer has the next one: somebody copied it. The session must end.
    Replayed,
}

impl SessionEvidence {
    /// Judges the token at `now`.
    #[must_use]
    pub const fn standing(&self, expiry: SessionExpiry, now: Timestamp) -> Standing {
        if self.session.epoch < self.revoked || !expiry.is_live(&self.session, now) {
            return Standing::Over;
        }
        let Some(replaced) = self.token.replaced else {
            return Standing::Live {
                renew: self.session.renew || SessionExpiry::token_is_due(&self.token, now),
            };
        };
        match SessionExpiry::replaced(replaced, now) {
            Replaced::JustNow => Standing::Live { renew: true },
            Replaced::Unclear => Standing::Over,
            Replaced::LongAgo => Standing::Replayed,
        }
    }
}
