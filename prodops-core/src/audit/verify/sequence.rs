//! The tree's leaves in order, against the checkpoints that were signed over them.

use std::collections::BTreeMap;

use super::finding::{Finding, Problem};
use super::log::LogCheck;
use crate::audit::tree::Frontier;
use crate::audit::{Checkpoint, TreeHash};
use crate::id::WorkspaceId;

/// A leaf of the tree, and which entry of which log it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct SequencedLeaf {
    /// Whose log; `None` is the deployment's own.
    pub workspace: Option<WorkspaceId>,
    /// The entry's place in that log.
    pub seq: u64,
    /// The entry's leaf hash.
    pub hash: TreeHash,
}

/// The leaves by log, as a tree with these checkpoints has them.
#[derive(Debug)]
pub struct SequencedTree {
    /// The checkpoints that are not reached yet, the smallest last.
    waiting: Vec<Checkpoint>,
    frontier: Frontier,
    by_log: BTreeMap<Option<WorkspaceId>, Vec<TreeHash>>,
    /// The first leaf after the newest checkpoint that fits.
    unsigned: Option<SequencedLeaf>,
    /// How many leaves the newest checkpoint that fits is about.
    signed: u64,
    findings: Vec<Finding>,
}

impl SequencedTree {
    /// Begins with the checkpoints that are believed: their signatures are checked, in whatever order they come.
    #[must_use]
    pub fn new(mut checkpoints: Vec<Checkpoint>) -> Self {
        checkpoints.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size));
        let mut tree = Self {
            waiting: checkpoints,
            frontier: Frontier::default(),
            by_log: BTreeMap::new(),
            unsigned: None,
            signed: 0,
            findings: Vec::new(),
        };
        tree.compare();
        tree
    }

    /// Takes the next leaf of the tree.
    pub fn leaf(&mut self, leaf: SequencedLeaf) {
        self.unsigned.get_or_insert(leaf);
        self.expect(leaf);
        self.frontier.append(leaf.hash);
        self.compare();
    }

    /// Takes an entry that waits for its place in the tree, after the last leaf.
    pub fn queued(&mut self, leaf: SequencedLeaf) {
        self.expect(leaf);
    }

    fn expect(&mut self, leaf: SequencedLeaf) {
        let log = self.by_log.entry(leaf.workspace).or_default();
        let next = u64::try_from(log.len()).unwrap_or(u64::MAX).saturating_add(1);
        if leaf.seq == next {
            log.push(leaf.hash);
        } else {
            let (workspace, seq) = (leaf.workspace, leaf.seq.min(next));
            self.findings.push(Finding::Entry { workspace, seq, problem: Problem::OutOfPlace });
        }
    }

    /// Compares the checkpoints over as many leaves as there are now.
    fn compare(&mut self) {
        while let Some(checkpoint) = self.waiting.pop_if(|next| next.size == self.frontier.size()) {
            if checkpoint.root == self.frontier.root() {
                (self.signed, self.unsigned) = (checkpoint.size, None);
            } else if let Some(SequencedLeaf { workspace, seq, .. }) = self.unsigned {
                let (from, to) = (self.signed, checkpoint.size);
                self.findings.push(Finding::TreeRewritten { from, to, workspace, seq });
                // Whatever follows does not fit either: one finding says it.
                self.waiting.clear();
            } else {
                let (size, signed) = (self.frontier.size(), checkpoint.size);
                self.findings.push(Finding::TreeTruncated { size, signed });
            }
        }
    }

    /// Ends the tree: what is wrong with it. Empty when every checkpoint fits.
    #[must_use]
    pub fn finish(&mut self) -> Vec<Finding> {
        let size = self.frontier.size();
        if let Some(Checkpoint { size: signed, .. }) = self.waiting.first() {
            self.findings.push(Finding::TreeTruncated { size, signed: *signed });
            self.waiting.clear();
        }
        std::mem::take(&mut self.findings)
    }

    /// How many leaves the newest checkpoint that fits is about.
    #[must_use]
    pub const fn signed(&self) -> u64 {
        self.signed
    }

    /// How many leaves there are.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root of the leaves so far.
    #[must_use]
    pub fn root(&self) -> TreeHash {
        self.frontier.root()
    }

    /// Every log that has a leaf. One of them that the store knows nothing of was deleted.
    pub fn logs(&self) -> impl Iterator<Item = Option<WorkspaceId>> {
        self.by_log.keys().copied()
    }

    /// How many leaves a log has, those in the queue included.
    #[must_use]
    pub fn entries_of(&self, workspace: Option<WorkspaceId>) -> u64 {
        self.by_log.get(&workspace).map_or(0, |leaves| u64::try_from(leaves.len()).unwrap_or(u64::MAX))
    }

    /// Begins to compare the entries of one log with its leaves.
    #[must_use]
    pub fn log(&self, workspace: Option<WorkspaceId>) -> LogCheck<'_> {
        LogCheck::new(workspace, self.by_log.get(&workspace).map_or(&[], Vec::as_slice))
    }
}
