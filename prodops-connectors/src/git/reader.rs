//! Reads one commit with its changed files. One reader per thread.

use gix::mailmap::Snapshot;
use gix::objs::{CommitRefIter, Find, Kind};
use gix::odb::Header;
use gix::odb::pack::cache::lru::MemoryCappedHashmap;
use gix::{ObjectId, ThreadSafeRepository};
use prodops_core::fact::Gap;
use prodops_core::id::RepositoryId;
use prodops_core::source::{Change, ChangeKind, Content, Transient};

use super::client::still_there;
use super::model::{Parsed, parse};
use super::tree::{Difference, Entry, TreeDiff};
use crate::contract::{CommitContent, ConnectorError, Result};

/// Decompressed bases of deltas that a thread keeps at hand, in bytes.
const PACK_CACHE: usize = 32 << 20;
/// Whole objects that a thread keeps at hand, in bytes.
const OBJECT_CACHE: usize = 8 << 20;

pub(super) struct Reader<'m> {
    repository: gix::Repository,
    id: RepositoryId,
    mailmap: &'m Snapshot,
    max_file_bytes: u64,
    trees: TreeDiff,
    buffer: Vec<u8>,
}

impl<'m> Reader<'m> {
    pub(super) fn new(
        shared: &ThreadSafeRepository,
        id: RepositoryId,
        mailmap: &'m Snapshot,
        max_file_bytes: u64,
    ) -> Self {
        let mut repository = shared.to_thread_local();
        repository.objects.set_pack_cache(|| Box::new(MemoryCappedHashmap::new(PACK_CACHE)));
        repository.object_cache_size(OBJECT_CACHE);
        // Packs that appear later hold nothing that this walk needs.
        repository.objects.refresh_never();
        Self { repository, id, mailmap, max_file_bytes, trees: TreeDiff::default(), buffer: Vec::new() }
    }

    /// The commit with its changes; `Ok(None)` when its object is missing or damaged.
    ///
    /// # Errors
    /// [`ConnectorError::Gone`] when the whole repository was taken away.
    pub(super) fn commit(&mut self, id: &ObjectId) -> Result<Option<CommitContent>> {
        let kind = self.repository.object_hash();
        let parsed = match self.repository.objects.try_find(id, &mut self.buffer) {
            Ok(Some(found)) if found.kind == Kind::Commit => {
                parse(self.id, id, found.data, kind, self.mailmap)
            }
            _ => None,
        };
        let Some(Parsed { header, tree, parents, mut gaps }) = parsed else {
            return self.damaged().map(|()| None);
        };
        if parents.len() > 1 {
            return Ok(Some(CommitContent { header, changes: Vec::new(), gaps }));
        }
        // A parent beyond the end of a shallow history is absent: all files count as new there, as git shows it.
        let before = parents.first().and_then(|parent| self.tree_of(parent));
        let mut changes = Vec::new();
        for difference in self.trees.compare(&self.repository, before, Some(tree)) {
            changes.push(self.change(difference)?);
        }
        let lost = std::mem::take(&mut self.trees.unreadable);
        if lost > 0 {
            self.damaged()?;
            gaps.push((Gap::UnreadableObject, lost));
        }
        Ok(Some(CommitContent { header, changes, gaps }))
    }

    fn tree_of(&mut self, commit: &ObjectId) -> Option<ObjectId> {
        let found = self.repository.objects.try_find(commit, &mut self.buffer).ok()??;
        CommitRefIter::from_bytes(found.data, found.object_hash).tree_id().ok()
    }

    fn change(&self, difference: Difference) -> Result<Change> {
        let Difference { path, old, new } = difference;
        let kind = match (&old, &new) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Deleted,
            (Some(a), Some(b)) if a.0.kind() == b.0.kind() || (a.0.is_blob() && b.0.is_blob()) => {
                ChangeKind::Modified
            }
            _ => ChangeKind::TypeChanged,
        };
        // Only the mode changed: there is nothing to count, and reading both sides would be for nothing.
        let same = matches!((&old, &new), (Some(a), Some(b)) if a.1 == b.1 && !a.0.is_commit());
        let empty = || Content::Bytes(Transient::new(Vec::new()));
        let (old, new) = if same { (empty(), empty()) } else { (self.content(old)?, self.content(new)?) };
        Ok(Change { path, kind, old, new })
    }

    fn content(&self, entry: Option<Entry>) -> Result<Content> {
        let Some((mode, id)) = entry else { return Ok(Content::Absent) };
        if mode.is_commit() {
            return Ok(Content::Submodule);
        }
        let size = match self.repository.objects.try_header(&id) {
            Ok(Some(header)) => header.size(),
            _ => return self.damaged().map(|()| Content::Unreadable),
        };
        if size > self.max_file_bytes {
            return Ok(Content::TooLarge { bytes: size });
        }
        // Read straight into the buffer that is wiped later: no copy stays behind in a shared one.
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        let read = match self.repository.objects.try_find(&id, &mut bytes) {
            Ok(Some(found)) => Some(found.data.len()),
            _ => None,
        };
        let owned = Transient::new(bytes);
        match read {
            Some(length) if length == owned.len() => Ok(Content::Bytes(owned)),
            _ => self.damaged().map(|()| Content::Unreadable),
        }
    }

    /// Something could not be read: is it that thing, or is the repository gone?
    fn damaged(&self) -> Result<()> {
        if still_there(&self.repository) {
            Ok(())
        } else {
            Err(ConnectorError::Gone { what: "the repository" })
        }
    }
}
