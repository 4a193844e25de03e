//! Protection of requests that change something against forgery by other sites, from values alone.
//!
//! A browser sends the session cookie along whoever made it send the request. So a request with an unsafe method passes
//! only when the browser says that it comes from this very origin, and, where a session is concerned, when it brings what
//! only a page of that session can know. Requests that name their caller in an `Authorization` header are no browser's
//! doing and exempt; one that names two callers is refused.

mod check;
mod origin;
mod token;

pub use check::{Credential, CsrfRefusal, FIELD, HEADER, HeaderText, RequestFacts, check, is_safe};
pub use origin::{Origin, OriginError, is_loopback_host};
pub use token::CsrfToken;
