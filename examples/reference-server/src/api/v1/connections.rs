//! The workspace's connections.

use axum::http::Method;
use axum::routing::get;
use prodops::store::contract::ConnectionRecord;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, Body};
use crate::web::{Access, Caller, Path, Problem, Routes};

/// A connection.
#[derive(Debug, Serialize, ToSchema)]
pub struct Connection {
    /// Its id.
    id: String,
    /// The connector's id.
    connector: String,
    /// Where it reads from.
    target: String,
    /// `active` or `disconnected`.
    state: &'static str,
    /// When the last sync ended, and how; `null` before the first.
    #[schema(value_type = Option<Object>)]
    last_sync: Option<prodops::store::contract::SyncRecord>,
}

impl From<ConnectionRecord> for Connection {
    fn from(row: ConnectionRecord) -> Self {
        Self {
            id: row.id.to_string(),
            connector: row.connector.to_string(),
            target: row.target.to_string(),
            state: row.state.as_str(),
            last_sync: row.last_sync,
        }
    }
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::Caller("ListConnections");
    routes.mount(access, Method::GET, "/api/v1/workspaces/{slug}/connections", get(handler))
}

/// The workspace's connections.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/connections", tag = "connections",
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 200, body = Vec<Connection>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn handler(caller: Caller, Path(slug): Path<String>) -> Answer<Vec<Connection>> {
    let rows = caller.enter(&slug).await?.connections().await?;
    Ok(Body(rows.into_iter().map(Connection::from).collect()))
}
