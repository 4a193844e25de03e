//! Where somebody is brought after signing in: a place on the same site.

use super::error::LoginError;

const LONGEST: usize = 2048;

/// A path on this origin, with its query.
///
/// # Security
/// Nothing that a browser could read as another host passes: no scheme, no `//`, no backslash, no character that
/// browsers drop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnPath(Box<str>);

impl ReturnPath {
    /// Checks a path such as `/w/platform?window=90d`.
    ///
    /// # Errors
    /// When it is not a plain path on this origin.
    pub fn new(path: &str) -> Result<Self, LoginError> {
        let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        let is_path = path.starts_with('/') && !path.starts_with("//");
        if plain && is_path && path.len() <= LONGEST {
            return Ok(Self(path.into()));
        }
        Err(LoginError::ReturnPath)
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for ReturnPath {
    /// The front page.
    fn default() -> Self {
        Self("/".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_stays_on_this_origin() {
        for good in ["/", "/w/platform", "/w/platform?window=90d&q=a%20b#top", "/a//b", "/:443"] {
            assert_eq!(ReturnPath::new(good).unwrap().as_str(), good);
        }
        let long = format!("/{}", "a".repeat(LONGEST));
        let bad = [
            "",
            "w",
            "//attacker.test",
            "///attacker.test",
            "/\\attacker.test",
            "\\\\attacker.test",
            "/a\\b",
        ];
        let worse = [
            "https://attacker.test/",
            "javascript:alert(1)",
            "/\t/attacker.test",
            "/a\r\nb",
            " /",
            "/ü",
            &long,
        ];
        for bad in bad.into_iter().chain(worse) {
            assert!(ReturnPath::new(bad).is_err(), "{bad}");
        }
    }
}
