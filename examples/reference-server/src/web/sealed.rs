//! What a deployment without its keys answers.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::state::App;
use crate::api::health::{HEALTH, READINESS};

/// While the deployment has no access to its keys it says so, whatever it is asked but how it is: nobody is sent to a sign-in
/// that cannot be.
pub async fn say_so_while_sealed(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let answers = matches!(path, HEALTH | READINESS) || path.starts_with("/assets/");
    if app.engine.sealed().is_some() && !answers {
        return Problem::sealed().into_response();
    }
    next.run(request).await
}
