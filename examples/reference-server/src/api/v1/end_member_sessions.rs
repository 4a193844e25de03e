//! Closes a workspace to every older session.

use axum::http::{Method, StatusCode};
use axum::routing::delete;
use prodops::policy::EndMemberSessions;

use crate::web::{Access, Caller, Path, Problem, Routes};

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(EndMemberSessions,)>();
    routes.mount(access, Method::DELETE, "/api/v1/workspaces/{slug}/sessions", delete(handler))
}

/// Closes the workspace to every session that began before, the caller's own included: members come in again after
/// signing in again.
#[utoipa::path(delete, path = "/api/v1/workspaces/{slug}/sessions", tag = "sessions",
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 204, description = "ended"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn handler(caller: Caller, Path(slug): Path<String>) -> Result<StatusCode, Problem> {
    caller.enter(&slug).await?.end_member_sessions().await?;
    Ok(StatusCode::NO_CONTENT)
}
