//! HTTP without any page: sessions, problems, extractors, headers, the route registry.

mod cookie;
mod extract;
mod headers;
mod leaks;
mod origin;
mod problem;
mod registry;
mod state;

pub use cookie::{COOKIE, clear_cookie, session_cookie, token_from};
pub use extract::{Caller, Json, Path, Query};
pub use headers::{harden, request_id};
pub use leaks::redact;
pub use origin::same_origin;
pub use problem::Problem;
pub use registry::{Access, Endpoint, Routes};
pub use state::App;
