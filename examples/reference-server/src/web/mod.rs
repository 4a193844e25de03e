//! HTTP without any page: problems, extractors, headers, the route registry. Who makes a request and what protects it is
//! `prodops::web`'s matter.

mod extract;
mod headers;
mod leaks;
mod problem;
mod registry;
mod sealed;
mod state;

pub use extract::{Form, Json, Path, Query};
pub use headers::{content_policy, request_id};
pub use leaks::redact;
pub use problem::{Problem, refusals_as_problems};
pub use prodops::core::session::cookie::NAME as COOKIE;
pub use prodops::web::{Caller, SignedIn};
pub use registry::{Access, Actions, Ask, Endpoint, Routes};
pub use sealed::say_so_while_sealed;
pub use state::App;
