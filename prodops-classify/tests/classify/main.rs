//! The crate against git itself, and against any bytes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where something is wrong"
)]

mod activity;
mod ages;
mod allocations;
mod any_bytes;
mod counts;
mod git;
mod history;
mod hostile;
mod kinds;
mod mutation;
mod oracle;
mod patches;
mod paths;
mod renames;
mod squashes;
