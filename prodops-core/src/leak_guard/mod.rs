//! The leak guard: watches byte sinks for live secrets without keeping the secrets.
//!
//! A secret is registered while it lives. What is kept of it are keyed hashes of the first and the last sixteen bytes of
//! every [`Form`] in which it may turn up. A [`Sink`] is a place where bytes leave: a log, an exporter of traces, the bodies of HTTP
//! answers, a panic's message. What passes a sink is scanned; a secret is replaced by `[redacted]`, counted, and told to
//! whoever wants to know.
//!
//! # Security
//! - It is the second line: a secret should not get as far as a sink at all.
//! - Found is every form that begins or ends as registered. A piece out of the middle is not found, nor is what was
//!   compressed, encrypted, split up with other characters or encoded twice, nor a list of decimal numbers: sixteen
//!   characters of one are four bytes, too few to tell a secret by.
//! - A secret that is cut by writes is found. What was passed on before its sixteenth byte arrived is out: at most fifteen
//!   bytes, and none unless the writer was flushed in between.
//! - The hashes are keyed with random keys of this guard. Whoever reads the memory of the process finds no secret in it, and
//!   for a secret of random bytes nothing to guess it from.
//! - Register what is secret, without a public beginning of sixteen bytes or more: everything that begins alike is
//!   redacted with it.

mod claims;
mod filter;
pub(crate) mod form;
mod guard;
mod panic;
mod redactor;
mod registry;
mod sensitive;
mod sink;
#[cfg(test)]
mod tests;
mod window;
mod writer;

pub use form::Form;
pub use guard::{Hit, Leak, LeakGuard, OnLeak, Registration};
pub use panic::PanicHook;
pub use redactor::Redactor;
pub use sensitive::{RegisterError, Sensitive};
pub use sink::{Reveal, Sink};
pub use writer::GuardedWriter;
