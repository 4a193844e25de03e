//! The caller's own sessions.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use prodops::engine::OwnSession;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, Body};
use crate::web::{Access, App, Ask, Problem, Routes, SignedIn};

/// A session of the caller.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    id: String,
    /// When it began, RFC 3339.
    created: String,
    /// When it was last used, to within a minute, RFC 3339.
    last_seen: String,
    /// What it was begun with, such as `Firefox on Linux`.
    client: String,
    /// Whether it is the one that asks.
    current: bool,
}

impl From<OwnSession> for Session {
    fn from(session: OwnSession) -> Self {
        Self {
            id: session.id.to_string(),
            created: session.created.to_string(),
            last_seen: session.last_seen.to_string(),
            client: session.client.to_string(),
            current: session.current,
        }
    }
}

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::Session(Ask::own("sessions of one's own")),
        Method::GET,
        "/api/v1/sessions",
        get(handler),
    )
}

/// The caller's own sessions that are in force, the present one first. Only for sessions: API tokens have none.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "sessions", responses(
    (status = 200, body = Vec<Session>), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn handler(State(app): State<Arc<App>>, caller: SignedIn) -> Answer<Vec<Session>> {
    let own = app.engine.sessions(caller.session()).await?;
    Ok(Body(own.into_iter().map(Session::from).collect()))
}
