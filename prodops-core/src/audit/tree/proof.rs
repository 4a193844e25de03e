//! Proofs, checked as RFC 9162 (2.1.3.2 and 2.1.4.2) says.

use crate::audit::TreeHash;

/// A proof does not prove what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProofError {
    /// The sizes or the place cannot be.
    #[error("the proof is for a place or size that no such tree has")]
    Range,
    /// There are too few or too many hashes for these sizes.
    #[error("the proof has another length than its place and sizes ask for")]
    Length,
    /// It leads to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Checks that the tree of this size and root has this leaf at `index`.
///
/// # Errors
/// When the proof does not show it.
pub fn verify_inclusion(
    leaf: &TreeHash,
    index: u64,
    size: u64,
    root: &TreeHash,
    proof: &[TreeHash],
) -> Result<(), ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let mut walk = Walk { node: index, last: size.saturating_sub(1) };
    let mut hash = *leaf;
    for sibling in proof {
        hash = match walk.step().ok_or(ProofError::Length)? {
            Side::Left => TreeHash::of_node(sibling, &hash),
            Side::Right => TreeHash::of_node(&hash, sibling),
        };
    }
    walk.finish(&[(&hash, root)])
}

/// Checks that the tree of size `old` is where the tree of size `new` began.
///
/// # Errors
/// When the proof does not show it.
pub fn verify_consistency(
    (old, old_root): (u64, &TreeHash),
    (new, new_root): (u64, &TreeHash),
    proof: &[TreeHash],
) -> Result<(), ProofError> {
    if old == 0 || old > new {
        return Err(ProofError::Range);
    }
    if old == new {
        return if !proof.is_empty() {
            Err(ProofError::Length)
        } else if old_root == new_root {
            Ok(())
        } else {
            Err(ProofError::Root)
        };
    }
    let (seed, rest) = match proof {
        _ if old.is_power_of_two() => (old_root, proof),
        [first, rest @ ..] => (first, rest),
        [] => return Err(ProofError::Length),
    };
    let levels = old.trailing_zeros();
    let mut walk = Walk { node: old.saturating_sub(1) >> levels, last: new.saturating_sub(1) >> levels };
    let (mut old_hash, mut new_hash) = (*seed, *seed);
    for sibling in rest {
        match walk.step().ok_or(ProofError::Length)? {
            Side::Left => {
                old_hash = TreeHash::of_node(sibling, &old_hash);
                new_hash = TreeHash::of_node(sibling, &new_hash);
            }
            Side::Right => new_hash = TreeHash::of_node(&new_hash, sibling),
        }
    }
    walk.finish(&[(&old_hash, old_root), (&new_hash, new_root)])
}

enum Side {
    Left,
    Right,
}

/// The way from a node up to the root: its place on its level and the last place there (`fn` and `sn` in the RFC).
struct Walk {
    node: u64,
    last: u64,
}

impl Walk {
    /// On which side the next sibling is; `None` at the root.
    fn step(&mut self) -> Option<Side> {
        if self.last == 0 {
            return None;
        }
        let left = self.node & 1 == 1 || self.node == self.last;
        if left && self.node & 1 == 0 {
            // Without a sibling on this level: up to where there is one.
            let levels = self.node.trailing_zeros().min(63);
            self.up(levels);
        }
        self.up(1);
        Some(if left { Side::Left } else { Side::Right })
    }

    const fn up(&mut self, levels: u32) {
        self.node >>= levels;
        self.last >>= levels;
    }

    fn finish(&self, pairs: &[(&TreeHash, &TreeHash)]) -> Result<(), ProofError> {
        if self.last != 0 {
            return Err(ProofError::Length);
        }
        if pairs.iter().all(|(computed, stated)| computed == stated) { Ok(()) } else { Err(ProofError::Root) }
    }
}
