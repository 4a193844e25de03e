//! The service from outside: requests into the router, repositories that the git executable made.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests stop where something is wrong"
)]

mod cross_site;
mod service;
mod sign_in;
mod storage;
mod teams;
