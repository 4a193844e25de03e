//! The only way out of the process: https to declared hosts, at addresses that were checked.
//!
//! An [`Egress`] holds what the operator decided: which authorities are trusted ([`Roots`]), where may be gone
//! ([`Register`] of [`Destination`]s) and who hears of it ([`ConnectRecorder`]). Each use of the network gets an
//! [`EgressClient`] of its own, which reaches the destinations declared for its purpose and no others.
//!
//! # Security
//! - **https only.** Plain http exists for a [`LocalEndpoint`], which names host and port, and ends on this machine.
//! - **Exact hosts.** A URL's host and port must equal a declared one. Nothing is decoded, mapped or shortened before
//!   the comparison, so that another spelling of a host is another host; IP addresses are no hosts.
//! - **Checked addresses.** Names are resolved here. If one address of the answer is private, local or otherwise not
//!   where the declaration leads, no connection is made. A connection goes to the very address that was checked: a name that
//!   changes its mind in between changes nothing.
//! - **No redirects** unless a request asks for them; then each hop is a new request that passes every check, and
//!   secret headers stay with the origin they were meant for.
//! - **No ambient state.** No proxy or other setting from the environment, no cookies, no cache, no decompression.
//! - **Bounds** on time and on the size of an answer ([`Limits`]).
//! - **Secrets** are in headers marked sensitive and in bodies that are wiped; no error and no `Debug` holds a path, a
//!   query, a header value or a body.
//!
//! What it does not do: certificates are not checked for revocation, and buffers inside the HTTP and TLS libraries are
//! not wiped.

mod address;
mod client;
mod connect;
mod destination;
mod error;
mod fault;
mod limits;
mod record;
mod redirect;
mod register;
mod request;
mod resolver;
mod response;
mod roots;
mod target;
mod tls;

pub use address::AddressKind;
pub use client::{Egress, EgressBuilder, EgressClient};
pub use destination::{Destination, HostError, LocalEndpoint};
pub use error::EgressError;
pub use fault::{TlsFault, UrlFault};
pub use limits::Limits;
#[cfg(any(test, feature = "testing"))]
pub use record::RecordedAttempts;
pub use record::{ConnectAttempt, ConnectOutcome, ConnectRecorder, LoggedAttempts};
pub use register::Register;
pub use request::Request;
pub use resolver::{Resolver, SystemResolver};
pub use response::Response;
pub use roots::{Roots, RootsError};
