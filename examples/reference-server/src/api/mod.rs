//! The JSON API: one endpoint per file, and its OpenAPI description.

pub mod health;
pub mod openapi;
#[allow(clippy::missing_errors_doc, reason = "the description of an operation lists its answers")]
#[allow(unused_qualifications, reason = "the OpenAPI macro qualifies the types of parameters itself")]
pub mod v1;

pub use openapi::document;

use crate::web::Routes;

/// Mounts every endpoint of the API.
#[must_use]
pub fn mount(routes: Routes) -> Routes {
    v1::mount(openapi::mount(health::mount(routes)))
}
