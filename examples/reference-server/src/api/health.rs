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

async fn ready(State(app): State<Arc<App>>) -> (StatusCode, String) {
    match app.engine.readiness().await {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(missing) => (StatusCode::SERVICE_UNAVAILABLE, format!("{missing}\n")),
    }
}
