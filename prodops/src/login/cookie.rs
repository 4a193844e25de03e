//! The attempt as a cookie: sealed, for ten minutes, removed when it comes back.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use prodops_core::keyring::{DataKeys, KeyringError, Place};
use prodops_core::vault::{Purpose, SealedRecord};

use super::attempt::LoginAttempt;

/// The cookie's name. The prefix makes browsers insist on `Secure`, `Path=/` and no `Domain`.
pub const NAME: &str = "__Host-prodops-login";

/// The longest value that is looked at: an attempt with the longest return path.
const LONGEST: usize = 3500;

/// Sent along when the provider sends the browser back, which is a navigation from another site.
const ATTRIBUTES: &str = "Path=/; HttpOnly; Secure; SameSite=Lax";

/// Where the record belongs. A session's is another place, so neither cookie does for the other.
const PLACE: Place<'static> = Place { kind: "login", record: [0; 16], field: "", generation: 0 };

/// The `Set-Cookie` header that keeps an attempt in the browser, sealed under the deployment's keys.
///
/// # Errors
/// When no salt can be had.
pub fn set(keys: &DataKeys, attempt: &LoginAttempt) -> Result<String, KeyringError> {
    let record = attempt.to_bytes().expose(|bytes| keys.seal(Purpose::Session, PLACE, bytes))?;
    let (value, seconds) = (URL_SAFE_NO_PAD.encode(record.as_bytes()), LoginAttempt::LIFETIME_SECONDS);
    Ok(format!("{NAME}={value}; {ATTRIBUTES}; Max-Age={seconds}"))
}

/// The `Set-Cookie` header that removes it: part of every answer to a callback.
#[must_use]
pub fn clear() -> String {
    format!("{NAME}=; {ATTRIBUTES}; Max-Age=0")
}

/// The attempt in the `Cookie` headers of a callback. `None` unless there is exactly one value, and this deployment
/// sealed it.
#[must_use]
pub fn find<'a>(keys: &DataKeys, headers: impl IntoIterator<Item = &'a str>) -> Option<LoginAttempt> {
    let pairs =
        headers.into_iter().flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == NAME).map(|(_, value)| value);
    // Two of them: somebody planted one, and neither is believed.
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let sealed = URL_SAFE_NO_PAD.decode(Some(value).filter(|value| value.len() <= LONGEST)?).ok()?;
    let opened = keys.open(Purpose::Session, PLACE, &SealedRecord::parse(&sealed).ok()?).ok()?;
    LoginAttempt::from_bytes(&opened).ok()
}
