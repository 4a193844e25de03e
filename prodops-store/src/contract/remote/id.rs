//! A provider's id of an object.

use std::fmt;

use serde::{Deserialize, Serialize};

const LONGEST: usize = 256;

/// A provider's id of an object, which can stand in a path as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RemoteObjectId(String);

/// A text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of an object at a provider: letters, digits, `-`, `_` and `.`, at most 256 of them")]
pub struct RemoteObjectIdError;

impl RemoteObjectId {
    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RemoteObjectId {
    type Error = RemoteObjectIdError;

    /// # Security
    /// Whatever would lead a path elsewhere is refused: ids come from a provider's answers.
    fn try_from(text: String) -> Result<Self, RemoteObjectIdError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let is_id = (1..=LONGEST).contains(&text.len()) && text.bytes().all(plain);
        if is_id && !text.bytes().all(|byte| byte == b'.') {
            Ok(Self(text))
        } else {
            Err(RemoteObjectIdError)
        }
    }
}

impl From<RemoteObjectId> for String {
    fn from(id: RemoteObjectId) -> Self {
        id.0
    }
}

impl fmt::Display for RemoteObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_nowhere_else() {
        for text in ["file-abc123", "batch_6f", "msgbatch_01.x"] {
            assert_eq!(RemoteObjectId::try_from(text.to_owned()).unwrap().as_str(), text);
        }
        for text in ["", ".", "..", "a/b", "a?b", "a#b", "a%2fb", "a b", "ü", &"a".repeat(257)] {
            assert_eq!(RemoteObjectId::try_from(text.to_owned()), Err(RemoteObjectIdError), "{text}");
        }
    }
}
