//! The rows of the identity plane that sessions are made of.

use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::time::Timestamp;

/// A user as the store keeps them: they exist; what they may do hangs on their memberships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRecord {
    /// The user's id.
    pub id: UserId,
    /// When they were made.
    pub created: Timestamp,
}

/// A session as the store keeps it, under the hash of its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// Whose session.
    pub user: UserId,
    /// When they signed in.
    pub created: Timestamp,
    /// When a request last used it.
    pub last_seen: Timestamp,
}

/// A one-time sign-in link as the store keeps it, under the hash of its token. Taking it removes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInLinkRecord {
    /// Whom it signs in.
    pub user: UserId,
    /// After this it signs in nobody.
    pub expires: Timestamp,
}
