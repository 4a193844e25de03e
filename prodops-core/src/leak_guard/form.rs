//! The forms in which a secret turns up: how each is written, and which part of it is the secret's alone.

use std::fmt;

use zeroize::Zeroizing;

/// How a secret was written where it was found.
///
/// `Basic` credentials are [`Form::Base64`]: base64 is known in all three phases, so that a name before the secret does not
/// hide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Form {
    /// As it is.
    Raw,
    /// Hexadecimal digits, lower or upper case.
    Hex,
    /// Base64 in the standard or the URL alphabet, at any offset of a longer text.
    Base64,
    /// Percent-encoded as in URLs: everything but letters, digits and `-._~`.
    Percent,
    /// Escaped as in a JSON string or by Rust's `Debug`.
    Escaped,
}

impl Form {
    /// The form's name in logs and metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raw => "raw",
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Percent => "percent",
            Self::Escaped => "escaped",
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A secret in one form; wiped when dropped.
pub(crate) type Written = Zeroizing<Vec<u8>>;

/// Which base64 alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Alphabet {
    Standard,
    Url,
}

/// Every form of a secret, each once.
pub(crate) fn forms(secret: &[u8]) -> Vec<(Form, Written)> {
    let mut forms: Vec<(Form, Written)> = Vec::with_capacity(16);
    let mut add = |form, written: Written| {
        if !forms.iter().any(|(_, known)| *known == written) {
            forms.push((form, written));
        }
    };
    add(Form::Raw, Zeroizing::new(secret.to_vec()));
    for upper in [false, true] {
        add(Form::Hex, hex(secret, upper));
        add(Form::Percent, percent(secret, upper));
    }
    for alphabet in [Alphabet::Standard, Alphabet::Url] {
        for phase in 0..3 {
            add(Form::Base64, base64(secret, alphabet, phase));
        }
    }
    if let Ok(text) = std::str::from_utf8(secret) {
        add(Form::Escaped, json(text));
        add(Form::Escaped, debug(text));
    }
    forms
}

/// Hexadecimal digits.
pub(crate) fn hex(secret: &[u8], upper: bool) -> Written {
    let digits = if upper { HEX_UPPER } else { HEX_LOWER };
    let mut out = Zeroizing::new(Vec::with_capacity(secret.len() * 2));
    secret.iter().for_each(|byte| out.extend_from_slice(&pair(digits, *byte)));
    out
}

/// Percent-encoding of everything that RFC 3986 does not call unreserved.
pub(crate) fn percent(secret: &[u8], upper: bool) -> Written {
    let digits = if upper { HEX_UPPER } else { HEX_LOWER };
    let mut out = Zeroizing::new(Vec::with_capacity(secret.len() * 3));
    for byte in secret {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            out.push(*byte);
        } else {
            out.push(b'%');
            out.extend_from_slice(&pair(digits, *byte));
        }
    }
    out
}

/// The base64 digits that the secret alone decides when it begins `phase` bytes after a multiple of three.
pub(crate) fn base64(secret: &[u8], alphabet: Alphabet, phase: usize) -> Written {
    let digits = match alphabet {
        Alphabet::Standard => BASE64_STANDARD,
        Alphabet::Url => BASE64_URL,
    };
    let mut out = Zeroizing::new(Vec::with_capacity(secret.len() * 4 / 3 + 1));
    // Bits that share a digit with what comes before are not the secret's alone.
    let mut skip = (6 - phase * 8 % 6) % 6;
    let (mut bits, mut held) = (0u32, 0usize);
    for byte in secret {
        bits = (bits << 8 | u32::from(*byte)) & 0xffff;
        held += 8;
        let dropped = skip.min(held);
        (skip, held) = (skip - dropped, held - dropped);
        while held >= 6 {
            held -= 6;
            out.extend(digits.get((bits >> held & 63) as usize));
        }
    }
    out
}

/// The inside of a JSON string.
pub(crate) fn json(text: &str) -> Written {
    let mut out = Zeroizing::new(Vec::with_capacity(text.len() * 6));
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            8 => out.extend_from_slice(b"\\b"),
            12 => out.extend_from_slice(b"\\f"),
            0..=31 => {
                out.extend_from_slice(b"\\u00");
                out.extend_from_slice(&pair(HEX_LOWER, byte));
            }
            _ => out.push(byte),
        }
    }
    out
}

/// The inside of what `{:?}` prints of a string.
fn debug(text: &str) -> Written {
    // Ten bytes are the longest escape of one character: `\u{10ffff}`.
    let mut out = Zeroizing::new(String::with_capacity(text.len() * 10));
    for character in text.chars() {
        match character {
            // `str` leaves apostrophes alone, `char` does not.
            '\'' => out.push('\''),
            other => out.extend(other.escape_debug()),
        }
    }
    Zeroizing::new(out.as_bytes().to_vec())
}

const HEX_LOWER: &[u8; 16] = b"0123456789abcdef";
const HEX_UPPER: &[u8; 16] = b"0123456789ABCDEF";
const BASE64_STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn pair(digits: &[u8; 16], byte: u8) -> [u8; 2] {
    let digit = |value: u8| digits.get(usize::from(value)).copied().unwrap_or_default();
    [digit(byte >> 4), digit(byte & 15)]
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
    use proptest::prelude::*;

    use super::*;

    /// What RFC 3986 does not call unreserved.
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

    fn holds(text: &str, part: &[u8]) -> bool {
        text.as_bytes().windows(part.len()).any(|window| window == part)
    }

    proptest! {
        #[test]
        fn base64_holds_the_form_of_its_phase(
            secret in proptest::collection::vec(any::<u8>(), 16..80),
            before in proptest::collection::vec(any::<u8>(), 0..7),
            after in proptest::collection::vec(any::<u8>(), 0..7),
        ) {
            let whole = [before.as_slice(), &secret, &after].concat();
            let phase = before.len() % 3;
            let standard = base64(&secret, Alphabet::Standard, phase);
            let url = base64(&secret, Alphabet::Url, phase);
            prop_assert!(standard.len() >= 20 && standard.len() + 2 >= secret.len() * 4 / 3);
            prop_assert!(holds(&STANDARD.encode(&whole), &standard));
            prop_assert!(holds(&URL_SAFE_NO_PAD.encode(&whole), &url));
        }

        #[test]
        fn bytes_are_written_as_the_known_writers_write_them(secret in proptest::collection::vec(any::<u8>(), 0..50)) {
            let written = |form: Written| String::from_utf8(form.to_vec()).unwrap();
            prop_assert_eq!(written(percent(&secret, true)), percent_encode(&secret, RESERVED).to_string());
            let lower: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
            prop_assert_eq!(written(hex(&secret, true)), lower.to_uppercase());
            prop_assert_eq!(written(hex(&secret, false)), lower);
        }

        #[test]
        fn text_is_escaped_as_json_and_debug_escape_it(text in "[\\x00-\\x7f«é\u{301}\u{10ffff}']{0,40}") {
            let quoted = |form: Written| format!("\"{}\"", String::from_utf8(form.to_vec()).unwrap());
            prop_assert_eq!(quoted(json(&text)), serde_json::to_string(&text).unwrap());
            // A combining mark is escaped only where nothing before it could carry it.
            prop_assume!(!text.contains('\u{301}'));
            prop_assert_eq!(quoted(debug(&text)), format!("{text:?}"));
        }
    }

    #[test]
    fn a_form_is_listed_once() {
        let forms = forms(b"0123456789abcdefghij");
        assert_eq!(forms.iter().filter(|(form, _)| *form == Form::Raw).count(), 1);
        assert!(!forms.iter().any(|(form, _)| matches!(form, Form::Percent | Form::Escaped)));
        assert_eq!(forms.iter().filter(|(form, _)| *form == Form::Hex).count(), 2);
    }
}
