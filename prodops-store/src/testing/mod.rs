//! What backend authors test with: the conformance suite, and the rows that it is filled with.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "test kit: a broken promise should stop the test, and tests mint their own evidence"
)]

pub mod conformance;
mod contents;
mod fixture;
mod generate;
mod keys;
#[cfg(all(unix, feature = "postgres"))]
pub mod postgres;

pub use contents::Contents;
pub use fixture::{Fixture, Source, Subject, Tenant};
pub use generate::{Generate, History};
pub use keys::KeysOnDemand;
