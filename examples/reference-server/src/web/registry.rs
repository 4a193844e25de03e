//! The one way to mount a route: it must say who may come and which actions are asked for.

use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::middleware;
use axum::routing::MethodRouter;
use prodops::policy::Action;
use prodops::web::{Caller, SignedIn};

use super::state::App;

/// Who may come to a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, for this reason.
    Public(&'static str),
    /// The bearer of a live session: a person.
    Session(Ask),
    /// The bearer of a live session or API token.
    Caller(Ask),
}

impl Access {
    /// The bearer of a live session, of whom these actions are asked for inside.
    #[must_use]
    pub const fn session<A: Actions>() -> Self {
        Self::Session(Ask::of::<A>())
    }

    /// The bearer of a live session or API token, of whom these actions are asked for inside.
    #[must_use]
    pub const fn caller<A: Actions>() -> Self {
        Self::Caller(Ask::of::<A>())
    }

    /// What is asked for; `None` of what is public.
    #[must_use]
    pub const fn ask(self) -> Option<Ask> {
        match self {
            Self::Public(_) => None,
            Self::Session(ask) | Self::Caller(ask) => Some(ask),
        }
    }
}

/// What a route asks for. Actions come from their types, so that a name which the policies do not have does not compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    own: &'static str,
    actions: &'static [&'static str],
}

impl Ask {
    /// Nothing of a workspace: what is the caller's own, whatever their role.
    #[must_use]
    pub const fn own(what: &'static str) -> Self {
        Self { own: what, actions: &[] }
    }

    /// These actions: each of them is asked for when the route does what it is there for.
    #[must_use]
    pub const fn of<A: Actions>() -> Self {
        Self { own: "", actions: A::NAMES }
    }

    /// The actions; none where only the caller's own is shown.
    #[must_use]
    pub const fn actions(self) -> &'static [&'static str] {
        self.actions
    }
}

/// One or several actions of the policies, as a tuple of their types.
pub trait Actions {
    /// Their names.
    const NAMES: &'static [&'static str];
}

impl<A: Action> Actions for (A,) {
    const NAMES: &'static [&'static str] = &[A::NAME];
}

impl<A: Action, B: Action> Actions for (A, B) {
    const NAMES: &'static [&'static str] = &[A::NAME, B::NAME];
}

impl<A: Action, B: Action, C: Action> Actions for (A, B, C) {
    const NAMES: &'static [&'static str] = &[A::NAME, B::NAME, C::NAME];
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
