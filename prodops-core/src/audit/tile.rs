//! C2SP tiles: the files in which a tree and its leaves are handed to third-party tools.

use std::fmt;

use super::tree::Tree;

/// The hashes or entries in a full tile.
pub const TILE_WIDTH: u64 = 256;
/// A tile spans this many levels of the tree.
const TILE_HEIGHT: u32 = 8;

/// The place of a tile: as text, its path below the log's root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TilePath {
    /// The level; `None` is a bundle of entries.
    level: Option<u32>,
    /// The place on its level.
    index: u64,
    /// How many hashes or entries it has: 1 to 256.
    width: u64,
}

impl TilePath {
    /// Every tile of hashes of a tree of this size, level by level from the leaves.
    pub fn of_hashes(size: u64) -> impl Iterator<Item = Self> {
        let levels = (0..8).map(move |level| (level, size >> (TILE_HEIGHT * level)));
        levels.take_while(|(_, hashes)| *hashes > 0).flat_map(|(level, hashes)| {
            cut(hashes).map(move |(index, width)| Self { level: Some(level), index, width })
        })
    }

    /// Every bundle of entries of a tree of this size.
    pub fn of_entries(size: u64) -> impl Iterator<Item = Self> {
        cut(size).map(|(index, width)| Self { level: None, index, width })
    }

    /// The leaves that a bundle of entries, or a tile of leaf hashes, is about: from the first on, so many.
    #[must_use]
    pub const fn leaves(&self) -> (u64, u64) {
        (self.index.saturating_mul(TILE_WIDTH), self.width)
    }

    /// The tile's content: its hashes, one after another. `None` for a bundle, or when the tree is too small.
    #[must_use]
    pub fn hashes(&self, tree: &Tree) -> Option<Vec<u8>> {
        let height = self.level?.checked_mul(TILE_HEIGHT)?;
        let first = self.index.checked_mul(TILE_WIDTH)?;
        let hash = |n| tree.subtree(height, n).map(|hash| *hash.as_bytes());
        let hashes: Option<Vec<_>> = (first..first.checked_add(self.width)?).map(hash).collect();
        Some(hashes?.concat())
    }
}

/// One entry as a bundle holds it: two bytes of length, then the leaf. `None` for a leaf that is too long.
#[must_use]
pub fn bundled(leaf: &[u8]) -> Option<Vec<u8>> {
    let length = u16::try_from(leaf.len()).ok()?;
    Some([&length.to_be_bytes()[..], leaf].concat())
}

/// Full groups of 256 and the rest: the index and the width of each.
fn cut(count: u64) -> impl Iterator<Item = (u64, u64)> {
    let (full, rest) = (count / TILE_WIDTH, count % TILE_WIDTH);
    (0..full).map(|index| (index, TILE_WIDTH)).chain((rest > 0).then_some((full, rest)))
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.level {
            Some(level) => write!(f, "tile/{level}/")?,
            None => f.write_str("tile/entries/")?,
        }
        let groups: Vec<u64> =
            std::iter::successors(Some(self.index), |n| Some(n / 1000).filter(|n| *n > 0)).collect();
        for (place, group) in groups.iter().enumerate().rev() {
            let sign = if place > 0 { "x" } else { "" };
            let end = if place > 0 { "/" } else { "" };
            write!(f, "{sign}{:03}{end}", group % 1000)?;
        }
        if self.width < TILE_WIDTH { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl TilePath {
    #[cfg(test)]
    const fn full(index: u64) -> Self {
        Self { level: Some(0), index, width: TILE_WIDTH }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::TreeHash;

    #[test]
    fn paths_are_those_of_the_specification() {
        assert_eq!(TilePath::full(1_234_067).to_string(), "tile/0/x001/x234/067");
        assert_eq!(TilePath::full(0).to_string(), "tile/0/000");
        assert_eq!(TilePath::full(1_000).to_string(), "tile/0/x001/000");
    }

    #[test]
    fn a_tree_of_70_000_has_the_tiles_that_the_specification_counts() {
        let paths: Vec<String> = TilePath::of_hashes(70_000).map(|path| path.to_string()).collect();
        assert_eq!(paths.iter().filter(|path| path.starts_with("tile/0/")).count(), 274);
        assert_eq!(paths[273..], ["tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]);
        let small: Vec<String> = TilePath::of_hashes(256).map(|path| path.to_string()).collect();
        assert_eq!(small, ["tile/0/000", "tile/1/000.p/1"]);
        assert_eq!(TilePath::of_hashes(0).count() + TilePath::of_entries(0).count(), 0);
        let bundles: Vec<String> = TilePath::of_entries(300).map(|path| path.to_string()).collect();
        assert_eq!(bundles, ["tile/entries/000", "tile/entries/001.p/44"]);
    }

    #[test]
    fn upper_tiles_hold_the_roots_of_full_tiles_below() {
        let leaves: Vec<TreeHash> = (0..600u32).map(|n| TreeHash::of_leaf(&n.to_be_bytes())).collect();
        let tree: Tree = leaves.iter().copied().collect();
        let upper = TilePath::of_hashes(600).last().unwrap();
        let roots: Vec<_> = leaves
            .chunks_exact(256)
            .map(|full| *full.iter().copied().collect::<Tree>().root().as_bytes())
            .collect();
        assert_eq!(upper.hashes(&tree).unwrap(), roots.concat());
    }
}
