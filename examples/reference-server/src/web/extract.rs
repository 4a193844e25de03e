//! Extractors whose refusals are problems.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use super::state::App;

/// Parts of the path. What does not fit names nothing: not found.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for Path<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        #[allow(clippy::disallowed_types, reason = "wrapped here: the refusal becomes a problem")]
        let inner = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        inner.map(|inner| Self(inner.0)).map_err(|_| Problem::not_found())
    }
}

/// The query string.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Arc<App>> for Query<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        #[allow(clippy::disallowed_types, reason = "wrapped here: the refusal becomes a problem")]
        let inner = axum::extract::Query::<T>::from_request_parts(parts, app).await;
        inner.map(|inner| Self(inner.0)).map_err(|refusal| Problem::bad_request(refusal.body_text()))
    }
}

/// A form's body.
#[derive(Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<Arc<App>> for Form<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        let inner = axum::extract::Form::<T>::from_request(request, app).await;
        inner.map(|inner| Self(inner.0)).map_err(|refusal| Problem::bad_request(refusal.body_text()))
    }
}

/// A JSON body.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequest<Arc<App>> for Json<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, Problem> {
        #[allow(clippy::disallowed_types, reason = "wrapped here: the refusal becomes a problem")]
        let inner = axum::extract::Json::<T>::from_request(request, app).await;
        inner.map(|inner| Self(inner.0)).map_err(|refusal| Problem::bad_request(refusal.body_text()))
    }
}
