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
    /// How many leaves the newest of the store's own checkpoints is about.
    own: u64,
    frontier: Frontier,
    by_log: BTreeMap<Option<WorkspaceId>, Leaves>,
    /// The first leaf after the newest checkpoint that fits.
    unsigned: Option<SequencedLeaf>,
    /// How many leaves the newest checkpoint that fits is about.
    signed: u64,
    /// Whether no leaf is missing so far.
    whole: bool,
    findings: Vec<Finding>,
}

/// What the tree and the queue have of one log.
#[derive(Debug, Default)]
struct Leaves {
    hashes: Vec<TreeHash>,
    /// Whether some stood where it does not belong: what follows it says nothing more.
    out_of_place: bool,
}

impl SequencedTree {
    /// Begins with the checkpoints that are believed: their signatures are checked, in whatever order they come. `own` are those
    /// that lie beside the tree: the newest of them must be over all of it. `elsewhere` are those that others kept.
    #[must_use]
    pub fn new(own: Vec<Checkpoint>, elsewhere: Vec<Checkpoint>) -> Self {
        let newest = own.iter().map(|checkpoint| checkpoint.size).max();
        let mut waiting = [own, elsewhere].concat();
        waiting.sort_by_key(|checkpoint| std::cmp::Reverse(checkpoint.size));
        let mut tree = Self {
            waiting,
            own: newest.unwrap_or_default(),
            frontier: Frontier::default(),
            by_log: BTreeMap::new(),
            unsigned: None,
            signed: 0,
            whole: true,
            findings: Vec::new(),
        };
        tree.compare();
        tree
    }

    /// Takes the next leaf of the tree under the index that the store has it at; `None` when it cannot be read back. `false` once
    /// one is missing: what comes after it cannot be told from anything else.
    pub fn leaf(&mut self, index: u64, leaf: Option<SequencedLeaf>) -> bool {
        let next = self.frontier.size();
        match leaf.filter(|_| self.whole && index == next) {
            Some(leaf) => {
                self.unsigned.get_or_insert(leaf);
                self.expect(leaf);
                self.frontier.append(leaf.hash);
                self.compare();
            }
            None if self.whole => {
                self.whole = false;
                self.waiting.clear();
                let problem = if index == next { Problem::Unreadable } else { Problem::Missing };
                self.findings.push(Finding::Leaf { index: next, problem });
            }
            None => {}
        }
        self.whole
    }

    /// Takes an entry that waits for its place in the tree, after the last leaf.
    pub fn queued(&mut self, leaf: SequencedLeaf) {
        self.expect(leaf);
    }

    fn expect(&mut self, leaf: SequencedLeaf) {
        let log = self.by_log.entry(leaf.workspace).or_default();
        if !self.whole || log.out_of_place {
            return;
        }
        let next = u64::try_from(log.hashes.len()).unwrap_or(u64::MAX).saturating_add(1);
        if leaf.seq == next {
            log.hashes.push(leaf.hash);
        } else {
            log.out_of_place = true;
            let (workspace, seq) = (leaf.workspace, leaf.seq.min(next));
            self.findings.push(Finding::Entry { workspace, seq, problem: Problem::OutOfPlace });
        }
    }

    /// Compares the checkpoints over as many leaves as there are now.
    fn compare(&mut self) {
        let size = self.frontier.size();
        if self.waiting.last().is_none_or(|next| next.size != size) {
            return;
        }
        let (root, mut fits, mut differs) = (self.frontier.root(), false, false);
        while let Some(checkpoint) = self.waiting.pop_if(|next| next.size == size) {
            fits |= checkpoint.root == root;
            differs |= checkpoint.root != root;
        }
        if differs {
            self.findings.push(self.another_history(fits));
            // Whatever follows does not fit either: one finding says it.
            self.waiting.clear();
        } else {
            (self.signed, self.unsigned) = (size, None);
        }
    }

    /// Leaves that a checkpoint of their number is not about, though another one may be.
    fn another_history(&self, fits: bool) -> Finding {
        let (from, to) = (self.signed, self.frontier.size());
        match self.unsigned {
            Some(SequencedLeaf { workspace, seq, .. }) if fits => {
                Finding::TreeForked { from, to, workspace, seq }
            }
            Some(SequencedLeaf { workspace, seq, .. }) => Finding::TreeRewritten { from, to, workspace, seq },
            // There is one empty tree: whoever signed another one signed over leaves.
            None => Finding::TreeTruncated { size: to, signed: from },
        }
    }

    /// Ends the tree, with its right edge as the store has it, `None` when that cannot be read back: what is wrong with it. Empty
    /// when every checkpoint fits, and the store's own newest one and the right edge are about all leaves.
    #[must_use]
    pub fn finish(&mut self, stored: Option<&Frontier>) -> Vec<Finding> {
        let size = self.frontier.size();
        if let Some(Checkpoint { size: signed, .. }) = self.waiting.first() {
            self.findings.push(Finding::TreeTruncated { size, signed: *signed });
            self.waiting.clear();
        }
        // An entry out of place says nothing of the tree; any other finding says why the rest cannot fit.
        if self.findings.iter().all(|finding| matches!(finding, Finding::Entry { .. })) {
            let signed = self.signed.min(self.own);
            if signed != size {
                self.findings.push(Finding::Unsigned { size, signed });
            }
        }
        if self.whole && stored != Some(&self.frontier) {
            self.findings.push(Finding::RightEdge { size, stored: stored.map(Frontier::size) });
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
        self.by_log.get(&workspace).map_or(0, |log| u64::try_from(log.hashes.len()).unwrap_or(u64::MAX))
    }

    /// Begins to compare the entries of one log with its leaves.
    #[must_use]
    pub fn log(&self, workspace: Option<WorkspaceId>) -> LogCheck<'_> {
        match self.by_log.get(&workspace) {
            Some(log) => LogCheck::new(workspace, &log.hashes, self.whole && !log.out_of_place),
            None => LogCheck::new(workspace, &[], self.whole),
        }
    }
}
