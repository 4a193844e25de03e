//! The RFC 6962 Merkle tree: what a writer keeps of it, the whole of it, and proofs about it.
//!
//! A [`Frontier`] appends with a few dozen hashes in hand, whatever the size. A [`Tree`] holds every hash, for proofs
//! and tiles. Proofs are checked by [`verify_inclusion`] and [`verify_consistency`], the algorithms of RFC 9162.

mod frontier;
mod proof;
mod whole;

pub use frontier::{Frontier, FrontierError};
pub use proof::{ProofError, verify_consistency, verify_inclusion};
pub use whole::Tree;
