//! Who may do what, what a set of policies must look like, and what cannot be written down.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod compile_fail;
mod drift;
mod explain;
mod generator;
mod kit;
mod load;
mod matrix;
mod operators;
mod oracle;
mod overlay;
mod permit;
mod record;
mod reload;
mod strict;
mod world;
