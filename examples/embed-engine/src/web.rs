//! What every request of this service goes through besides `prodops::web`: errors as statuses, and the query string.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use prodops::engine::EngineError;
use prodops::web;
use serde::de::DeserializeOwned;

use crate::platform::Platform;

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

impl From<web::Refusal> for Refusal {
    fn from(refusal: web::Refusal) -> Self {
        match refusal {
            web::Refusal::SignIn => Self::SIGN_IN,
            _ => Self::FAILED,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, self.1).into_response()
    }
}
