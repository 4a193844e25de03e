//! The right edge of a tree: all that appending needs.

use serde::{Deserialize, Serialize};

use crate::audit::TreeHash;

/// The roots of the complete subtrees that a tree of this size consists of, largest first: one for each bit of the size.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Parts", into = "Parts")]
pub struct Frontier {
    size: u64,
    subtrees: Vec<TreeHash>,
}

/// Hashes that are no right edge of a tree of this size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the right edge of a tree: its size asks for another number of hashes")]
pub struct FrontierError;

#[derive(Serialize, Deserialize)]
struct Parts {
    size: u64,
    subtrees: Vec<TreeHash>,
}

impl Frontier {
    /// Adds a leaf at the right.
    pub fn append(&mut self, leaf: TreeHash) {
        let mut node = leaf;
        // Every trailing one of the size is a complete subtree that the new node completes to one of twice the size.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.subtrees.pop() {
                node = TreeHash::of_node(&left, &node);
            }
        }
        self.subtrees.push(node);
        self.size = self.size.saturating_add(1);
    }

    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        let mut subtrees = self.subtrees.iter().rev();
        let Some(smallest) = subtrees.next() else { return TreeHash::of_empty_tree() };
        subtrees.fold(*smallest, |right, left| TreeHash::of_node(left, &right))
    }
}

impl TryFrom<Parts> for Frontier {
    type Error = FrontierError;
    fn try_from(Parts { size, subtrees }: Parts) -> Result<Self, FrontierError> {
        let whole = usize::try_from(size.count_ones()) == Ok(subtrees.len());
        if whole { Ok(Self { size, subtrees }) } else { Err(FrontierError) }
    }
}

impl From<Frontier> for Parts {
    fn from(Frontier { size, subtrees }: Frontier) -> Self {
        Self { size, subtrees }
    }
}

impl Extend<TreeHash> for Frontier {
    fn extend<T: IntoIterator<Item = TreeHash>>(&mut self, leaves: T) {
        leaves.into_iter().for_each(|leaf| self.append(leaf));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_back_only_with_as_many_hashes_as_its_size_asks_for() {
        let mut frontier = Frontier::default();
        frontier.extend((0..11u8).map(|n| TreeHash::of_leaf(&[n])));
        let json = serde_json::to_string(&frontier).unwrap();
        assert_eq!(serde_json::from_str::<Frontier>(&json).unwrap(), frontier);
        let longer = json.replace("\"size\":11", "\"size\":12");
        let refused = serde_json::from_str::<Frontier>(&longer).unwrap_err().to_string();
        assert!(refused.contains("not the right edge"), "{refused}");
    }
}
