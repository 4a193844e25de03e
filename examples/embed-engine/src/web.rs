//! What every request goes through: cross-site refusal, the session cookie, errors as statuses, headers.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prodops::core::session::{OpaqueToken, VerifiedSession};
use prodops::engine::EngineError;
use serde::de::DeserializeOwned;

use crate::platform::Platform;

/// The prefix makes browsers insist on Secure, `Path=/` and no `Domain`.
const COOKIE: &str = "__Host-embed-engine";

const FIXED: [(HeaderName, &str); 4] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
];

/// The `Set-Cookie` value that begins a session: the engine's opaque token and nothing else.
pub(crate) fn session_cookie(token: &OpaqueToken) -> String {
    format!("{COOKIE}={}; Path=/; HttpOnly; Secure; SameSite=Lax", token.reveal())
}

/// The `Set-Cookie` value that ends it in the browser.
pub(crate) fn clear_cookie() -> String {
    format!("{COOKIE}=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0")
}

fn token_from(headers: &HeaderMap) -> Option<OpaqueToken> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(name, _)| *name == COOKIE).map(|(_, value)| value);
    let first = values.next()?;
    // Two different values mean that somebody planted one: neither is believed.
    if values.any(|other| other != first) { None } else { OpaqueToken::parse(first).ok() }
}

/// The bearer of a live session. A handler that takes it cannot run for anybody else.
#[derive(Debug)]
pub struct Caller {
    /// The session, the only way into a workspace.
    pub session: VerifiedSession,
}

impl FromRequestParts<Arc<Platform>> for Caller {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, platform: &Arc<Platform>) -> Result<Self, Refusal> {
        let token = token_from(&parts.headers).ok_or(Refusal::SIGN_IN)?;
        let session = platform.engine.session(&token).await?.ok_or(Refusal::SIGN_IN)?;
        Ok(Self { session })
    }
}

/// The query string; what does not fit names nothing.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<Platform>> for Query<T> {
    type Rejection = Refusal;
    async fn from_request_parts(parts: &mut Parts, platform: &Arc<Platform>) -> Result<Self, Refusal> {
        #[allow(clippy::disallowed_types, reason = "wrapped here: the refusal becomes one of ours")]
        let inner = axum::extract::Query::<T>::from_request_parts(parts, platform).await;
        inner.map(|inner| Self(inner.0)).map_err(|_| Refusal::NOT_FOUND)
    }
}

/// Why a request gets no answer: a status and one line that says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal(StatusCode, &'static str);

impl Refusal {
    /// Nobody is signed in.
    pub const SIGN_IN: Self = Self(StatusCode::UNAUTHORIZED, "sign in first");
    /// User and code do not belong together.
    pub const WRONG_CODE: Self = Self(StatusCode::UNAUTHORIZED, "no such user and code");
    /// There is no such thing here, or it is not the caller's: the two look the same.
    pub const NOT_FOUND: Self = Self(StatusCode::NOT_FOUND, "not found");
    /// The request came from another site.
    pub const CROSS_SITE: Self = Self(StatusCode::FORBIDDEN, "refused: the request came from another site");
    /// Something failed that the caller cannot mend. The reason is for the host's log.
    pub const FAILED: Self = Self(StatusCode::SERVICE_UNAVAILABLE, "try again later");
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::NotFound => Self::NOT_FOUND,
            EngineError::Denied => Self(StatusCode::FORBIDDEN, "your role does not allow this"),
            EngineError::Input(_) | EngineError::Page => {
                Self(StatusCode::BAD_REQUEST, "the request cannot be read")
            }
            EngineError::Busy => Self(StatusCode::CONFLICT, "a sync is under way: wait for its end"),
            EngineError::Disconnected => Self(StatusCode::CONFLICT, "the repository is disconnected"),
            EngineError::Connector(_) => Self(
                StatusCode::UNPROCESSABLE_ENTITY,
                "the repository cannot be read: check that it is still there",
            ),
            _ => Self::FAILED,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}

/// Lets unsafe methods pass only when the browser says that they come from this very origin. A request that carries
/// neither header is refused: browsers always send one with a form.
///
/// # Errors
/// [`Refusal::CROSS_SITE`].
pub async fn refuse_cross_site(request: Request, next: Next) -> Result<Response, Refusal> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    if safe || same_origin(request.headers()) {
        Ok(next.run(request).await)
    } else {
        Err(Refusal::CROSS_SITE)
    }
}

fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &HeaderValue| value.to_str().unwrap_or("?"));
    if let Some(site) = text(HeaderName::from_static("sec-fetch-site")) {
        return site == "same-origin";
    }
    match (text(header::ORIGIN), text(header::HOST)) {
        // Plain http only: this service listens on loopback. Behind TLS it is `https://`.
        (Some(origin), Some(host)) => origin.strip_prefix("http://") == Some(host),
        _ => false,
    }
}

/// Adds the headers that every answer has.
pub async fn harden(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in FIXED {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
