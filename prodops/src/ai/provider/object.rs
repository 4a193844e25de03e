//! What lies at a provider, by kind and id.

use std::fmt;

use serde::{Deserialize, Serialize};

const LONGEST: usize = 256;

/// What an object at a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    /// The file of requests.
    Input,
    /// The batch.
    Batch,
    /// The file of answers.
    Output,
    /// The file of requests that failed.
    Errors,
}

impl ObjectKind {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Batch => "batch",
            Self::Output => "output",
            Self::Errors => "errors",
        }
    }
}

/// A provider's id of an object, which can stand in a path as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RemoteId(String);

/// A text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of an object at a provider: letters, digits, `-`, `_` and `.`, at most 256 of them")]
pub struct RemoteIdError;

impl RemoteId {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RemoteId {
    type Error = RemoteIdError;

    /// # Security
    /// Whatever would lead a path elsewhere is refused: ids come from a provider's answers.
    fn try_from(text: String) -> Result<Self, RemoteIdError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let is_id = (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain);
        if is_id && !text.bytes().all(|byte| byte == b'.') { Ok(Self(text)) } else { Err(RemoteIdError) }
    }
}

impl From<RemoteId> for String {
    fn from(id: RemoteId) -> Self {
        id.0
    }
}

impl fmt::Display for RemoteId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An object at a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteObject {
    /// What it is.
    pub kind: ObjectKind,
    /// The provider's id of it.
    pub id: RemoteId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_nowhere_else() {
        for text in ["file-abc123", "batch_6f", "msgbatch_01.x"] {
            assert_eq!(RemoteId::try_from(text.to_owned()).unwrap().as_str(), text);
        }
        for text in ["", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a b", "ü", &"a".repeat(257)] {
            assert_eq!(RemoteId::try_from(text.to_owned()), Err(RemoteIdError), "{text}");
        }
    }
}
