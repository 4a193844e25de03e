//! The session cookie in requests and answers.

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponseParts, ResponseParts};
use prodops_core::session::{ClientFamily, OpaqueToken, cookie};

use crate::engine::{Engine, EngineError};

/// A `Set-Cookie` header that begins, goes on with, or ends a session. Put it into an answer as one of its parts.
#[derive(Debug, Clone)]
#[must_use = "a cookie that is not part of an answer reaches no browser"]
pub struct SessionCookie(HeaderValue);

impl SessionCookie {
    /// Begins a session in the browser: what your login answers with once it has called
    /// [`Engine::sign_in`](crate::engine::Engine::sign_in).
    ///
    /// # Errors
    /// When the token cannot be sealed.
    pub async fn begin(engine: &Engine, token: &OpaqueToken) -> Result<Self, EngineError> {
        let value = engine.seal_session(token).await?;
        // What is sealed is base64url, which every header takes.
        let mut header = HeaderValue::from_str(&cookie::set(&value)).map_err(|_| EngineError::NotFound)?;
        header.set_sensitive(true);
        Ok(Self(header))
    }

    /// Ends it in the browser. [`Engine::sign_out`](crate::engine::Engine::sign_out) ends it in the engine.
    pub fn end() -> Self {
        Self(HeaderValue::from_str(&cookie::clear()).unwrap_or(HeaderValue::from_static("")))
    }

    /// # Security
    /// An answer that carries a session is nobody else's, whatever it said about caching.
    pub(super) fn append_to(self, headers: &mut HeaderMap) {
        headers.append(header::SET_COOKIE, self.0);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}

impl IntoResponseParts for SessionCookie {
    type Error = std::convert::Infallible;
    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        self.append_to(parts.headers_mut());
        Ok(parts)
    }
}

/// What a request was made with, for [`Engine::sign_in_from`](crate::engine::Engine::sign_in_from).
#[must_use]
pub fn client_family(headers: &HeaderMap) -> ClientFamily {
    let header = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    ClientFamily::from_user_agent(header.unwrap_or_default())
}

fn is_session_cookie(value: &HeaderValue) -> bool {
    value.as_bytes().strip_prefix(cookie::NAME.as_bytes()).is_some_and(|rest| rest.starts_with(b"="))
}

/// Whether the answer says something about the session cookie already.
pub(super) fn has_session_cookie(headers: &HeaderMap) -> bool {
    headers.get_all(header::SET_COOKIE).iter().any(is_session_cookie)
}

/// Takes the session cookie out of an answer; other cookies stay.
pub(super) fn remove_session_cookie(headers: &mut HeaderMap) {
    if let header::Entry::Occupied(entry) = headers.entry(header::SET_COOKIE) {
        let (_, values) = entry.remove_entry_mult();
        let others: Vec<HeaderValue> = values.filter(|value| !is_session_cookie(value)).collect();
        for value in others {
            headers.append(header::SET_COOKIE, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_session_cookie_is_taken_out() {
        let mut headers = HeaderMap::new();
        for value in ["theme=dark", "__Host-prodops=abc; Path=/", "__Host-prodops2=x", "__Host-prodops="] {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(value));
        }
        assert!(has_session_cookie(&headers));
        remove_session_cookie(&mut headers);
        assert!(!has_session_cookie(&headers));
        let kept: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(kept, ["theme=dark", "__Host-prodops2=x"]);
    }
}
