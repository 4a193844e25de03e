//! Why a request is turned away before any handler sees it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use prodops_core::session::csrf::CsrfRefusal;

/// Why a request is turned away. An answer made from it carries the value itself in its extensions, so that a layer of
/// yours can say the same in your application's own form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// There is no live session or API token.
    #[error("sign in first")]
    SignIn,
    /// The identity provider vouches for somebody whom nobody here has added.
    #[error("nobody has added you here: ask whoever runs this deployment")]
    Stranger,
    /// An API token where only a session will do.
    #[error("only for people: api tokens are not accepted here")]
    PeopleOnly,
    /// It may be forged: see [`CsrfRefusal`].
    #[error(transparent)]
    Forged(#[from] CsrfRefusal),
    /// Its form is larger than forms of this application are.
    #[error("the form is too large")]
    TooLarge,
    /// Somebody between browser and application may have read along.
    #[error("refused over plain http: use the https address, or localhost on the same machine")]
    PlainHttp,
    /// Callers cannot be looked up now.
    #[error("try again later")]
    Unavailable,
}

impl Refusal {
    /// The HTTP status that goes with it.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::SignIn => StatusCode::UNAUTHORIZED,
            Self::Forged(CsrfRefusal::TwoCallers) => StatusCode::BAD_REQUEST,
            Self::Stranger | Self::PeopleOnly | Self::Forged(_) | Self::PlainHttp => StatusCode::FORBIDDEN,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status(), self.to_string()).into_response();
        if self == Self::SignIn {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
