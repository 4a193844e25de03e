//! A small service with a login of its own that embeds the ProdOps engine.
//!
//! [`login`] is the host's: its users, and what it does once it has verified one. [`platform`] is set up once, when the
//! program starts. [`web`] recognises the caller of a request, and [`dashboard`] answers.

pub mod dashboard;
pub mod login;
pub mod platform;
pub mod web;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use axum::routing::{get, post};

use platform::Platform;

/// Every route of the service.
pub fn router(platform: Arc<Platform>) -> Router {
    Router::new()
        .route("/", get(dashboard::page))
        .route("/report.json", get(dashboard::report_json))
        .route("/sync", post(dashboard::sync))
        .route("/login", post(login::sign_in))
        .route("/logout", post(login::sign_out))
        // Around every route and the fallback: a route that is added later is covered as well.
        .layer(middleware::from_fn(web::refuse_cross_site))
        .layer(middleware::from_fn(web::harden))
        .with_state(platform)
}
