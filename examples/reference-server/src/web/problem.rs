//! Every error of the API: `application/problem+json` (RFC 9457).

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use prodops::connectors::contract::ConnectorError;
use prodops::engine::EngineError;
use prodops::store::StoreError;
use prodops::web::Refusal;
use serde::Serialize;
use utoipa::ToSchema;

/// What went wrong, for programs and people. It never carries a value of another workspace, a secret or source text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The kind of problem, a stable relative reference.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Problem {
    /// The kind of problem that a deployment without its keys has.
    pub const SEALED: &'static str = "/problems/sealed";

    /// The kind of problem that somebody has whose role does not allow what they asked for.
    pub const DENIED: &'static str = "/problems/denied";

    /// A problem of a kind.
    #[must_use]
    pub const fn new(status: StatusCode, kind: &'static str, title: &'static str) -> Self {
        Self { kind, title, status: status.as_u16(), detail: None }
    }

    /// The same with words of its own.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// There is no such thing here, or the caller may not know of it.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "/problems/not-found", "Not found")
    }

    /// Nobody is signed in.
    #[must_use]
    pub const fn sign_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "/problems/sign-in", "Sign in first")
    }

    /// The deployment has no access to its keys. Which ones are meant is for the operator's log, not for whoever asks.
    #[must_use]
    pub fn sealed() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Self::SEALED, "This deployment has no access to its keys")
            .with_detail("Nothing was lost or changed. Its operator finds the reason in the server's log.")
    }

    /// A part of the request cannot be read.
    #[must_use]
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "/problems/bad-request", "The request cannot be read")
            .with_detail(detail)
    }

    /// The status as a number with a name.
    #[must_use]
    pub fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (kind, title) = match refusal {
            Refusal::SignIn => return Self::sign_in(),
            Refusal::Forged(_) => ("/problems/forged", "Refused: the request may be forged"),
            Refusal::Unavailable => ("/problems/unavailable", "Try again later"),
            _ => ("/problems/not-allowed", "Not allowed here"),
        };
        Self::new(refusal.status(), kind, title).with_detail(refusal.to_string())
    }
}

/// Says what `prodops::web` refuses in this server's own form.
pub async fn refusals_as_problems(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(refusal) = response.extensions().get::<Refusal>().copied() else { return response };
    let mut problem = Problem::from(refusal).into_response();
    // What else the refusal said stays, such as a renewed cookie.
    for (name, value) in response.headers() {
        if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH {
            problem.headers_mut().append(name, value.clone());
        }
    }
    problem
}

impl From<EngineError> for Problem {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::NotFound => Self::not_found(),
            EngineError::Denied => {
                Self::new(StatusCode::FORBIDDEN, Self::DENIED, "Your role does not allow this")
            }
            EngineError::Input(_)
            | EngineError::Page
            | EngineError::UnknownConnector { .. }
            | EngineError::UnknownProvider { .. }
            | EngineError::Consent(_)
            | EngineError::Store(StoreError::Invalid { .. }) => Self::bad_request(error.to_string()),
            EngineError::Connector(
                ConnectorError::Unusable { .. }
                | ConnectorError::Gone { .. }
                | ConnectorError::Corrupt { .. },
            ) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/source", "The source cannot be read")
                .with_detail(error.to_string()),
            EngineError::Busy
            | EngineError::Disconnected
            | EngineError::Store(
                StoreError::Conflict { .. } | StoreError::Fenced | StoreError::AlreadyExists { .. },
            ) => Self::new(StatusCode::CONFLICT, "/problems/conflict", "Not possible now")
                .with_detail(error.to_string()),
            EngineError::Store(StoreError::Full) => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "/problems/full", "The store is full")
            }
            EngineError::Sealed(_) => Self::sealed(),
            other => {
                tracing::error!(error = %other, "request failed");
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "/problems/unavailable", "Try again later")
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let json = HeaderValue::from_static("application/problem+json");
        let mut response = (self.status_code(), [(header::CONTENT_TYPE, json)], body).into_response();
        // For the layer that shows problems as pages to people.
        response.extensions_mut().insert(self);
        response
    }
}
