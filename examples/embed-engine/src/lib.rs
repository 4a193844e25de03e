//! A small service with a login of its own that embeds the ProdOps engine.
//!
//! [`login`] is the host's: its users, in a table of its own, and what it does once it has verified one. [`schema`] prepares
//! the database that host and engine share, [`platform`] is set up once, when the program starts. `prodops::web` recognises the caller of a request and protects it, and [`dashboard`] answers.

pub mod dashboard;
pub mod login;
pub mod platform;
pub mod schema;
pub mod web;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};
use prodops::web::{Site, Web, guard, harden};

use platform::Platform;

/// Every route of the service.
pub fn router(platform: Arc<Platform>) -> Router {
    // Plain http on this machine; behind TLS it is `Site::https(origin)`.
    let layers = Web { engine: platform.engine.clone(), site: Site::loopback() };
    Router::new()
        .route("/", get(dashboard::page))
        .route("/report.json", get(dashboard::report_json))
        .route("/sync", post(dashboard::sync))
        .route("/login", post(login::sign_in))
        .route("/logout", post(login::sign_out))
        // Around every route and the fallback: a route that is added later is covered as well.
        .layer(middleware::from_fn_with_state(layers.clone(), guard))
        .layer(middleware::from_fn_with_state(layers.site, harden))
        .with_state(platform)
}
