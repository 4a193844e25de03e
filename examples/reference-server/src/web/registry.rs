//! The one way to mount a route: it must say who may come and which action is asked for.

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::middleware;
use axum::routing::MethodRouter;
use prodops::web::{Caller, SignedIn};

use super::state::App;

/// Who may come to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, for this reason.
    Public(&'static str),
    /// The bearer of a live session: a person. The named action is asked for inside.
    Session(&'static str),
    /// The bearer of a live session or API token. The named action is asked for inside.
    Caller(&'static str),
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
            // The first of two checks: handlers take a `SignedIn` or a `Caller` themselves.
            Access::Session(_) => handler.layer(middleware::from_extractor::<SignedIn>()),
            Access::Caller(_) => handler.layer(middleware::from_extractor::<Caller>()),
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

    /// The router.
    pub fn into_router(self) -> Router<Arc<App>> {
        self.router
    }
}
