//! The reader's own sessions and API tokens.

use super::When;
use crate::ui::Label;

/// One of the reader's sessions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id, for ending it.
    pub id: String,
    /// What it was begun with, such as "Firefox on Linux".
    pub client: String,
    /// When it began.
    pub created: When,
    /// When it was last used.
    pub last_seen: When,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// One of the reader's API tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// Its id, for revoking it.
    pub id: String,
    /// What it is for.
    pub name: Label,
    /// The most that it may do.
    pub cap: String,
    /// When it was last used, to within an hour.
    pub last_used: Option<When>,
    /// The day on which it ends.
    pub expires: String,
    /// Whether it has ended.
    pub expired: bool,
}

/// A workspace, as far as tokens and sessions are concerned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenPlace {
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: Label,
    /// The reader's tokens in it.
    pub tokens: Vec<TokenRow>,
    /// The roles that a new token can be given, the least first.
    pub caps: Vec<String>,
    /// Whether the reader may make tokens here.
    pub may_create: bool,
    /// Whether the reader may end the sessions of its members.
    pub may_end_sessions: bool,
}

/// A token that was just made.
#[derive(Clone, PartialEq, Eq)]
#[allow(missing_debug_implementations, reason = "holds a token")]
pub struct CreatedToken {
    /// What it is for.
    pub name: Label,
    /// The token itself, shown this one time.
    pub value: String,
}

/// The reader's own sessions and API tokens.
#[derive(Clone, PartialEq, Eq, Default)]
#[allow(missing_debug_implementations, reason = "can hold a token")]
pub struct Sessions {
    /// What was just done.
    pub note: Option<String>,
    /// A token that was just made.
    pub created: Option<CreatedToken>,
    /// The sessions, the present one first.
    pub sessions: Vec<SessionRow>,
    /// The workspaces in which the reader can have tokens.
    pub workspaces: Vec<TokenPlace>,
}
