//! The engine from outside: who may do what, what it leaves behind, and what survives a kill.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "tests stop where something is wrong, and mint their own evidence to look into stores"
)]

mod admission;
mod api_token;
mod backup;
mod connection;
mod decision;
mod deletion;
mod duplicates;
mod erasure;
mod isolation;
mod keys;
mod kill;
mod labels;
mod lines;
mod place;
mod policies;
mod repository;
mod restore;
mod roles;
mod rotation;
mod session;
mod step;
mod trail;
mod transparency;
mod worker;
mod worker_kill;
