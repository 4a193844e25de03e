//! Conventional Commits: `type(scope)!: text`.

use bstr::ByteSlice;
use prodops_core::fact::Activity;

/// The declared prefix of a commit subject.
///
/// Wider than the specification, as people write it: any letter case, `[scope]` for `(scope)`, an emoji or a
/// `:shortcode:` in front, no blank after the colon.
///
/// ```
/// use prodops_classify::Prefix;
/// use prodops_core::fact::Activity;
///
/// let prefix = Prefix::parse(b"feat(parser)!: read tables").unwrap();
/// assert_eq!(prefix.activity(), Some(Activity::Feature));
/// assert_eq!((prefix.scope, prefix.breaking), (Some(&b"parser"[..]), true));
/// assert_eq!(prefix.text, b"read tables");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prefix<'a> {
    /// The type word as written.
    pub kind: &'a [u8],
    /// What stands in brackets after it.
    pub scope: Option<&'a [u8]>,
    /// Whether `!` announces a breaking change.
    pub breaking: bool,
    /// The subject without the prefix.
    pub text: &'a [u8],
}

/// Type words in lower case, in byte order.
const TYPES: &[(&str, Activity)] = &[
    ("bug", Activity::Bugfix),
    ("bugfix", Activity::Bugfix),
    ("build", Activity::BuildCi),
    ("chore", Activity::Chore),
    ("ci", Activity::BuildCi),
    ("cicd", Activity::BuildCi),
    ("dep", Activity::Chore),
    ("dependencies", Activity::Chore),
    ("dependency", Activity::Chore),
    ("deps", Activity::Chore),
    ("doc", Activity::Docs),
    ("docs", Activity::Docs),
    ("documentation", Activity::Docs),
    ("feat", Activity::Feature),
    ("feature", Activity::Feature),
    ("features", Activity::Feature),
    ("fix", Activity::Bugfix),
    ("fixes", Activity::Bugfix),
    ("fmt", Activity::Style),
    ("format", Activity::Style),
    ("formatting", Activity::Style),
    ("hotfix", Activity::Bugfix),
    ("lint", Activity::Style),
    ("perf", Activity::Performance),
    ("performance", Activity::Performance),
    ("ref", Activity::Refactor),
    ("refa", Activity::Refactor),
    ("refac", Activity::Refactor),
    ("refact", Activity::Refactor),
    ("refactor", Activity::Refactor),
    ("refactoring", Activity::Refactor),
    ("revert", Activity::Revert),
    ("reverts", Activity::Revert),
    ("style", Activity::Style),
    ("styles", Activity::Style),
    ("test", Activity::Test),
    ("testing", Activity::Test),
    ("tests", Activity::Test),
];

impl<'a> Prefix<'a> {
    /// The prefix of a subject, with any type word; `None` without one.
    #[must_use]
    pub fn parse(subject: &'a [u8]) -> Option<Self> {
        let subject = skip_emoji(subject);
        let end = subject.iter().position(|byte| !is_type_byte(*byte))?;
        let (kind, rest) = subject.split_at_checked(end)?;
        let (scope, rest) = parse_scope(rest);
        let (breaking, rest) = rest.strip_prefix(b"!").map_or((false, rest), |rest| (true, rest));
        let rest = rest.strip_prefix(b":")?;
        // `std::fs` and `https://` are no prefixes.
        let is_prefix =
            kind.first()?.is_ascii_alphabetic() && !rest.starts_with(b":") && !rest.starts_with(b"//");
        is_prefix.then(|| Self { kind, scope, breaking, text: rest.trim_ascii() })
    }

    /// The kind of work that the type word declares; `None` for a word that declares none.
    #[must_use]
    pub fn activity(&self) -> Option<Activity> {
        let lower = |byte: &u8| byte.to_ascii_lowercase();
        let found = TYPES.binary_search_by(|(word, _)| word.bytes().cmp(self.kind.iter().map(lower))).ok()?;
        TYPES.get(found).map(|(_, activity)| *activity)
    }
}

/// Type words, and what projects without types put there: a path or the name of a module.
const fn is_type_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/' | b'*' | b',')
}

fn parse_scope(text: &[u8]) -> (Option<&[u8]>, &[u8]) {
    let closing = match text.first() {
        Some(b'(') => b')',
        Some(b'[') => b']',
        _ => return (None, text),
    };
    let parts = text.find_byte(closing).and_then(|end| Some((text.get(1..end)?, text.get(end + 1..)?)));
    parts.map_or((None, text), |(scope, rest)| (Some(scope.trim_ascii()), rest))
}

/// Takes emoji, `:shortcodes:` and blanks off the front.
pub(super) fn skip_emoji(mut text: &[u8]) -> &[u8] {
    loop {
        text = text.trim_ascii_start();
        let (first, length) = bstr::decode_utf8(text);
        let rest = match first {
            Some(':') => skip_short_code(text),
            Some(character) if is_emoji(character) => text.get(length..),
            _ => None,
        };
        match rest {
            Some(rest) => text = rest,
            None => return text,
        }
    }
}

fn skip_short_code(text: &[u8]) -> Option<&[u8]> {
    let code = text.get(1..)?;
    let end = code.iter().position(|byte| !(byte.is_ascii_alphanumeric() || b"_+-".contains(byte)))?;
    let (name, rest) = code.split_at_checked(end)?;
    rest.strip_prefix(b":").filter(|_| !name.is_empty())
}

/// Pictures and the characters that join or colour them.
const fn is_emoji(character: char) -> bool {
    matches!(character, '\u{200d}' | '\u{fe0f}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn activity(subject: &str) -> Option<Activity> {
        Prefix::parse(subject.as_bytes())?.activity()
    }

    #[test]
    fn types_are_in_order() {
        assert!(TYPES.is_sorted_by_key(|(word, _)| *word));
    }

    #[test]
    fn prefixes_are_read_as_people_write_them() {
        for (subject, expected) in [
            ("feat: a", Some(Activity::Feature)),
            ("FIX(ui): a", Some(Activity::Bugfix)),
            ("Refactor[core]!: a", Some(Activity::Refactor)),
            ("✨ feat: a", Some(Activity::Feature)),
            (":bug: fix: a", Some(Activity::Bugfix)),
            ("\u{1f469}\u{200d}\u{1f4bb}perf: a", Some(Activity::Performance)),
            ("ci:a", Some(Activity::BuildCi)),
            ("deps(npm): a", Some(Activity::Chore)),
            ("revert: a", Some(Activity::Revert)),
            ("parser: a", None),
            ("fix a: b", None),
            ("fix::a", None),
            ("https://a", None),
            ("fix(a: b", None),
            ("", None),
        ] {
            assert_eq!(activity(subject), expected, "{subject}");
        }
    }

    #[test]
    fn an_unknown_type_word_is_still_a_prefix() {
        let prefix = Prefix::parse(b"net/http: fix a leak").unwrap();
        assert_eq!(
            (prefix.kind, prefix.activity(), prefix.text),
            (&b"net/http"[..], None, &b"fix a leak"[..])
        );
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_subject(subject in prop::collection::vec(any::<u8>(), 0..80)) {
            if let Some(prefix) = Prefix::parse(&subject) {
                prop_assert!(!prefix.kind.is_empty());
            }
        }

        #[test]
        fn a_written_prefix_is_read_back(kind in "[a-z]{1,12}", scope in "[a-z ]{0,8}", text in "[a-z]{1,9}( [a-z]{1,5})?", breaking: bool) {
            let mark = if breaking { "!" } else { "" };
            let subject = format!("{kind}({scope}){mark}: {text}");
            let prefix = Prefix::parse(subject.as_bytes()).unwrap();
            prop_assert_eq!((prefix.kind, prefix.text, prefix.breaking), (kind.as_bytes(), text.as_bytes(), breaking));
            prop_assert_eq!(prefix.scope, Some(scope.trim().as_bytes()));
        }
    }
}
