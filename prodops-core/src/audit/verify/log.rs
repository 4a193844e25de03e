//! The entries of one log in order, against the leaves that the tree has of it.

use super::finding::{Finding, Problem};
use crate::audit::{AuditEntry, KeptEntry, LogHead, TreeHash};
use crate::id::WorkspaceId;

/// Compares one log with the leaves of the tree; see [`SequencedTree::log`](super::SequencedTree::log).
#[derive(Debug)]
pub struct LogCheck<'t> {
    workspace: Option<WorkspaceId>,
    leaves: &'t [TreeHash],
    /// Whether these are all that the tree and the queue have of the log.
    complete: bool,
    last: LogHead,
    bad: Option<(u64, Problem)>,
}

impl<'t> LogCheck<'t> {
    pub(super) const fn new(workspace: Option<WorkspaceId>, leaves: &'t [TreeHash], complete: bool) -> Self {
        let last = LogHead { seq: 0, hash: TreeHash::ZERO };
        Self { workspace, leaves, complete, last, bad: None }
    }

    /// Takes the next entry, under the number that the store has it at; `None` when it cannot be read back. `false` once
    /// something is wrong: nothing after that is looked at.
    pub fn entry(&mut self, seq: u64, kept: Option<&KeptEntry>) -> bool {
        if self.bad.is_none() {
            match self.check(seq, kept) {
                Ok(hash) => self.last = LogHead { seq, hash },
                Err(bad) => self.bad = Some(bad),
            }
        }
        self.bad.is_none()
    }

    fn check(&self, seq: u64, kept: Option<&KeptEntry>) -> Result<TreeHash, (u64, Problem)> {
        let next = self.last.seq.saturating_add(1);
        if seq != next {
            return Err(if seq > next { (next, Problem::Missing) } else { (seq, Problem::OutOfPlace) });
        }
        let kept = kept.ok_or((seq, Problem::Unreadable))?;
        let committed = self.leaf(seq).unwrap_or(kept.hash);
        if let Some(entry) = &kept.body {
            self.check_body(seq, entry, committed)?;
        }
        if committed == kept.hash { Ok(committed) } else { Err((seq, Problem::Altered)) }
    }

    fn check_body(&self, seq: u64, entry: &AuditEntry, committed: TreeHash) -> Result<(), (u64, Problem)> {
        if entry.seq != seq || entry.event.workspace != self.workspace {
            return Err((seq, Problem::OutOfPlace));
        }
        if entry.hash() != Ok(committed) {
            return Err((seq, Problem::Altered));
        }
        if entry.prev == self.last.hash { Ok(()) } else { Err((seq, Problem::Unchained)) }
    }

    fn leaf(&self, seq: u64) -> Option<TreeHash> {
        let index = usize::try_from(seq.checked_sub(1)?).ok()?;
        self.leaves.get(index).copied()
    }

    /// Ends the log, with its head as the store has it, `None` when that cannot be read back: how many entries it has.
    ///
    /// # Errors
    /// The first entry that is bad, or that should be there and is not.
    pub fn finish(self, head: Option<LogHead>) -> Result<u64, Finding> {
        let (workspace, last) = (self.workspace, self.last);
        if let Some((seq, problem)) = self.bad.or_else(|| self.at_the_end(head.unwrap_or(last))) {
            return Err(Finding::Entry { workspace, seq, problem });
        }
        head.map_or(Err(Finding::Head { workspace }), |_| Ok(last.seq))
    }

    fn at_the_end(&self, head: LogHead) -> Option<(u64, Problem)> {
        let last = self.last;
        let leaves = u64::try_from(self.leaves.len()).unwrap_or(u64::MAX);
        if leaves.max(head.seq) > last.seq {
            Some((last.seq.saturating_add(1), Problem::Missing))
        } else if head.seq < last.seq {
            Some((head.seq.saturating_add(1), Problem::BeyondHead))
        } else if head.hash != last.hash {
            Some((last.seq, Problem::Altered))
        } else {
            // INVARIANT: an entry is queued in the transaction that appends it, and leaves the queue for the tree only.
            (self.complete && leaves < last.seq).then(|| (leaves.saturating_add(1), Problem::Uncommitted))
        }
    }
}
