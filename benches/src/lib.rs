//! Measurements of ProdOps beside named peers: what the benchmarks share. The method is in the README.

pub mod authorisation;
pub mod commit_text;
#[cfg(unix)]
pub mod content_report;
pub mod corpus;
pub mod cpu;
pub mod generator;
pub mod git;
pub mod peer;
pub mod reading;
pub mod scenario;
pub mod secrets;
pub mod source_text;
#[cfg(unix)]
pub mod store_report;
pub mod token;
