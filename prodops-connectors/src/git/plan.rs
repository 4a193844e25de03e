//! Decides what to read next from where the stream was left and what the repository looks like now.

use std::collections::{BTreeMap, BTreeSet};

use gix::ObjectId;
use prodops_core::fact::{CommitId, Gap};
use prodops_core::id::RepositoryId;

use super::history::{Cut, fingerprint};
use super::model::{commit_id, object_id};
use super::walk::{Walk, walk};
use crate::contract::{CommitCursor, WalkPlan};

/// A plan and the commits it speaks of, in order.
pub(super) struct Planned {
    pub(super) plan: WalkPlan,
    pub(super) order: Vec<ObjectId>,
}

/// The repository as it is now.
pub(super) struct Planner<'r> {
    pub(super) repository: &'r gix::Repository,
    pub(super) cut: &'r Cut,
    pub(super) id: RepositoryId,
    pub(super) head: Option<ObjectId>,
}

impl Planner<'_> {
    /// Plans the next walk.
    pub(super) fn plan(&self, since: Option<CommitCursor>) -> Planned {
        let Some(since) = since else { return self.afresh(0) };
        let again = since.walk.saturating_add(1);
        // History was deepened or cut: what is behind the stored head is no longer what was read.
        let same_depth = since.cut == self.cut.fingerprint();
        let under_way = since.position > 0 || since.head != since.done;
        let planned = match under_way {
            _ if !same_depth => None,
            true => self.resume(since),
            false => self.onward(since),
        };
        planned.unwrap_or_else(|| self.afresh(again))
    }

    /// The rest of an interrupted walk, if it can be walked as before: else its places mean something else.
    fn resume(&self, since: CommitCursor) -> Option<Planned> {
        let target = since.head.and_then(|id| self.object(id))?;
        let walked = self.walk(target, since.done)?;
        let replaces = since.done.is_none() && since.walk > 0;
        (fingerprint(&walked.order) == since.order).then(|| self.planned(since, walked, replaces))
    }

    /// From the stored head to the present one, if the one is part of the other's history.
    fn onward(&self, since: CommitCursor) -> Option<Planned> {
        let head = self.head.as_ref().and_then(commit_id);
        if head == since.done {
            let children = BTreeMap::new();
            let plan = WalkPlan { from: since, total: 0, keep: None, repository: self.id, children };
            return Some(Planned { plan, order: Vec::new() });
        }
        let done = Some(since.done?);
        let walked = self.walk(self.head?, done)?;
        let order = fingerprint(&walked.order);
        Some(self.planned(CommitCursor { head, order, ..since }, walked, false))
    }

    /// The whole history. After an earlier walk the store may hold commits that it no longer has.
    fn afresh(&self, walk: u64) -> Planned {
        let gaps = if self.cut.is_whole() { Vec::new() } else { vec![(Gap::Shallow, 1)] };
        let walked = match self.head {
            Some(head) => super::walk::walk(self.repository, self.cut, head, None),
            None => Walk::default(),
        };
        let from = CommitCursor {
            done: None,
            head: self.head.as_ref().and_then(commit_id),
            position: 0,
            walk,
            cut: self.cut.fingerprint(),
            order: fingerprint(&walked.order),
            gaps,
        };
        self.planned(from, walked, walk > 0)
    }

    fn object(&self, id: CommitId) -> Option<ObjectId> {
        let id = object_id(self.repository, &id)?;
        gix::objs::Exists::exists(&self.repository.objects, &id).then_some(id)
    }

    /// The commits from `done` to `target`; `None` when `done` is no part of the target's history.
    fn walk(&self, target: ObjectId, done: Option<CommitId>) -> Option<Walk> {
        let hidden = done.map(|id| self.object(id).ok_or(())).transpose().ok()?;
        let walked = walk(self.repository, self.cut, target, hidden);
        (hidden.is_none() || walked.met_hidden).then_some(walked)
    }

    fn planned(&self, from: CommitCursor, walked: Walk, replaces: bool) -> Planned {
        let children = walked.children(from.position);
        let Walk { order, incomplete, .. } = walked;
        // Commits that cannot be seen are not gone: only a complete history says what is no part of it.
        let prunes = replaces && self.cut.is_whole() && !incomplete;
        let keep = prunes.then(|| order.iter().filter_map(commit_id).collect::<BTreeSet<_>>());
        let total = order.len() as u64;
        Planned { plan: WalkPlan { from, total, keep, repository: self.id, children }, order }
    }
}
