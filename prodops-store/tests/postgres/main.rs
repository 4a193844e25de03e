//! The PostgreSQL backend against the contract, directly and behind pgbouncer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "fixtures beside the tests: a broken promise should stop the test"
)]
#![cfg(unix)]

mod attacks;
mod direct;
mod filters;
mod pooled;
mod rows;
