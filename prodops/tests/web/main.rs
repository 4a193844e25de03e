//! The layers in front of a small application, request by request.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests stop where something is wrong"
)]

mod application;
mod bearer;
mod cookie;
mod forgery;
mod transport;
