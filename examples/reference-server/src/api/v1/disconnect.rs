//! Cuts a connection.

use axum::http::Method;
use axum::routing::delete;
use prodops::policy::Disconnect;

use super::connections::Connection;
use super::{Answer, Body, id};
use crate::web::{Access, Caller, Path, Problem, Routes};

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(Disconnect,)>();
    routes.mount(access, Method::DELETE, "/api/v1/workspaces/{slug}/connections/{id}", delete(handler))
}

/// Cuts a connection: nothing is read through it any more, what was read stays.
#[utoipa::path(delete, path = "/api/v1/workspaces/{slug}/connections/{id}", tag = "connections",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("id" = String, Path, description = "the connection")),
    responses((status = 200, body = Connection), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn handler(caller: Caller, Path((slug, connection)): Path<(String, String)>) -> Answer<Connection> {
    let row = caller.enter(&slug).await?.disconnect(id(&connection)?).await?;
    Ok(Body(row.into()))
}
