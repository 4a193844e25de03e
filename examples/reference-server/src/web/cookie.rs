//! The session cookie: an opaque 256-bit id and nothing else.

use axum::http::{HeaderMap, header};
use prodops::core::session::OpaqueToken;

/// The cookie's name. The prefix makes browsers insist on Secure, `Path=/` and no `Domain`.
pub const COOKIE: &str = "__Host-prodops";

/// The `Set-Cookie` value that begins a session.
///
/// Chromium accepts Secure cookies from `http://localhost` as well, which is where the local commands serve.
#[must_use]
pub fn session_cookie(token: &OpaqueToken) -> String {
    format!("{COOKIE}={}; Path=/; HttpOnly; Secure; SameSite=Lax", token.reveal())
}

/// The `Set-Cookie` value that ends it in the browser.
#[must_use]
pub fn clear_cookie() -> String {
    format!("{COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0")
}

/// The token that a request carries; `None` when there is none or several that differ.
#[must_use]
pub fn token_from(headers: &HeaderMap) -> Option<OpaqueToken> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value);
    let first = values.next()?;
    // Two different values mean that somebody planted one: neither is believed.
    if values.any(|other| other != first) {
        return None;
    }
    OpaqueToken::parse(first).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(lines: &[String]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, line.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_planted_second_cookie_ends_belief_in_both() {
        let (one, two) = ("a1".repeat(32), "b2".repeat(32));
        assert!(token_from(&cookies(&[format!("x=1; {COOKIE}={one}")])).is_some());
        assert!(token_from(&cookies(&[format!("{COOKIE}={one}; {COOKIE}={one}")])).is_some());
        assert!(token_from(&cookies(&[format!("{COOKIE}={one}; {COOKIE}={two}")])).is_none());
        assert!(token_from(&cookies(&[format!("{COOKIE}={one}"), format!("{COOKIE}={two}")])).is_none());
        assert!(token_from(&cookies(&[format!("{COOKIE}={}", "a".repeat(100_000))])).is_none());
        assert!(token_from(&HeaderMap::new()).is_none());
    }
}
