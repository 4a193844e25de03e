//! Bodies in and out: JSON objects.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::Refused;
use crate::model::Members;
use crate::strict_json;

/// The members of the object that a request's body is.
pub(super) struct Body(pub(super) Members);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        if !is_json(request.headers().get(header::CONTENT_TYPE)) {
            return Err(Refused::bad_request("the `Content-Type` is not `application/json`"));
        }
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|rejection| Refused::new(rejection.status(), rejection.body_text()))?;
        let json = strict_json::read(&bytes);
        let json = json.map_err(|error| Refused::bad_request(format!("the body is not JSON: {error}")))?;
        Members::of(json).map(Body)
    }
}

/// Parameters such as `charset=utf-8` are allowed.
fn is_json(content_type: Option<&HeaderValue>) -> bool {
    let essence =
        content_type.and_then(|value| value.to_str().ok()).and_then(|value| value.split(';').next());
    essence.is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
}

/// An answer. It holds for this moment only, so nobody may keep it.
pub(super) struct Answer<T = Value>(pub(super) T);

impl<T: Serialize> IntoResponse for Answer<T> {
    fn into_response(self) -> Response {
        let headers = [
            (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        // INVARIANT: what answers are made of can be written as JSON.
        (headers, serde_json::to_vec(&self.0).unwrap_or_default()).into_response()
    }
}
