//! Which names and addresses belong together, as the repository itself says.

use gix::bstr::ByteSlice;
use gix::mailmap::{Snapshot, parse_ignore_errors};
use gix::objs::{CommitRefIter, Find, TreeRefIter};
use gix::odb::Header;
use gix::{ObjectId, Repository};

use super::scratch::Scratch;

/// A longer list is not one of people.
const LONGEST: u64 = 4 << 20;

/// The `.mailmap` of this commit; empty when there is none that can be read.
///
/// The one in the working folder and those that the configuration names are not looked at: they can be pipes and devices,
/// lie anywhere on the machine, and say something else every time.
pub(super) fn mailmap(repository: &Repository, head: Option<ObjectId>) -> Snapshot {
    let text = head.and_then(|head| of_commit(repository, &head)).unwrap_or_default();
    Snapshot::new(parse_ignore_errors(&text))
}

fn of_commit(repository: &Repository, commit: &ObjectId) -> Option<Vec<u8>> {
    let objects = &repository.objects;
    let mut scratch = Scratch::default();
    let found = scratch.read(repository, commit)?;
    let tree = CommitRefIter::from_bytes(found.data, found.object_hash).tree_id().ok()?;
    let found = scratch.read(repository, &tree)?;
    let mut entries = TreeRefIter::from_bytes(found.data, found.object_hash).filter_map(Result::ok);
    let entry = entries.find(|entry| entry.filename.as_bytes() == b".mailmap" && entry.mode.is_blob())?;
    if objects.try_header(entry.oid).ok()??.size() > LONGEST {
        return None;
    }
    let mut text = Vec::new();
    let found = objects.try_find(entry.oid, &mut text).ok()??;
    let length = found.data.len();
    text.truncate(length);
    Some(text)
}
