//! Commits that bring a patch again or take it back, among those of one workspace.

use std::collections::HashMap;

use prodops_core::fact::{CommitWork, PatchId};

/// What a commit is to an earlier one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// It is the same patch: picked, rebased, or brought back after it was taken back.
    Same,
    /// It takes the patch back.
    Reverts,
}

/// Pairs commits by their keyed patch ids, as a stream of facts comes in.
///
/// A patch that is taken back at another place of a file can be compared to other hunks than the first time, and is not
/// recognised then; on the history of tokio that is one commit in fourteen. Empty patches have no id and are related to nothing.
///
/// ```
/// use prodops_classify::{RelatedPatches, Relation};
/// use prodops_core::fact::{CommitWork, PatchId};
///
/// let work = |patch: u8, inverse: u8| CommitWork {
///     patch: Some(PatchId([patch; 16])),
///     inverse: Some(PatchId([inverse; 16])),
///     ..CommitWork::default()
/// };
/// let mut patches = RelatedPatches::default();
/// assert_eq!(patches.add("a", &work(1, 2)), None);
/// assert_eq!(patches.add("back", &work(2, 1)), Some((Relation::Reverts, "a")));
/// assert_eq!(patches.add("again", &work(1, 2)), Some((Relation::Reverts, "back")));
/// assert_eq!(patches.add("elsewhere", &work(1, 2)), Some((Relation::Same, "again")));
/// ```
#[derive(Debug, Clone)]
pub struct RelatedPatches<C> {
    /// The last commit with a patch, and when it came.
    patches: HashMap<PatchId, (u64, C)>,
    /// The last commit that a patch would take back.
    inverses: HashMap<PatchId, (u64, C)>,
    next: u64,
}

impl<C> Default for RelatedPatches<C> {
    fn default() -> Self {
        Self { patches: HashMap::new(), inverses: HashMap::new(), next: 0 }
    }
}

impl<C: Copy> RelatedPatches<C> {
    /// What a commit is to the last one before it that it is anything to. Commits come in the order in which they were
    /// made; each is remembered with two entries.
    pub fn add(&mut self, commit: C, work: &CommitWork) -> Option<(Relation, C)> {
        let same = find(&self.patches, work.patch).into_iter().chain(find(&self.inverses, work.inverse));
        // The two comparisons need not find the same hunks, so that one direction can say what the other does not.
        let back = find(&self.inverses, work.patch).into_iter().chain(find(&self.patches, work.inverse));
        let all =
            same.map(|found| (Relation::Same, found)).chain(back.map(|found| (Relation::Reverts, found)));
        let last = all.max_by_key(|(relation, (at, _))| (*at, *relation == Relation::Reverts));
        let here = (self.next, commit);
        self.next += 1;
        self.patches.extend(work.patch.map(|patch| (patch, here)));
        self.inverses.extend(work.inverse.map(|inverse| (inverse, here)));
        last.map(|(relation, (_, commit))| (relation, commit))
    }
}

fn find<C: Copy>(known: &HashMap<PatchId, (u64, C)>, id: Option<PatchId>) -> Option<(u64, C)> {
    known.get(&id?).copied()
}
