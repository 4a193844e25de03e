//! The promises that core's types make: what cannot be written down, and what the one path to a workspace refuses.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test stops at what it did not expect; long ones say what they did"
)]

mod api_token;
mod audit;
mod chain;
mod compile_fail;
mod csrf;
mod fuzz;
mod keyring;
mod leak_guard;
mod session;
mod vault;
mod world;
