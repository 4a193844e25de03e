//! Ends one of the caller's own sessions.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::delete;

use super::id;
use crate::web::{Access, App, Ask, Path, Problem, Routes, SignedIn};

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::Session(Ask::own("sessions of one's own")),
        Method::DELETE,
        "/api/v1/sessions/{id}",
        delete(handler),
    )
}

/// Ends one of the caller's own sessions: its next request is a stranger's.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", tag = "sessions",
    params(("id" = String, Path, description = "the session")),
    responses((status = 204, description = "ended"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn handler(
    State(app): State<Arc<App>>,
    caller: SignedIn,
    Path(session): Path<String>,
) -> Result<StatusCode, Problem> {
    let ended = app.engine.end_session(caller.session(), id(&session)?).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::not_found()) }
}
