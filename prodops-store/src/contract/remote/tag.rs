//! The name by which what belongs to one batch is found again at an AI provider.

use std::fmt;

use prodops_core::entropy::{Entropy, EntropyError};
use serde::{Deserialize, Serialize};

const START: &str = "prodops-";
const DIGITS: usize = 32;

/// A random name of one batch: `prodops-` and 32 hexadecimal digits. It says nothing about what is in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BatchTag(String);

/// A text is no tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a tag: write `prodops-` and 32 hexadecimal digits")]
pub struct BatchTagError;

impl BatchTag {
    /// A new one.
    ///
    /// # Errors
    /// When no random bytes can be had.
    pub fn random(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let mut bytes = [0; DIGITS / 2];
        entropy.fill(&mut bytes)?;
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self(format!("{START}{digits}")))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for BatchTag {
    type Error = BatchTagError;

    fn try_from(text: String) -> Result<Self, BatchTagError> {
        let digits = text.strip_prefix(START).ok_or(BatchTagError)?;
        let plain = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if plain && digits.len() == DIGITS { Ok(Self(text)) } else { Err(BatchTagError) }
    }
}

impl From<BatchTag> for String {
    fn from(tag: BatchTag) -> Self {
        tag.0
    }
}

impl fmt::Display for BatchTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use prodops_core::testing::SeededEntropy;

    use super::*;

    #[test]
    fn a_tag_is_read_back_and_nothing_else_is_one() {
        let tag = BatchTag::random(&SeededEntropy::new(1)).unwrap();
        assert_eq!(BatchTag::try_from(tag.to_string()), Ok(tag));
        for text in ["", "prodops-", "prodops-0123", "other-00000000000000000000000000000000"] {
            assert_eq!(BatchTag::try_from(text.to_owned()), Err(BatchTagError), "{text}");
        }
    }
}
