//! The embedded backend against the contract, on disk and on failing disks.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "fixtures beside the tests: a broken promise should stop the test"
)]

mod compaction;
mod faults;
mod file;
mod ledger;
mod memory;
mod reseal;
mod sequencer;
mod tampering;
