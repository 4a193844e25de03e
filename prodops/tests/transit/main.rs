//! The transit provider against a double of the engine that really encrypts, and that fails in every way we know of.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what the tests are made of may panic, too"
)]

mod engine;
mod faults;
mod keyring;
mod tokens;
mod wrapping;
