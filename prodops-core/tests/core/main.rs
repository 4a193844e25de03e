//! The promises that core's types make: what cannot be written down, and what the one path to a workspace refuses.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod chain;
mod compile_fail;
mod keyring;
mod world;
