//! Several processes on one PostgreSQL database: killed at any point, and the database under them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests stop where something is wrong"
)]
#![cfg(unix)]

mod database;
mod kills;
mod life;
mod outage;
#[allow(dead_code, reason = "shared with the tests of one process")]
#[path = "../engine/place.rs"]
mod place;
#[allow(dead_code, reason = "shared with the tests of one process")]
#[path = "../engine/repository.rs"]
mod repository;
mod time;
