//! The session cookie as text: its name and attributes, the sealed record in it, and which value of a request counts.
//!
//! What browsers hold is a record of purpose 03 under the deployment's data key, around one token of the session. Only this
//! deployment makes and opens them, and nobody can tell two of the same session apart from two of different ones.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::token::OpaqueToken;
use crate::keyring::{DataKeys, KeyringError, Place};
use crate::vault::{Purpose, SealedRecord};

/// The cookie's name. The prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`, so that no other host, nor
/// a page without TLS, can set it.
pub const NAME: &str = "__Host-prodops";

/// The longest value that is looked at, in bytes: more than twice of what a sealed token comes to.
pub const MAX_VALUE: usize = 512;

const ATTRIBUTES: &str = "Path=/; HttpOnly; Secure; SameSite=Lax";

/// A cookie's value is not a sealed record in text form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a session cookie: expected at most {MAX_VALUE} characters of base64url without padding")]
pub struct CookieError;

/// Which value of a request counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found<'a> {
    /// The cookie is not there.
    None,
    /// Its only value.
    One(&'a str),
    /// Different values: somebody planted one, and none of them is believed.
    Conflicting,
}

/// Where the record belongs: to the deployment, whichever session is inside.
const PLACE: Place<'static> = Place { kind: "session", record: [0; 16], field: "", generation: 0 };

/// Seals a token into the value of the cookie, under the deployment's keys.
///
/// # Errors
/// When no salt can be had.
pub fn seal(keys: &DataKeys, token: &OpaqueToken) -> Result<String, KeyringError> {
    let record = token.expose(|bytes| keys.seal(Purpose::Session, PLACE, bytes))?;
    Ok(encode(record.as_bytes()))
}

/// The token in a cookie's value. `None` for everything but what [`seal`] made with these keys: of another deployment,
/// environment or purpose, changed, cut, or under a key that is destroyed.
#[must_use]
pub fn open(keys: &DataKeys, value: &str) -> Option<OpaqueToken> {
    let record = SealedRecord::parse(&decode(value).ok()?).ok()?;
    let opened = keys.open(Purpose::Session, PLACE, &record).ok()?;
    let bytes = opened.expose(|bytes| <[u8; 32]>::try_from(bytes.as_slice()).ok())?;
    Some(OpaqueToken::from_bytes(bytes))
}

/// The value of the cookie for these bytes of a sealed record.
#[must_use]
pub fn encode(record: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(record)
}

/// The bytes of the sealed record in a cookie's value.
///
/// # Errors
/// [`CookieError`] for whatever [`encode`] does not write: too long, empty, padded, with stray bits or other characters.
pub fn decode(value: &str) -> Result<Vec<u8>, CookieError> {
    if value.is_empty() || value.len() > MAX_VALUE {
        return Err(CookieError);
    }
    URL_SAFE_NO_PAD.decode(value).map_err(|_| CookieError)
}

/// Looks through the `Cookie` headers of a request.
#[must_use]
pub fn find<'a>(headers: impl IntoIterator<Item = &'a str>) -> Found<'a> {
    let pairs =
        headers.into_iter().flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == NAME).map(|(_, value)| value);
    let Some(first) = values.next() else { return Found::None };
    if values.any(|other| other != first) { Found::Conflicting } else { Found::One(first) }
}

/// The `Set-Cookie` header that begins or goes on with a session. It lasts as long as the browser does; when the session
/// is over is the server's to say.
///
/// # Security
/// For answers over https, or to a browser on the same machine.
#[must_use]
pub fn set(value: &str) -> String {
    format!("{NAME}={value}; {ATTRIBUTES}")
}

/// The `Set-Cookie` header that removes it from the browser.
#[must_use]
pub fn clear() -> String {
    format!("{NAME}=; {ATTRIBUTES}; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_planted_second_cookie_ends_belief_in_both() {
        let (one, two) = (format!("{NAME}=a1"), format!("{NAME}=b2"));
        assert_eq!(find([]), Found::None);
        assert_eq!(find(["x=1", "prodops=a1", "__host-prodops=a1", "x__Host-prodops=a1"]), Found::None);
        assert_eq!(find([format!("x=1; {one}").as_str()]), Found::One("a1"));
        assert_eq!(find([format!("{one};{one}").as_str()]), Found::One("a1"));
        assert_eq!(find([format!("{one}; {two}").as_str()]), Found::Conflicting);
        assert_eq!(find([one.as_str(), two.as_str()]), Found::Conflicting);
        assert_eq!(find([one.as_str(), one.as_str(), format!("{NAME}=").as_str()]), Found::Conflicting);
        assert_eq!(find([format!("{NAME}=a=b").as_str()]), Found::One("a=b"));
    }

    #[test]
    fn only_what_was_written_is_read() {
        let value = encode(&[0xfb; 160]);
        assert!(value.len() * 2 < MAX_VALUE && !value.contains(['=', '+', '/', ';', ' ']));
        assert_eq!(decode(&value), Ok(vec![0xfb; 160]));
        let longest = "A".repeat(MAX_VALUE);
        assert!(decode(&longest).is_ok());
        for bad in [
            "",
            "=",
            "A",
            "AB",
            "AA==",
            "AA A",
            "AA\n",
            "++++",
            "////",
            "\"AAAA\"",
            "ÄÄ",
            &format!("{longest}AAAA"),
        ] {
            assert_eq!(decode(bad), Err(CookieError), "{bad}");
        }
    }

    #[test]
    fn the_browser_is_told_to_keep_it_from_scripts_from_other_sites_and_from_plain_http() {
        for header in [set("v"), clear()] {
            for part in ["Path=/", "HttpOnly", "Secure", "SameSite=Lax"] {
                assert!(header.split("; ").any(|each| each == part), "{header}");
            }
            assert!(header.starts_with("__Host-prodops=") && !header.contains("Domain"));
        }
        assert!(clear().ends_with("Max-Age=0") && !set("v").contains("Max-Age"));
    }

    proptest! {
        #[test]
        fn what_is_encoded_comes_back(record in proptest::collection::vec(any::<u8>(), 1..384)) {
            prop_assert_eq!(decode(&encode(&record)), Ok(record));
        }

        #[test]
        fn nothing_makes_it_stumble(line in ".{0,2000}", value in "\\PC{0,600}") {
            let _ = find([line.as_str()]);
            if let Ok(record) = decode(&value) {
                prop_assert_eq!(encode(&record), value);
            }
        }
    }
}
