//! Whether the process answers.

use axum::http::Method;
use axum::routing::get;

use crate::web::{Access, Routes};

/// Where it is.
pub const PATH: &str = "/healthz";

pub(super) fn mount(routes: Routes) -> Routes {
    routes.mount(Access::Public("says only that the process runs"), Method::GET, PATH, get(async || "ok\n"))
}
