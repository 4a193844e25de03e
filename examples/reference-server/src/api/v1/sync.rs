//! Starts a sync in the background.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::post;
use prodops::connectors::contract::Silent;

use super::id;
use crate::web::{Access, App, Caller, Path, Problem, Routes};

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::Caller("RunSync");
    routes.mount(access, Method::POST, "/api/v1/workspaces/{slug}/connections/{id}/sync", post(handler))
}

/// Starts to read what is new behind a connection. Watch the overview, or list the connections, to see how it ends.
#[utoipa::path(post, path = "/api/v1/workspaces/{slug}/connections/{id}/sync", tag = "connections",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("id" = String, Path, description = "the connection")),
    responses((status = 202, description = "started"), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn handler(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, connection)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let workspace = caller.enter(&slug).await?;
    let connection = id(&connection)?;
    let started = workspace.begin_sync(connection).await?;
    let running = Arc::clone(&app);
    tokio::spawn(async move {
        let result = running.board.run(started, &Silent, &running.stopping).await;
        if let Err(error) = result {
            tracing::warn!(%connection, %error, "sync ended early");
        }
    });
    Ok(StatusCode::ACCEPTED)
}
