//! The server as a caller meets it: routes, sessions, problems, pages, commands.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop"
)]

mod api;
mod audit;
mod browser;
mod commands;
mod deletion;
#[path = "../guarantees/mod.rs"]
mod guarantees;
mod integrations;
mod line_ages;
mod login;
mod openapi;
mod pages;
mod policy_check;
mod policy_eval;
mod policy_page;
mod postgres;
mod process_log;
mod protection;
mod providers;
mod sessions;
mod site;
mod vault;
