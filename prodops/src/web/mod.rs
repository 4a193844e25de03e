//! The engine behind HTTP, for any `axum` application: who makes a request, what protects it, what its answers say to
//! browsers. Feature `axum`.
//!
//! ```
//! use axum::{Router, middleware, routing::get};
//! use prodops::engine::Engine;
//! use prodops::web::{self, Caller, Site, Web};
//!
//! async fn names(caller: Caller) -> Result<String, web::Refusal> {
//!     let own = caller.workspaces().await.map_err(|_| web::Refusal::Unavailable)?;
//!     Ok(own.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join("\n"))
//! }
//!
//! fn application(engine: Engine) -> Router {
//!     let web = Web { engine, site: Site::loopback() };
//!     Router::new()
//!         .route("/workspaces", get(names))
//!         // Around every route and the fallback: a route that is added later is covered as well.
//!         .layer(middleware::from_fn_with_state(web.clone(), web::guard))
//!         .layer(middleware::from_fn_with_state(web.site, web::harden))
//! }
//! ```
//!
//! [`guard`] looks at cookie and `Authorization` header, refuses forged and ambiguous requests, and hands out renewed
//! cookies; [`Caller`] and [`SignedIn`] are what it found. Your login ends with [`SessionCookie::begin`]; feature `login`
//! brings one, `begin_login` and `finish_login`.

mod caller;
mod cookie;
mod credential;
mod form;
mod guard;
mod headers;
#[cfg(feature = "login")]
mod login;
mod refusal;
mod site;

pub use caller::{Caller, SignedIn};
pub use cookie::{SessionCookie, client_family};
pub use credential::cookies;
pub use guard::{Web, guard};
pub use headers::harden;
#[cfg(feature = "login")]
pub use login::{begin_login, finish_login};
pub use refusal::Refusal;
pub use site::Site;
