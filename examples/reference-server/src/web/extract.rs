//! Extractors whose refusals are problems, and the caller behind a request.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use prodops::core::id::RequestId;
use prodops::core::input::WorkspaceSlug;
use prodops::core::session::VerifiedSession;
use prodops::engine::Workspace;
use serde::de::DeserializeOwned;

use super::cookie::token_from;
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

/// Who makes the request: the bearer of a live session.
#[derive(Debug)]
pub struct Caller {
    /// The session.
    pub session: VerifiedSession,
    request: Option<RequestId>,
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let token = token_from(&parts.headers).ok_or_else(Problem::sign_in)?;
        let session = app.engine.session(&token).await?.ok_or_else(Problem::sign_in)?;
        Ok(Self { session, request: parts.extensions.get::<RequestId>().copied() })
    }
}

impl Caller {
    /// Enters one of the caller's own workspaces.
    ///
    /// # Errors
    /// Not found, also for slugs that are no slugs and for workspaces of others.
    pub async fn enter(&self, app: &App, slug: &str) -> Result<Workspace, Problem> {
        let slug = WorkspaceSlug::new(slug).map_err(|_| Problem::not_found())?;
        let workspace = app.engine.enter(&self.session, &slug).await?;
        Ok(match self.request {
            Some(request) => workspace.for_request(request),
            None => workspace,
        })
    }
}
