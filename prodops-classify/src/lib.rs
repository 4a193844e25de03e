#![doc = include_str!("../README.md")]

mod activity;
mod artefact;
mod change;
mod classifier;

pub use activity::{Prefix, is_bot};
pub use artefact::language_name;
pub use classifier::{ClassifiedCommit, Classifier, CommitInput};
