//! The decision point from outside: the specification by its sections, both workspaces, hostile requests.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests stop where something is wrong")]

mod binding;
mod evaluation;
mod evaluations;
mod hostile;
mod paging;
mod search;
mod service;
mod shipped;
mod tenancy;
