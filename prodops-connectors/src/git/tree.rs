//! What two trees differ in: paths with both entries, renames not followed.

use std::cmp::Ordering;

use gix::ObjectId;
use gix::objs::tree::{EntryMode, EntryRef, name_order};
use gix::objs::{CommitRefIter, Find, Kind, TreeRefIter};
use prodops_core::fact::CommitId;

use super::model::object_id;
use super::scratch::Scratch;

/// A file, link or submodule of a tree.
pub(super) type Entry = (EntryMode, ObjectId);

/// One path in which two trees differ.
pub(super) struct Difference {
    pub(super) path: Vec<u8>,
    pub(super) old: Option<Entry>,
    pub(super) new: Option<Entry>,
}

/// Deeper folders than this are not real ones: a hostile tree could nest for ever.
const DEEPEST: usize = 512;

/// More than this in one commit is made up: a few small trees can spell out billions of paths.
const MOST_ENTRIES: u32 = 1_000_000;

/// The paths of all files at a commit; `None` when it is not there, or a part of it cannot be read.
pub(super) fn paths(repository: &gix::Repository, at: &CommitId) -> Option<Vec<Vec<u8>>> {
    let mut scratch = Scratch::default();
    let found = scratch.read(repository, &object_id(repository, at)?)?;
    let tree = CommitRefIter::from_bytes(found.data, found.object_hash).tree_id().ok()?;
    let mut trees = TreeDiff::default();
    let all = trees.compare(repository, None, Some(tree));
    (trees.unreadable == 0).then(|| all.into_iter().map(|one| one.path).collect())
}

/// Compares trees and keeps their buffers for the next comparison.
#[derive(Default)]
pub(super) struct TreeDiff {
    buffers: Vec<Vec<u8>>,
    path: Vec<u8>,
    /// How many differing entries may still be looked at.
    left: u32,
    /// Trees that could not be read since this was last taken.
    pub(super) unreadable: u64,
    /// The `.gitattributes` of the new tree in folders that hold a difference, and in those above them: folder and object.
    pub(super) attributes: Vec<(Vec<u8>, ObjectId)>,
}

impl TreeDiff {
    /// The paths in which the trees differ, in git's order. Where either side cannot be read, nothing is said: a folder
    /// would else look new or gone.
    pub(super) fn compare(
        &mut self,
        repository: &gix::Repository,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
    ) -> Vec<Difference> {
        let mut found = Vec::new();
        self.path.clear();
        self.attributes.clear();
        self.left = MOST_ENTRIES;
        self.descend(repository, old, new, 0, &mut found);
        found
    }

    fn descend(
        &mut self,
        repository: &gix::Repository,
        old: Option<ObjectId>,
        new: Option<ObjectId>,
        depth: usize,
        found: &mut Vec<Difference>,
    ) {
        if old == new {
            return;
        }
        if depth > DEEPEST {
            self.unreadable += 1;
            return;
        }
        let old = self.read(repository, old);
        let new = self.read(repository, new);
        let (Some(old), Some(new)) = (old, new) else { return };
        let kind = repository.object_hash();
        let mut olds = TreeRefIter::from_bytes(&old, kind).filter_map(Result::ok).peekable();
        let mut news = TreeRefIter::from_bytes(&new, kind).filter_map(Result::ok).peekable();
        loop {
            let order = match (olds.peek(), news.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => name_order(a.filename, a.mode.is_tree(), b.filename, b.mode.is_tree()),
            };
            let before = if order.is_le() { olds.next() } else { None };
            let after = if order.is_ge() { news.next() } else { None };
            if let Some(file) =
                after.as_ref().filter(|one| one.filename == ".gitattributes" && one.mode.is_blob())
            {
                self.attributes.push((self.path.clone(), file.oid.to_owned()));
            }
            self.entry(repository, before, after, depth, found);
        }
        drop((olds, news));
        self.buffers.extend([old, new]);
    }

    fn entry(
        &mut self,
        repository: &gix::Repository,
        before: Option<EntryRef<'_>>,
        after: Option<EntryRef<'_>>,
        depth: usize,
        found: &mut Vec<Difference>,
    ) {
        if let (Some(a), Some(b)) = (&before, &after)
            && a.oid == b.oid
            && a.mode == b.mode
        {
            return;
        }
        if self.left == 0 {
            self.unreadable += 1;
            return;
        }
        self.left -= 1;
        let Some(name) = before.as_ref().or(after.as_ref()).map(|entry| entry.filename) else { return };
        let length = self.path.len();
        if length > 0 {
            self.path.push(b'/');
        }
        self.path.extend_from_slice(name);
        let (old_tree, old) = split(before);
        let (new_tree, new) = split(after);
        if old.is_some() || new.is_some() {
            found.push(Difference { path: self.path.clone(), old, new });
        }
        if old_tree.is_some() || new_tree.is_some() {
            self.descend(repository, old_tree, new_tree, depth + 1, found);
        }
        self.path.truncate(length);
    }

    /// The bytes of a tree, none for an absent one; `None` when it is missing or damaged.
    fn read(&mut self, repository: &gix::Repository, tree: Option<ObjectId>) -> Option<Vec<u8>> {
        let mut buffer = self.buffers.pop().unwrap_or_default();
        buffer.clear();
        let Some(tree) = tree else { return Some(buffer) };
        let found = repository.objects.try_find(&tree, &mut buffer);
        let whole = |data| TreeRefIter::from_bytes(data, repository.object_hash()).all(|entry| entry.is_ok());
        if matches!(found, Ok(Some(found)) if found.kind == Kind::Tree && whole(found.data)) {
            return Some(buffer);
        }
        self.unreadable += 1;
        None
    }
}

fn split(entry: Option<EntryRef<'_>>) -> (Option<ObjectId>, Option<Entry>) {
    match entry {
        None => (None, None),
        Some(entry) if entry.mode.is_tree() => (Some(entry.oid.to_owned()), None),
        Some(entry) => (None, Some((entry.mode, entry.oid.to_owned()))),
    }
}
