//! The HTTPS binding of the specification.

mod body;
mod caller;
mod evaluation;
mod evaluations;
mod metadata;
mod refused;
mod request_id;
mod search;

use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::{get, post};
use axum::{Extension, Router};

use crate::credential::Credentials;
use crate::decision::Point;
use crate::page::PageKey;
pub use metadata::{Identifier, IdentifierError};
pub(crate) use refused::Refused;

/// Bytes of a request's body at most.
const BODY: usize = 1 << 20;

/// What the routes work with.
#[derive(Debug)]
pub struct Served {
    /// The decision point.
    pub point: Point,
    /// Who may ask.
    pub credentials: Credentials,
    /// The key of the page tokens.
    pub pages: PageKey,
    /// Under which address it is known.
    pub identifier: Identifier,
}

/// The routes. Those below `/access` answer nobody without a token.
pub fn router(served: Served) -> Router {
    Router::new()
        .route("/access/v1/evaluation", post(evaluation::evaluate))
        .route("/access/v1/evaluations", post(evaluations::evaluate))
        .route("/access/v1/search/subject", post(search::subjects))
        .route("/access/v1/search/resource", post(search::resources))
        .route("/access/v1/search/action", post(search::actions))
        .route("/.well-known/authzen-configuration", get(metadata::show))
        .fallback(async || Refused::new(StatusCode::NOT_FOUND, "there is no such endpoint"))
        .method_not_allowed_fallback(async || {
            Refused::new(StatusCode::METHOD_NOT_ALLOWED, "this endpoint takes another method")
        })
        .layer(DefaultBodyLimit::max(BODY))
        .layer(Extension(Arc::new(served)))
        .layer(middleware::from_fn(request_id::echo))
}
