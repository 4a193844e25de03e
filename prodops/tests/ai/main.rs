//! Every provider against a double of its API that really keeps what it is sent, and that fails in every way we know of.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what the tests are made of may panic, too"
)]

#[path = "../engine/place.rs"]
#[allow(dead_code, reason = "shared with the engine's own tests")]
mod place;
#[path = "../engine/repository.rs"]
#[allow(dead_code, reason = "shared with the engine's own tests")]
mod repository;

mod conformance;
mod crash;
mod deployment;
mod double;
mod engine;
mod fuse;
mod scene;
mod settings;
mod shapes;
mod traffic;
