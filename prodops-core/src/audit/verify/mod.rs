//! Finds what was edited, deleted, reordered or cut off, and says where.
//!
//! First the tree: [`SequencedTree`] takes the leaves in order together with the checkpoints that were signed over them.
//! Then each log: [`SequencedTree::log`] takes its entries in order and compares them with the leaves. Both stream;
//! what is kept in memory is one hash a leaf.

mod finding;
mod log;
mod sequence;

pub use finding::{Finding, Problem};
pub use log::LogCheck;
pub use sequence::{SequencedLeaf, SequencedTree};
