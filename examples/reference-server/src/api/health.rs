//! Whether the process answers, and whether it can do its work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::get;

use crate::web::{Access, App, Routes};

/// Where it says that it runs.
pub const HEALTH: &str = "/healthz";
/// Where it says whether it is ready.
pub const READINESS: &str = "/readyz";

pub(super) fn mount(routes: Routes) -> Routes {
    routes
        .mount(Access::Public("says only that the process runs"), Method::GET, HEALTH, get(async || "ok\n"))
        .mount(Access::Public("says only whether it can work"), Method::GET, READINESS, get(ready))
}

async fn ready(State(app): State<Arc<App>>) -> (StatusCode, &'static str) {
    if app.engine.sealed().is_some() {
        return (StatusCode::SERVICE_UNAVAILABLE, "sealed: the server's log says why\n");
    }
    match app.engine.backup_is_overdue().await {
        Ok(false) => (StatusCode::OK, "ready\n"),
        Ok(true) => (StatusCode::SERVICE_UNAVAILABLE, "the last backup is older than two of its intervals\n"),
        Err(error) => {
            tracing::error!(%error, "not ready: the backups cannot be looked at");
            (StatusCode::SERVICE_UNAVAILABLE, "the backups cannot be looked at: the server's log says why\n")
        }
    }
}
