//! Asks for a sync in the background.

use axum::http::{Method, StatusCode};
use axum::routing::post;
use prodops::policy::RunSync;

use super::id;
use crate::web::{Access, Caller, Path, Problem, Routes};

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(RunSync,)>();
    routes.mount(access, Method::POST, "/api/v1/workspaces/{slug}/connections/{id}/sync", post(handler))
}

/// Has what is new behind a connection read as soon as a worker has time for it, also when that was given up before. List the
/// connections to see how it ends.
#[utoipa::path(post, path = "/api/v1/workspaces/{slug}/connections/{id}/sync", tag = "connections",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("id" = String, Path, description = "the connection")),
    responses((status = 202, description = "planned"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn handler(
    caller: Caller,
    Path((slug, connection)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    caller.enter(&slug).await?.request_sync(id(&connection)?).await?;
    Ok(StatusCode::ACCEPTED)
}
