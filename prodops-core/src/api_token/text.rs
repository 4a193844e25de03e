//! The token as its bearer has it.

use std::fmt;

use crate::entropy::{Entropy, EntropyError};
use crate::session::{OpaqueToken, TokenHash};

/// Lets people and scanners of leaked secrets recognise one.
const PREFIX: &str = "pdt_";

/// A text is not an API token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an api token: expected pdt_ and 64 hexadecimal digits")]
pub struct ParseApiTokenError;

/// A random 256-bit token with a prefix. A store knows only its hash.
pub struct ApiToken(OpaqueToken);

impl ApiToken {
    /// Makes a new one.
    ///
    /// # Errors
    /// When the entropy source fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        OpaqueToken::generate(entropy).map(Self)
    }

    /// Reads the form that [`ApiToken::reveal`] writes.
    ///
    /// # Errors
    /// When the text is anything but `pdt_` and 64 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<Self, ParseApiTokenError> {
        let digits = text.strip_prefix(PREFIX).ok_or(ParseApiTokenError)?;
        OpaqueToken::parse(digits).map(Self).map_err(|_| ParseApiTokenError)
    }

    /// The text to show to its owner, once.
    ///
    /// # Security
    /// Whoever has this text is the bearer: it belongs neither into a log nor into a store.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", self.0.reveal())
    }

    /// The name under which a store keeps what belongs to the token.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        self.0.hash()
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiToken([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::SeededEntropy;

    #[test]
    fn a_token_survives_its_text_form_and_nothing_else_does() {
        let token = ApiToken::generate(&SeededEntropy::new(7)).unwrap();
        let text = token.reveal();
        assert_eq!(text.len(), 68);
        assert_eq!(ApiToken::parse(&text).unwrap().hash(), token.hash());
        for bad in [
            "",
            "pdt_",
            &text[4..],
            &text.to_uppercase(),
            &format!("{text}0"),
            &format!(" {text}"),
            &text[..67],
        ] {
            assert_eq!(ApiToken::parse(bad).unwrap_err(), ParseApiTokenError);
        }
        assert!(!format!("{token:?}").contains(&text[4..12]));
    }
}
