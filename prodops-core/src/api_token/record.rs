//! The row that an API token is.

use serde::{Deserialize, Serialize};

use crate::id::{ApiTokenId, MembershipId, UserId, WorkspaceId};
use crate::input::ApiTokenName;
use crate::tenancy::Role;
use crate::time::Timestamp;

/// The longest that a token may last: a year.
pub const MAX_LIFETIME_SECONDS: i64 = 366 * 24 * 60 * 60;

/// How often a token's use is noted, in seconds.
const NOTED_EVERY: i64 = 60 * 60;

/// An API token as the store keeps it, under the hash of its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiTokenRecord {
    /// Its id, which is no secret.
    pub id: ApiTokenId,
    /// The only workspace that it opens.
    pub workspace: WorkspaceId,
    /// The membership that it acts through.
    pub membership: MembershipId,
    /// Whose membership.
    pub user: UserId,
    /// What it is for.
    pub name: ApiTokenName,
    /// The most that it may do: its bearer has what this and the member's own role have in common.
    pub cap: Role,
    /// When it was made.
    pub created: Timestamp,
    /// From then on it is worth nothing.
    pub expires: Timestamp,
    /// When its use was last noted; at most once an hour.
    pub last_used: Option<Timestamp>,
}

impl ApiTokenRecord {
    /// Whether it has not expired at `now`. Its end is an instant: a clock that goes back moves it nowhere.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires
    }

    /// Whether a use at `now` should be noted.
    #[must_use]
    pub fn should_note(&self, now: Timestamp) -> bool {
        self.last_used.is_none_or(|last| now.seconds_since(last).abs() >= NOTED_EVERY)
    }
}
