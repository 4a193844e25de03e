//! The PostgreSQL backend against the contract, directly and behind pgbouncer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "fixtures beside the tests: a broken promise stops the test, and a test tells what it tried"
)]
#![cfg(unix)]

mod attacks;
mod dashboards;
mod differential;
mod direct;
mod faults;
mod filters;
mod ingest;
mod keyring;
mod locks;
mod pooled;
mod rows;
