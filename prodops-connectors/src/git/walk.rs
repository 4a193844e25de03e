//! The order of a walk: parents first, by the graph alone, so that a position in it means the same every time.

use gix::ObjectId;
use gix::hashtable::HashSet;
use gix::objs::{CommitRefIter, Find, Kind};

/// Every commit of a walk, parents first.
pub(super) struct Walk {
    /// The commits in order; ones that cannot be read are in it, too, as if they had no parents.
    pub(super) order: Vec<ObjectId>,
    /// Whether the walk came upon the hidden commit: the head has it in its history.
    pub(super) met_hidden: bool,
}

struct Graph<'r> {
    repository: &'r gix::Repository,
    stored: Option<gix::commitgraph::Graph>,
    shallow: Vec<ObjectId>,
    buffer: Vec<u8>,
}

impl<'r> Graph<'r> {
    fn new(repository: &'r gix::Repository) -> Self {
        let mut shallow: Vec<ObjectId> = repository
            .shallow_commits()
            .ok()
            .flatten()
            .map(|ids| ids.iter().copied().collect())
            .unwrap_or_default();
        shallow.sort_unstable();
        // As git does: a stored commit graph knows nothing of where a shallow history ends.
        let stored =
            if shallow.is_empty() { repository.commit_graph_if_enabled().ok().flatten() } else { None };
        Self { repository, stored, shallow, buffer: Vec::new() }
    }

    /// The parents of a commit; none when it is unreadable or where a shallow history ends.
    fn parents(&mut self, id: &ObjectId, out: &mut Vec<ObjectId>) {
        out.clear();
        if let Some(graph) = &self.stored
            && let Some(commit) = graph.commit_by_id(id)
        {
            for parent in commit.iter_parents() {
                let Ok(position) = parent else { return out.clear() };
                out.push(graph.id_at(position).to_owned());
            }
            return;
        }
        if self.shallow.binary_search(id).is_ok() {
            return;
        }
        if let Ok(Some(found)) = self.repository.objects.try_find(id, &mut self.buffer)
            && found.kind == Kind::Commit
        {
            out.extend(CommitRefIter::from_bytes(found.data, found.object_hash).parent_ids());
        }
    }
}

enum Step {
    Enter(ObjectId),
    Leave(ObjectId),
}

/// Every commit that `head` reaches and `hidden` does not.
pub(super) fn walk(repository: &gix::Repository, head: ObjectId, hidden: Option<ObjectId>) -> Walk {
    let mut graph = Graph::new(repository);
    let (mut seen, mut parents) = (HashSet::default(), Vec::new());
    let mut stack: Vec<ObjectId> = hidden.into_iter().collect();
    while let Some(id) = stack.pop() {
        if seen.insert(id) {
            graph.parents(&id, &mut parents);
            stack.extend(parents.iter().copied());
        }
    }
    let (mut order, mut met_hidden) = (Vec::new(), false);
    // A stack of our own: histories are deeper than a thread's.
    let mut steps = vec![Step::Enter(head)];
    while let Some(step) = steps.pop() {
        match step {
            Step::Leave(id) => order.push(id),
            Step::Enter(id) => {
                met_hidden |= hidden == Some(id);
                if seen.insert(id) {
                    graph.parents(&id, &mut parents);
                    steps.push(Step::Leave(id));
                    steps.extend(parents.iter().rev().map(|parent| Step::Enter(*parent)));
                }
            }
        }
    }
    Walk { order, met_hidden }
}
