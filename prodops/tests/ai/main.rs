//! Every provider against a double of its API that really keeps what it is sent, and that fails in every way we know of.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what the tests are made of may panic, too"
)]

mod conformance;
mod crash;
mod double;
mod fuse;
mod scene;
mod settings;
mod shapes;
mod traffic;
