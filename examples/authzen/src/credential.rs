//! Which services may ask, and about which workspace.

use std::collections::BTreeMap;

use prodops_core::entropy::{Entropy, EntropyError};
use prodops_core::session::{OpaqueToken, TokenHash};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};

/// A line of a credentials file is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}, expected `WORKSPACE TOKEN` with a token of 64 hexadecimal digits")]
pub struct CredentialError {
    /// The line, counted from one.
    pub line: usize,
    /// What is wrong with it; never the token.
    pub what: &'static str,
}

/// The tokens of services, kept as hashes, each with the one workspace that its bearer may ask about.
#[derive(Debug, Default)]
pub struct Credentials {
    workspaces: Vec<String>,
    tokens: Vec<(TokenHash, u32)>,
}

impl Credentials {
    /// Reads lines `WORKSPACE TOKEN`; empty ones and those that begin with `#` are passed over.
    ///
    /// # Errors
    /// When a line is something else, or a token is there twice.
    pub fn read(text: &str) -> Result<Self, CredentialError> {
        let mut all = Self::default();
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |what| CredentialError { line: number, what };
            let (workspace, token) =
                line.rsplit_once(char::is_whitespace).ok_or_else(|| wrong("has no token"))?;
            let token = OpaqueToken::parse(token).map_err(|_| wrong("is no token"))?;
            if all.tokens.iter().any(|(own, _)| *own == token.hash()) {
                return Err(wrong("repeats a token"));
            }
            all.add(workspace.trim_end(), &token);
        }
        Ok(all)
    }

    /// Makes a token for each workspace, and answers them for showing once.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn generate<'a>(
        workspaces: impl Iterator<Item = &'a str>,
        entropy: &dyn Entropy,
    ) -> Result<(Self, BTreeMap<String, OpaqueToken>), EntropyError> {
        let (mut all, mut shown) = (Self::default(), BTreeMap::new());
        for workspace in workspaces {
            let token = OpaqueToken::generate(entropy)?;
            all.add(workspace, &token);
            shown.insert(workspace.to_owned(), token);
        }
        Ok((all, shown))
    }

    fn add(&mut self, workspace: &str, token: &OpaqueToken) {
        let number = self.workspaces.iter().position(|own| own == workspace);
        let number = number.unwrap_or_else(|| {
            self.workspaces.push(workspace.to_owned());
            self.workspaces.len() - 1
        });
        // INVARIANT: a file does not have four thousand million lines.
        self.tokens.push((token.hash(), u32::try_from(number).unwrap_or(u32::MAX)));
    }

    /// The workspaces that somebody may ask about.
    pub fn workspaces(&self) -> impl Iterator<Item = &str> {
        self.workspaces.iter().map(String::as_str)
    }

    /// The workspace of a token's bearer.
    ///
    /// # Security
    /// Every token is compared, to its end: how long it takes says neither which one comes close nor how many there are before
    /// it.
    pub(crate) fn workspace(&self, token: &str) -> Option<&str> {
        let hash = OpaqueToken::parse(token).ok()?.hash();
        let (mut found, mut number) = (Choice::from(0), u32::MAX);
        for (own, workspace) in &self.tokens {
            let equal = own.as_bytes().ct_eq(hash.as_bytes());
            number = u32::conditional_select(&number, workspace, equal);
            found |= equal;
        }
        bool::from(found).then(|| self.workspaces.get(number as usize).map(String::as_str)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prodops_core::testing::SeededEntropy;

    #[test]
    fn a_token_is_the_workspace_of_its_line() {
        let entropy = SeededEntropy::new(5);
        let [a, b, c] = [(); 3].map(|()| OpaqueToken::generate(&entropy).unwrap().reveal());
        let read =
            Credentials::read(&format!("# services\nnorth {a}\n\n two words\t{b}\nnorth {c}\n")).unwrap();
        assert_eq!(read.workspaces().collect::<Vec<_>>(), ["north", "two words"]);
        assert_eq!([&a, &b, &c].map(|token| read.workspace(token).unwrap()), ["north", "two words", "north"]);
        let none = OpaqueToken::generate(&entropy).unwrap().reveal();
        for wrong in [none.as_str(), "", &a[1..], &a.to_uppercase(), &format!("{a} ")] {
            assert!(read.workspace(wrong).is_none());
        }
    }

    #[test]
    fn a_wrong_line_is_named_and_its_token_is_not() {
        let token = OpaqueToken::generate(&SeededEntropy::new(6)).unwrap().reveal();
        let said = |text: &str| Credentials::read(text).unwrap_err().to_string();
        assert!(said("north").contains("line 1: has no token"));
        assert!(said(&format!("\nnorth {}", &token[1..])).contains("line 2: is no token"));
        let twice = said(&format!("north {token}\nsouth {token}"));
        assert!(twice.contains("line 2: repeats a token") && !twice.contains(&token), "{twice}");
    }
}
