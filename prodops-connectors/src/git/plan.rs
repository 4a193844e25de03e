//! Decides what to read next from where the stream was left and what the repository looks like now.

use std::collections::BTreeSet;

use gix::ObjectId;
use prodops_core::fact::{CommitId, Gap};
use prodops_core::id::RepositoryId;

use super::model::commit_id;
use super::walk::walk;
use crate::contract::{CommitCursor, WalkPlan};

/// A plan and the commits it speaks of, in order.
pub(super) struct Planned {
    pub(super) plan: WalkPlan,
    pub(super) order: Vec<ObjectId>,
}

/// Plans the next walk.
pub(super) fn plan(
    repository: &gix::Repository,
    id: RepositoryId,
    head: Option<ObjectId>,
    since: Option<CommitCursor>,
) -> Planned {
    let Some(since) = since else { return afresh(repository, id, head, 0) };
    let under_way = since.position > 0 || since.head != since.done;
    let target = if under_way { since.head.and_then(|id| object(repository, id)) } else { head };
    match (target, since.done) {
        // The walk that was interrupted led to a head that is gone now.
        (None, _) if under_way => afresh(repository, id, head, since.walk + 1),
        (Some(target), Some(done)) => match object(repository, done) {
            Some(hidden) => onward(repository, id, head, target, hidden, since),
            None => afresh(repository, id, head, since.walk + 1),
        },
        (Some(target), None) => from_the_beginning(repository, id, target, since),
        // No commit any more: what was there is removed.
        (None, Some(_)) => afresh(repository, id, None, since.walk + 1),
        (None, None) => nothing(id, since),
    }
}

fn object(repository: &gix::Repository, id: CommitId) -> Option<ObjectId> {
    let id = ObjectId::try_from(id.as_bytes()).ok()?;
    gix::objs::Exists::exists(&repository.objects, &id).then_some(id)
}

/// From the stored head to the target; all over again when the stored head is no part of the target's history.
fn onward(
    repository: &gix::Repository,
    id: RepositoryId,
    head: Option<ObjectId>,
    target: ObjectId,
    hidden: ObjectId,
    since: CommitCursor,
) -> Planned {
    if target == hidden {
        return nothing(id, since);
    }
    let walked = walk(repository, target, Some(hidden));
    if !walked.met_hidden {
        return afresh(repository, id, head, since.walk + 1);
    }
    if since.position > walked.order.len() as u64 {
        // The store holds more of this walk than there is now: objects were lost, and places mean something else.
        return afresh(repository, id, head, since.walk + 1);
    }
    let from = CommitCursor { head: commit_id(&target), ..since };
    planned(id, from, walked.order, false)
}

fn afresh(repository: &gix::Repository, id: RepositoryId, head: Option<ObjectId>, walk: u64) -> Planned {
    let shallow = repository.is_shallow().unwrap_or(false);
    let gaps = if shallow { vec![(Gap::Shallow, 1)] } else { Vec::new() };
    let from = CommitCursor { done: None, head: head.as_ref().and_then(commit_id), position: 0, walk, gaps };
    match head {
        Some(head) => from_the_beginning(repository, id, head, from),
        None => planned(id, from, Vec::new(), walk > 0),
    }
}

/// The whole history of the target. After an earlier walk the store may hold commits that it no longer has.
fn from_the_beginning(
    repository: &gix::Repository,
    id: RepositoryId,
    target: ObjectId,
    since: CommitCursor,
) -> Planned {
    let order = walk(repository, target, None).order;
    let position = if since.position > order.len() as u64 { 0 } else { since.position };
    let from = CommitCursor { head: commit_id(&target), position, ..since };
    planned(id, from, order, since.walk > 0)
}

fn nothing(repository: RepositoryId, from: CommitCursor) -> Planned {
    Planned { plan: WalkPlan { from, total: 0, keep: None, repository }, order: Vec::new() }
}

fn planned(repository: RepositoryId, from: CommitCursor, order: Vec<ObjectId>, replaces: bool) -> Planned {
    let keep = replaces.then(|| order.iter().filter_map(commit_id).collect::<BTreeSet<_>>());
    Planned { plan: WalkPlan { from, total: order.len() as u64, keep, repository }, order }
}
