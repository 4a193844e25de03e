//! What people type and providers send, checked once at the door.
//!
//! Each newtype can only be made through its check, deserialisation included, and its error says what to change.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An input breaks a rule of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {rule}")]
pub struct InputError {
    what: &'static str,
    rule: &'static str,
}

impl InputError {
    /// An input that is no newtype breaks a rule.
    #[must_use]
    pub const fn broken(what: &'static str, rule: &'static str) -> Self {
        Self { what, rule }
    }

    /// Which input is meant, in words.
    #[must_use]
    pub const fn what(&self) -> &'static str {
        self.what
    }
}

macro_rules! checked_text {
    ($($(#[$doc:meta])* $name:ident = $what:literal, $check:path;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Checks the text and takes it in.
            ///
            /// # Errors
            /// With the rule that the text breaks.
            pub fn new(text: &str) -> Result<Self, InputError> {
                match $check(text) {
                    Ok(()) => Ok(Self(text.into())),
                    Err(rule) => Err(InputError { what: $what, rule }),
                }
            }

            /// The checked text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InputError;
            fn from_str(text: &str) -> Result<Self, InputError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InputError;
            fn try_from(text: String) -> Result<Self, InputError> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }
    )*};
}

checked_text! {
    /// The name of a workspace in a URL: `a-z`, `0-9` and `-`, 1 to 40 characters.
    WorkspaceSlug = "workspace slug", slug;
    /// The name of a workspace as people read it: 1 to 100 characters on one line.
    WorkspaceName = "workspace name", short_line;
    /// What an API token is for, in its owner's words: 1 to 100 characters on one line.
    ApiTokenName = "name of the API token", short_line;
    /// The id of a connector, such as `git`: a slug.
    ConnectorId = "connector id", slug;
    /// The name of a sync stream, such as `commits`: a slug.
    StreamName = "stream name", slug;
    /// The name of a repository as its host shows it: 1 to 300 characters on one line.
    RepositoryName = "repository name", line;
    /// The name of a branch: 1 to 300 characters on one line.
    BranchName = "branch name", line;
    /// The name of a person: 1 to 300 characters on one line.
    PersonName = "person name", line;
    /// Where a connection reads from, such as a path or a base URL: 1 to 4,096 bytes; a path may hold newlines.
    ConnectionTarget = "connection target", path_like;
}

fn slug(text: &str) -> Result<(), &'static str> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if text.is_empty()
        || text.len() > 40
        || !text.chars().all(allowed)
        || text.starts_with('-')
        || text.ends_with('-')
    {
        return Err("must be 1 to 40 characters of a-z, 0-9 and -, with no - at either end");
    }
    Ok(())
}

fn printable(text: &str, longest: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= longest && !text.chars().any(char::is_control)
}

fn short_line(text: &str) -> Result<(), &'static str> {
    if printable(text, 100) { Ok(()) } else { Err("must be 1 to 100 characters on one line") }
}

fn line(text: &str) -> Result<(), &'static str> {
    if printable(text, 300) { Ok(()) } else { Err("must be 1 to 300 characters on one line") }
}

fn path_like(text: &str) -> Result<(), &'static str> {
    let fits = !text.is_empty() && text.len() <= 4096 && !text.contains('\0');
    if fits { Ok(()) } else { Err("must be 1 to 4,096 bytes without NUL") }
}

/// Makes a readable single line out of anything: control characters become spaces, and what is too long is cut.
///
/// For names that come from a provider and must not stop a sync. `None` when nothing readable is left.
#[must_use]
pub fn readable_line(text: &str, longest: usize) -> Option<String> {
    let kept: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(longest).collect();
    let trimmed = kept.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_take_what_a_url_can_show() {
        for good in ["a", "team-1", "0"] {
            assert_eq!(WorkspaceSlug::new(good).unwrap().as_str(), good);
        }
        for bad in ["", "A", "a b", "-a", "a-", "ä", "a/b", "a\0", &"a".repeat(41)] {
            let error = WorkspaceSlug::new(bad).unwrap_err().to_string();
            assert!(error.starts_with("workspace slug must be"), "{bad:?}: {error}");
        }
    }

    #[test]
    fn deserialising_goes_through_the_same_check() {
        assert!(serde_json::from_str::<WorkspaceSlug>("\"ok\"").is_ok());
        assert!(serde_json::from_str::<WorkspaceSlug>("\"no way\"").is_err());
    }

    #[test]
    fn a_provider_cannot_break_a_line() {
        assert_eq!(readable_line("a\nb\u{7}c", 300).unwrap(), "a b c");
        assert_eq!(readable_line("\n \t", 300), None);
        assert_eq!(readable_line("abc", 2).unwrap(), "ab");
        assert!(PersonName::new("a\nb").is_err());
    }
}
