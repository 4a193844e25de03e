//! Following a redirect: a new request that keeps no secret it should not.

use http::header::{AUTHORIZATION, COOKIE, LOCATION, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderValue, StatusCode};

use super::response::Response;
use super::target::Target;

/// The URL that the answer redirects to, not yet checked; `None` when it is no redirect.
pub(super) fn location(from: &Target, response: &Response) -> Option<String> {
    let redirects = matches!(
        response.status(),
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    );
    let location = response.headers().get(LOCATION).filter(|_| redirects)?;
    Some(from.absolute(&String::from_utf8_lossy(location.as_bytes())))
}

/// Removes what is meant for another origin.
pub(super) fn strip_secrets(headers: &mut HeaderMap) {
    let secret = |name: &_, value: &HeaderValue| {
        value.is_sensitive() || [AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION].contains(name)
    };
    let names: Vec<_> =
        headers.iter().filter(|(name, value)| secret(*name, value)).map(|(name, _)| name.clone()).collect();
    for name in names {
        headers.remove(name);
    }
}
