//! The one way to mount a route: it must say who may come and which action is asked for.

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::MethodRouter;

use super::cookie::token_from;
use super::origin::same_origin;
use super::problem::Problem;
use super::state::App;

/// Who may come to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, for this reason.
    Public(&'static str),
    /// The bearer of a live session; the named action is asked for inside.
    Session(&'static str),
}

/// One mounted route, as tests see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The method.
    pub method: Method,
    /// The path with its parameters in braces.
    pub path: &'static str,
    /// Who may come.
    pub access: Access,
}

/// Collects routes.
#[derive(Debug, Default)]
pub struct Routes {
    router: Router<Arc<App>>,
    endpoints: Vec<Endpoint>,
}

impl Routes {
    /// Mounts one method of one path.
    #[must_use]
    pub fn mount(
        mut self,
        access: Access,
        method: Method,
        path: &'static str,
        handler: MethodRouter<Arc<App>>,
    ) -> Self {
        let guarded = match access {
            Access::Public(_) => handler,
            // The first of two checks: handlers take a `Caller`, which verifies the session itself.
            Access::Session(_) => handler.layer(middleware::from_fn(require_cookie)),
        };
        self.router = self.router.route(path, guarded);
        self.endpoints.push(Endpoint { method, path, access });
        self
    }

    /// Everything that is mounted.
    #[must_use]
    pub fn endpoints(&self) -> &[Endpoint] {
        &self.endpoints
    }

    /// The router; unsafe methods of other sites are refused on every route.
    pub fn into_router(self) -> Router<Arc<App>> {
        self.router.layer(middleware::from_fn(refuse_cross_site))
    }
}

async fn require_cookie(request: Request, next: Next) -> Response {
    if token_from(request.headers()).is_none() {
        return Problem::sign_in().into_response();
    }
    next.run(request).await
}

async fn refuse_cross_site(request: Request, next: Next) -> Response {
    if !same_origin(request.method(), request.headers()) {
        return Problem::cross_site().into_response();
    }
    next.run(request).await
}
