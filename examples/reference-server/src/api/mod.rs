//! The JSON API: one endpoint per file, and its OpenAPI description.

mod health;
mod openapi;
mod v1;

pub use openapi::document;

use crate::web::Routes;

/// Mounts every endpoint of the API.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    v1::mount(openapi::mount(health::mount(routes)))
}
