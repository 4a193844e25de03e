//! The order of a walk: parents first, by the graph alone, so that a position in it means the same every time.

use std::collections::BTreeMap;

use gix::ObjectId;
use gix::hashtable::HashSet;
use gix::objs::{CommitRefIter, Kind};

use prodops_core::fact::CommitId;

use super::history::Cut;
use super::model::commit_id;
use super::scratch::Scratch;

/// Every commit of a walk, parents first.
#[derive(Default)]
pub(super) struct Walk {
    /// The commits in order; ones that cannot be read are in it, too, as if they had no parents.
    pub(super) order: Vec<ObjectId>,
    /// Whether the walk came upon the hidden commit: the head has it in its history.
    pub(super) met_hidden: bool,
    /// Whether a commit could not be read: there may be more behind it.
    pub(super) incomplete: bool,
    /// Every commit of the walk with each of its parents, once.
    edges: Vec<(ObjectId, ObjectId)>,
}

impl Walk {
    /// Of how many commits from this place on each commit is a parent.
    pub(super) fn children(&self, from: u64) -> BTreeMap<CommitId, u32> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let read: HashSet<ObjectId> = self.order.iter().take(from).copied().collect();
        let mut children = BTreeMap::new();
        for (child, parent) in &self.edges {
            if let Some(parent) = commit_id(parent).filter(|_| !read.contains(child)) {
                *children.entry(parent).or_default() += 1;
            }
        }
        children
    }
}

struct Graph<'r> {
    repository: &'r gix::Repository,
    stored: Option<gix::commitgraph::Graph>,
    cut: &'r Cut,
    scratch: Scratch,
}

impl<'r> Graph<'r> {
    fn new(repository: &'r gix::Repository, cut: &'r Cut) -> Self {
        // As git does: a stored commit graph knows nothing of where a shallow history ends.
        let stored = if cut.is_whole() { repository.commit_graph_if_enabled().ok().flatten() } else { None };
        Self { repository, stored, cut, scratch: Scratch::default() }
    }

    /// The parents of a commit, none where a shallow history ends; `false` when it cannot be read.
    fn parents(&mut self, id: &ObjectId, out: &mut Vec<ObjectId>) -> bool {
        out.clear();
        if let Some(graph) = &self.stored
            && let Some(commit) = graph.commit_by_id(id)
        {
            for parent in commit.iter_parents() {
                let Ok(position) = parent else {
                    out.clear();
                    return false;
                };
                out.push(graph.id_at(position).to_owned());
            }
            return true;
        }
        let Some(found) = self.scratch.read(self.repository, id) else { return false };
        if found.kind != Kind::Commit {
            return false;
        }
        if !self.cut.at(id) {
            out.extend(CommitRefIter::from_bytes(found.data, found.object_hash).parent_ids());
        }
        true
    }
}

enum Step {
    Enter(ObjectId),
    Leave(ObjectId),
}

/// Every commit that `head` reaches and `hidden` does not.
pub(super) fn walk(
    repository: &gix::Repository,
    cut: &Cut,
    head: ObjectId,
    hidden: Option<ObjectId>,
) -> Walk {
    let mut graph = Graph::new(repository, cut);
    let (mut seen, mut parents) = (HashSet::default(), Vec::new());
    let mut stack: Vec<ObjectId> = hidden.into_iter().collect();
    while let Some(id) = stack.pop() {
        if seen.insert(id) {
            graph.parents(&id, &mut parents);
            stack.extend(parents.iter().copied());
        }
    }
    let mut walk = Walk::default();
    // A stack of our own: histories are deeper than a thread's.
    let mut steps = vec![Step::Enter(head)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Leave(id) => walk.order.push(id),
            Step::Enter(id) => {
                walk.met_hidden |= hidden == Some(id);
                if seen.insert(id) {
                    walk.incomplete |= !graph.parents(&id, &mut parents);
                    let repeats = |place: &usize| {
                        parents.iter().take(*place).any(|one| Some(one) == parents.get(*place))
                    };
                    let once = (0..parents.len()).filter(|place| !repeats(place));
                    walk.edges.extend(once.filter_map(|place| Some((id, *parents.get(place)?))));
                    steps.push(Step::Leave(id));
                    steps.extend(parents.iter().rev().map(|parent| Step::Enter(*parent)));
                }
            }
        }
    }
    walk
}
