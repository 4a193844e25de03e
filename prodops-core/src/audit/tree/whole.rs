//! Every hash of a tree, level by level.

use crate::audit::TreeHash;

/// A tree with all its complete subtrees in memory: 64 bytes a leaf.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tree {
    /// At `levels[height][index]` the root of the complete subtree over leaves `index * 2^height` and on.
    levels: Vec<Vec<TreeHash>>,
    size: u64,
}

impl FromIterator<TreeHash> for Tree {
    fn from_iter<T: IntoIterator<Item = TreeHash>>(leaves: T) -> Self {
        let mut levels = vec![leaves.into_iter().collect::<Vec<_>>()];
        let size = levels.first().map_or(0, |leaves| u64::try_from(leaves.len()).unwrap_or(u64::MAX));
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            levels.push(below.as_chunks::<2>().0.iter().map(|[a, b]| TreeHash::of_node(a, b)).collect());
        }
        Self { levels, size }
    }
}

impl Tree {
    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the whole tree.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        self.range(0, self.size)
    }

    /// The root that the tree had when it had so many leaves; `None` when it never had as many.
    #[must_use]
    pub fn root_at(&self, size: u64) -> Option<TreeHash> {
        (size <= self.size).then(|| self.range(0, size))
    }

    /// The root of the complete subtree of this height over the `index`-th group of `2^height` leaves.
    #[must_use]
    pub fn subtree(&self, height: u32, index: u64) -> Option<TreeHash> {
        let level = self.levels.get(usize::try_from(height).ok()?)?;
        level.get(usize::try_from(index).ok()?).copied()
    }

    /// The hashes that lead from a leaf to the root of the tree at `size`, from the bottom up. `None` for a leaf or a size
    /// that the tree does not have.
    #[must_use]
    pub fn inclusion_proof(&self, index: u64, size: u64) -> Option<Vec<TreeHash>> {
        if index >= size || size > self.size {
            return None;
        }
        let (mut proof, mut from, mut to) = (Vec::new(), 0u64, size);
        while to.saturating_sub(from) > 1 {
            let middle = from.saturating_add(split(to.saturating_sub(from)));
            if index < middle {
                proof.push(self.range(middle, to));
                to = middle;
            } else {
                proof.push(self.range(from, middle));
                from = middle;
            }
        }
        proof.reverse();
        Some(proof)
    }

    /// The hashes that show that the tree at `old` leaves is where the tree at `new` leaves began. `None` unless
    /// `0 < old <= new` and the tree has as many leaves.
    #[must_use]
    pub fn consistency_proof(&self, old: u64, new: u64) -> Option<Vec<TreeHash>> {
        if old == 0 || old > new || new > self.size {
            return None;
        }
        let (mut proof, mut from, mut to) = (Vec::new(), 0u64, new);
        while to != old {
            let middle = from.saturating_add(split(to.saturating_sub(from)));
            if old <= middle {
                proof.push(self.range(middle, to));
                to = middle;
            } else {
                proof.push(self.range(from, middle));
                from = middle;
            }
        }
        if from > 0 {
            // The old tree does not end with a subtree that starts at its first leaf: the verifier cannot know this one.
            proof.push(self.range(from, to));
        }
        proof.reverse();
        Some(proof)
    }

    /// MTH of the leaves `from..to`, where `from` is a multiple of the largest power of two below the length.
    fn range(&self, from: u64, to: u64) -> TreeHash {
        let length = to.saturating_sub(from);
        if length == 0 {
            return TreeHash::of_empty_tree();
        }
        if length.is_power_of_two() {
            let height = length.trailing_zeros();
            // INVARIANT: callers stay inside the tree, and every complete subtree is there.
            return self.subtree(height, from >> height).unwrap_or_default();
        }
        let middle = from.saturating_add(split(length));
        TreeHash::of_node(&self.range(from, middle), &self.range(middle, to))
    }
}

/// The largest power of two below `length`, which is at least 2.
const fn split(length: u64) -> u64 {
    1 << (63 - length.saturating_sub(1).leading_zeros())
}
