//! Which deployment this is: what belongs to one environment is refused by another.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The kind of deployment. It is stamped into stored data, and data with another stamp is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// A developer's machine, and the local commands.
    Development,
    /// Automated tests.
    Test,
    /// Rehearsal with its own keys and data.
    Staging,
    /// The real thing.
    Production,
}

/// A text names no environment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown environment: expected development, test, staging or production")]
pub struct ParseEnvironmentError;

impl Environment {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Test => "test",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Environment {
    type Err = ParseEnvironmentError;
    fn from_str(text: &str) -> Result<Self, ParseEnvironmentError> {
        [Self::Development, Self::Test, Self::Staging, Self::Production]
            .into_iter()
            .find(|known| known.as_str() == text)
            .ok_or(ParseEnvironmentError)
    }
}
