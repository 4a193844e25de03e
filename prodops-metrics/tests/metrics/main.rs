//! Reports against a second implementation, and at their edges.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code: a broken assumption should stop the test"
)]

mod edges;
mod generate;
mod json;
mod oracle;
mod privacy;
mod properties;
