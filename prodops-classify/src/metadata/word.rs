//! Prose word by word: links, addresses, mentions, secrets.

use super::redact::{Kind, Redacted};
use super::secret;

/// The prose with what must not be told replaced; blanks stay as they are.
pub(super) fn prose(text: &str, redacted: &mut Redacted) -> String {
    let mut out = String::with_capacity(text.len());
    let mut announced = false;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        let kind = if announced && !word.is_empty() { Some(Kind::Secret) } else { of_word(word) };
        match kind {
            Some(kind) => {
                redacted.note(kind);
                out.push_str(kind.placeholder());
            }
            None => out.push_str(word),
        }
        out.push_str(piece.get(word.len()..).unwrap_or_default());
        if !word.is_empty() {
            announced = secret::announces(word);
        }
    }
    out
}

/// A path with segments replaced that must not be told.
pub(super) fn path(path: &str, redacted: &mut Redacted) -> String {
    let told = |segment: &str| {
        let address = is_address(segment).then_some(Kind::Address);
        match address.or_else(|| secret::is_secret(segment).then_some(Kind::Secret)) {
            Some(kind) => {
                redacted.note(kind);
                kind.placeholder().to_owned()
            }
            None => segment.chars().map(|c| if c.is_control() { ' ' } else { c }).collect(),
        }
    };
    path.split('/').map(told).collect::<Vec<String>>().join("/")
}

fn of_word(word: &str) -> Option<Kind> {
    if word.contains("://") {
        return Some(Kind::Link);
    }
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '@');
    if bare.starts_with('@') && bare.len() > 1 {
        // A package with a scope, `@scope/name`, is no person.
        return (!bare.contains('/')).then_some(Kind::Person);
    }
    if is_address(bare) {
        return Some(Kind::Address);
    }
    secret::is_secret(word).then_some(Kind::Secret)
}

/// `somebody@host`; a package with a version, `name@1.2`, is none.
fn is_address(word: &str) -> bool {
    word.match_indices('@').any(|(at, _)| {
        let before = word.get(..at).and_then(|text| text.chars().next_back());
        let after = word.get(at + 1..).and_then(|text| text.chars().next());
        before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphabetic)
    })
}
