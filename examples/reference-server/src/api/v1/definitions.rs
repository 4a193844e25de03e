//! What the metrics mean.

use axum::http::Method;
use axum::routing::get;
use prodops::metrics::{DEFINITIONS, Definition, FILE_DEFINITIONS};

use super::Body;
use crate::web::{Access, Routes};

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::Public("what a number means is the same for everybody");
    routes.mount(access, Method::GET, "/api/v1/definitions", get(handler))
}

/// Every definition: question, formula, unit, statistic, null policy, limitations.
#[utoipa::path(get, path = "/api/v1/definitions", tag = "metrics",
    responses((status = 200, body = Vec<Object>)))]
pub async fn handler() -> Body<Vec<&'static Definition>> {
    Body(DEFINITIONS.iter().chain(FILE_DEFINITIONS).copied().collect())
}
