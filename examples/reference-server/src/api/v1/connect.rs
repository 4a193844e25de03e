//! Makes a connection.

use axum::http::{Method, StatusCode};
use axum::routing::post;
use prodops::core::input::{ConnectionTarget, ConnectorId};
use prodops::policy::Connect;
use serde::Deserialize;
use utoipa::ToSchema;

use super::Body;
use super::connections::Connection;
use crate::web::{Access, Caller, Json, Path, Problem, Routes};

/// What to connect.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The connector's id, such as `git`.
    connector: String,
    /// Where to read from.
    target: String,
}

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(
        Access::caller::<(Connect,)>(),
        Method::POST,
        "/api/v1/workspaces/{slug}/connections",
        post(handler),
    )
}

/// Connects the workspace to a source, after the connector has checked that it can be read.
#[utoipa::path(post, path = "/api/v1/workspaces/{slug}/connections", tag = "connections", request_body = Wanted,
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 201, body = Connection), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn handler(
    caller: Caller,
    Path(slug): Path<String>,
    Json(wanted): Json<Wanted>,
) -> Result<(StatusCode, Body<Connection>), Problem> {
    let workspace = caller.enter(&slug).await?;
    let unusable = |error: prodops::core::input::InputError| Problem::bad_request(error.to_string());
    let connector = ConnectorId::new(&wanted.connector).map_err(unusable)?;
    let target = ConnectionTarget::new(&wanted.target).map_err(unusable)?;
    let row = workspace.connect(&connector, &target).await?;
    Ok((StatusCode::CREATED, Body(row.into())))
}
