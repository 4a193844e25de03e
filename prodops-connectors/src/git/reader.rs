//! Reads one commit with its changed files. One reader per thread.

use std::collections::HashMap;
use std::sync::Arc;

use gix::mailmap::Snapshot;
use gix::objs::{CommitRefIter, Kind};
use gix::odb::Header;
use gix::{ObjectId, ThreadSafeRepository};
use prodops_core::fact::Gap;
use prodops_core::id::RepositoryId;
use prodops_core::source::{Change, ChangeKind, Content, Transient};

use super::client::still_there;
use super::history::Cut;
use super::model::{Parsed, commit_id, parse};
use super::pack_cache::PackCache;
use super::scratch::Scratch;
use super::tree::{Difference, Entry, TreeDiff};
use crate::contract::{AttributesFile, CommitContent, ConnectorError, Result};

/// File contents of one commit that are in memory at once, in bytes: what does not fit is noted like a large file.
pub(super) const COMMIT_BYTES: u64 = 128 << 20;

/// A longer `.gitattributes` says nothing, in bytes.
const LONGEST_ATTRIBUTES: u64 = 1 << 20;

/// So many texts of attributes are kept at hand.
const MOST_ATTRIBUTES: usize = 64;

/// What every reader of a walk has in common.
pub(super) struct Frame<'a> {
    pub(super) shared: &'a ThreadSafeRepository,
    pub(super) id: RepositoryId,
    pub(super) cut: &'a Cut,
    pub(super) mailmap: &'a Snapshot,
    pub(super) max_file_bytes: u64,
}

pub(super) struct Reader<'a> {
    pub(super) frame: &'a Frame<'a>,
    pub(super) repository: gix::Repository,
    /// How many bytes of content the commit at hand may still hold.
    pub(super) left: u64,
    pub(super) trees: TreeDiff,
    scratch: Scratch,
    /// The texts of attributes that were read last.
    attributes: HashMap<ObjectId, Arc<Transient>>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(frame: &'a Frame<'a>) -> Self {
        let mut repository = frame.shared.to_thread_local();
        repository.objects.set_pack_cache(|| Box::new(PackCache::default()));
        // A cache of whole objects on top of it costs memory and time.
        repository.object_cache_size(None);
        Self {
            frame,
            repository,
            left: 0,
            trees: TreeDiff::default(),
            scratch: Scratch::default(),
            attributes: HashMap::new(),
        }
    }

    /// The commit with its changes; `Ok(None)` when its object is missing or damaged.
    ///
    /// # Errors
    /// [`ConnectorError::Gone`] when the whole repository was taken away.
    pub(super) fn commit(&mut self, id: &ObjectId) -> Result<Option<CommitContent>> {
        let Some(Parsed { header, tree, parents, gaps }) = self.parse(id) else {
            return self.damaged().map(|()| None);
        };
        let walked = self.parents(id, &parents);
        let walked_parents = walked.iter().filter_map(commit_id).collect();
        let empty = (Vec::new(), Vec::new(), Vec::new());
        let (changes, merged, attributes) = empty;
        let mut content = CommitContent { header, changes, walked_parents, merged, attributes, gaps };
        let before = match parents.as_slice() {
            // What a shallow history is cut off from is absent: all files count as new there, as git shows it.
            _ if self.frame.cut.at(id) && parents.len() < 2 => Some(None),
            [] => Some(None),
            [parent] => self.tree_of(parent).map(Some),
            _ => {
                content.merged = self.lineage(&walked, tree, |_| true)?;
                return Ok(Some(content));
            }
        };
        let lost = match before {
            Some(before) => {
                self.left = COMMIT_BYTES;
                for difference in self.trees.compare(&self.repository, before, Some(tree)) {
                    content.changes.push(self.change(difference)?);
                }
                content.attributes = self.attributes();
                std::mem::take(&mut self.trees.unreadable)
            }
            // Without its parent nothing tells what it changed.
            None => 1,
        };
        if lost > 0 {
            self.damaged()?;
            content.gaps.push((Gap::UnreadableObject, lost));
        }
        Ok(Some(content))
    }

    pub(super) fn parse(&mut self, id: &ObjectId) -> Option<Parsed> {
        let kind = self.repository.object_hash();
        let found = self.scratch.read(&self.repository, id)?;
        if found.kind != Kind::Commit {
            return None;
        }
        parse(self.frame.id, id, found.data, kind, self.frame.mailmap)
    }

    pub(super) fn tree_of(&mut self, commit: &ObjectId) -> Option<ObjectId> {
        let found = self.scratch.read(&self.repository, commit)?;
        CommitRefIter::from_bytes(found.data, found.object_hash).tree_id().ok()
    }

    fn change(&mut self, difference: Difference) -> Result<Change> {
        let Difference { path, old, new } = difference;
        let kind = match (&old, &new) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Deleted,
            (Some(a), Some(b)) if a.0.kind() == b.0.kind() || (a.0.is_blob() && b.0.is_blob()) => {
                ChangeKind::Modified
            }
            _ => ChangeKind::TypeChanged,
        };
        let mode = |entry: &Option<Entry>| entry.as_ref().map_or(0, |(mode, _)| u32::from(mode.value()));
        let modes = Some([mode(&old), mode(&new)]);
        // Only the mode changed: there is nothing to count, and reading both sides would be for nothing.
        let same = matches!((&old, &new), (Some(a), Some(b)) if a.1 == b.1 && !a.0.is_commit());
        let empty = || Content::Bytes(Transient::new(Vec::new()));
        let (old, new) = if same { (empty(), empty()) } else { (self.content(old)?, self.content(new)?) };
        Ok(Change { path, kind, modes, old, new })
    }

    pub(super) fn content(&mut self, entry: Option<Entry>) -> Result<Content> {
        let Some((mode, id)) = entry else { return Ok(Content::Absent) };
        if mode.is_commit() {
            return Ok(Content::Submodule);
        }
        let size = match self.repository.objects.try_header(&id) {
            Ok(Some(header)) => header.size(),
            _ => return self.damaged().map(|()| Content::Unreadable),
        };
        if size > self.frame.max_file_bytes || size > self.left {
            return Ok(Content::TooLarge { bytes: size });
        }
        self.left -= size;
        match self.blob(&id, size) {
            Some(bytes) => Ok(Content::Bytes(bytes)),
            None => self.damaged().map(|()| Content::Unreadable),
        }
    }

    /// A file's content in a buffer of exactly its size.
    fn blob(&mut self, id: &ObjectId, size: u64) -> Option<Transient> {
        let size = usize::try_from(size).ok()?;
        let found = self.scratch.read_sized(&self.repository, id, size)?;
        (found.kind == Kind::Blob && found.data.len() == size).then(|| Transient::new(found.data.to_vec()))
    }

    /// What the folders of the differences that were found last say of their files. What cannot be read says nothing.
    fn attributes(&mut self) -> Vec<AttributesFile> {
        let found = std::mem::take(&mut self.trees.attributes);
        let texts = found.into_iter().filter_map(|(folder, id)| Some((folder, self.attributes_text(&id)?)));
        texts.map(|(folder, text)| AttributesFile { folder, text }).collect()
    }

    pub(super) fn attributes_text(&mut self, id: &ObjectId) -> Option<Arc<Transient>> {
        if let Some(text) = self.attributes.get(id) {
            return Some(Arc::clone(text));
        }
        let size = self.repository.objects.try_header(id).ok()??.size();
        let text = Arc::new(self.blob(id, (size <= LONGEST_ATTRIBUTES).then_some(size)?)?);
        if self.attributes.len() >= MOST_ATTRIBUTES {
            self.attributes.clear();
        }
        self.attributes.insert(*id, Arc::clone(&text));
        Some(text)
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
