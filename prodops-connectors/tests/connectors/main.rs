//! The git connector against real repositories, and the sync driver against failing stores and sources.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what the tests are made of may panic, too"
)]

mod damage;
mod driver_content;
mod driver_records;
#[cfg(feature = "http")]
mod egress;
mod git_oracle;
mod hostile;
mod kinds;
mod places;
mod reading;
mod repository;
mod resync;
mod shapes;
mod sink;
mod times;
