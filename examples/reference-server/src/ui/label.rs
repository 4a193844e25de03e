//! Text that somebody else chose, made safe to stand inside a sentence.

use std::fmt;

/// A name from outside on one line, without characters that are invisible or change the direction of the text around
/// them. Escaping for HTML is the templates' work.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Label(String);

impl Label {
    /// Takes the text in; control and direction characters become `�`, so that they can be seen and do nothing.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.chars().map(|c| if misleads(c) { char::REPLACEMENT_CHARACTER } else { c }).collect())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a character is invisible and changes how its neighbours are read.
fn misleads(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{202a}'
                ..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direction_and_control_characters_are_shown_and_do_nothing() {
        assert_eq!(Label::new("a\u{202e}b\nc\u{2066}").as_str(), "a\u{fffd}b\u{fffd}c\u{fffd}");
    }

    #[test]
    fn names_in_every_script_stay_as_they_are() {
        for name in ["ümlaut/ß", "日本語", "עברית", "a b_c-d.e", "👩‍💻"] {
            assert_eq!(Label::new(name).as_str(), name);
        }
    }
}
