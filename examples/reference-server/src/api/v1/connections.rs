//! The workspace's connections.

use axum::http::Method;
use axum::routing::get;
use prodops::engine::Integration;
use prodops::policy::ListConnections;
use prodops::store::contract::{ConnectionRecord, JobState};
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
    /// When it is read next, RFC 3339; `null` when it is being read, was given up, or is not read by itself.
    next_sync: Option<String>,
    /// Why the last attempts to read it failed, such as `unreachable`; `null` when the last one did not.
    failure: Option<&'static str>,
    /// How many attempts in a row failed.
    failed_attempts: u32,
    /// Whether it failed so often that nobody tries any more: ask for a sync once the cause is mended.
    given_up: bool,
}

impl From<ConnectionRecord> for Connection {
    fn from(row: ConnectionRecord) -> Self {
        Self {
            id: row.id.to_string(),
            connector: row.connector.to_string(),
            target: row.target.to_string(),
            state: row.state.as_str(),
            last_sync: row.last_sync,
            next_sync: None,
            failure: None,
            failed_attempts: 0,
            given_up: false,
        }
    }
}

impl From<Integration> for Connection {
    fn from(Integration { connection, job }: Integration) -> Self {
        let Some(job) = job else { return Self::from(connection) };
        let waits = job.state == JobState::Queued;
        let running = u32::from(matches!(job.state, JobState::Running { .. }));
        Self {
            next_sync: waits.then(|| job.run_after.to_string()),
            failure: job.failed.map(|(_, code)| code.as_str()),
            failed_attempts: job.attempts.saturating_sub(running),
            given_up: job.state == JobState::Dead,
            ..Self::from(connection)
        }
    }
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(ListConnections,)>();
    routes.mount(access, Method::GET, "/api/v1/workspaces/{slug}/connections", get(handler))
}

/// The workspace's connections, and how reading them goes.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/connections", tag = "connections",
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 200, body = Vec<Connection>), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn handler(caller: Caller, Path(slug): Path<String>) -> Answer<Vec<Connection>> {
    let rows = caller.enter(&slug).await?.integrations().await?;
    Ok(Body(rows.into_iter().map(Connection::from).collect()))
}
