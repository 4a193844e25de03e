//! Signing in, against a double that answers as an attacker would, and against a provider that others wrote.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what the tests are made of may panic, too"
)]

mod answers;
mod callbacks;
mod cookies;
mod counterpart;
mod discovery;
mod keys;
mod scene;
mod sign_in;
mod tokens;
#[cfg(feature = "axum")]
mod web;
