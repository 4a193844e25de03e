//! The connections of a workspace and how reading them goes.

use super::{AiPanel, When};
use crate::ui::Label;

/// How it stands with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntegrationState {
    /// It is read from time to time.
    Healthy,
    /// It is being read.
    Reading,
    /// The last read failed; it is tried again.
    Retrying,
    /// It failed so often that somebody is to look at it.
    GivenUp,
    /// It was cut.
    Disconnected,
}

impl IntegrationState {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Healthy => "read regularly",
            Self::Reading => "being read",
            Self::Retrying => "failed, tried again",
            Self::GivenUp => "given up",
            Self::Disconnected => "disconnected",
        }
    }

    /// The mark in front of the words: the one of an entry of the audit log with such an outcome.
    pub(in crate::ui) const fn mark(self) -> &'static str {
        match self {
            Self::Healthy | Self::Reading => "allowed",
            Self::Retrying | Self::GivenUp => "failed",
            Self::Disconnected => "denied",
        }
    }
}

/// Why reading a connection fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationFailure {
    /// What happened, and what to do about it.
    pub what: String,
    /// The code, as the API and the server's log have it.
    pub code: &'static str,
    /// When.
    pub when: When,
    /// How often in a row.
    pub attempts: String,
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntegrationRow {
    /// Its id.
    pub id: String,
    /// What reads it, such as "git".
    pub connector: Label,
    /// What is read.
    pub target: Label,
    /// How it stands with it.
    pub state: IntegrationState,
    /// When it was last read to the end; `None` before the first time.
    pub last: Option<When>,
    /// When it is read next; `None` when it is not, or is now.
    pub next: Option<When>,
    /// Why it fails, when it does.
    pub failure: Option<IntegrationFailure>,
    /// What the button says that has it read; `None` where there is nothing to press.
    pub button: Option<&'static str>,
}

/// The connections of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Integrations {
    /// All of them.
    pub rows: Vec<IntegrationRow>,
    /// What AI providers may be asked; `None` where the deployment has none.
    pub ai: Option<AiPanel>,
}

impl Integrations {
    /// How many somebody has to look at.
    pub(in crate::ui) fn given_up(&self) -> usize {
        self.rows.iter().filter(|row| row.state == IntegrationState::GivenUp).count()
    }
}
