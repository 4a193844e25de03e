#![doc = include_str!("../README.md")]

#[cfg(feature = "ai")]
pub mod ai;
pub mod engine;
mod ingest;
#[cfg(feature = "transit")]
pub mod keys;
#[cfg(feature = "login")]
pub mod login;
#[cfg(feature = "axum")]
pub mod web;

pub use prodops_classify as classify;
pub use prodops_connectors as connectors;
pub use prodops_core as core;
pub use prodops_metrics as metrics;
pub use prodops_policy as policy;
pub use prodops_store as store;

/// The example of the workspace's README, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct WorkspaceReadme;
