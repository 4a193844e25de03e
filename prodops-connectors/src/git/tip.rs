//! The files of a head: what they are known by, and what they hold.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use gix::mailmap::Snapshot;
use gix::objs::CommitRefIter;
use gix::objs::tree::EntryKind;
use gix::{ObjectId, ThreadSafeRepository};
use prodops_core::fact::CommitId;
use prodops_core::id::RepositoryId;
use prodops_core::source::Content;

use super::client::still_there;
use super::history::Cut;
use super::model::object_id;
use super::reader::{COMMIT_BYTES, Frame, Reader};
use super::scratch::Scratch;
use super::streams::{NEIGHBOURS, read_on};
use super::tree::TreeDiff;
use crate::contract::{
    Api, AttributesEntry, AttributesFile, ConnectorError, Result, TipContent, TipEntry, TipPassage, TipWorker,
};

/// The regular files at a commit; `None` when it is not there, or a part of it cannot be read.
pub(super) fn list(repository: &gix::Repository, at: &CommitId) -> Option<Vec<TipEntry>> {
    let mut scratch = Scratch::default();
    let found = scratch.read(repository, &object_id(repository, at)?)?;
    let tree = CommitRefIter::from_bytes(found.data, found.object_hash).tree_id().ok()?;
    let mut trees = TreeDiff::default();
    let all = trees.compare(repository, None, Some(tree));
    if trees.unreadable > 0 {
        return None;
    }
    let mut attributes = FolderAttributes::new(std::mem::take(&mut trees.attributes));
    let files = all.into_iter().filter_map(|one| {
        let (_, object) = one.new.filter(|(mode, _)| mode.is_blob())?;
        let attributes = attributes.of(&one.path);
        Some(TipEntry { path: one.path, object: object.as_slice().to_vec(), attributes })
    });
    Some(files.collect())
}

/// What folders say of their files.
struct FolderAttributes {
    said: HashMap<Vec<u8>, ObjectId>,
    /// The folder that was asked about last, with what it and those above it say.
    last: (Vec<u8>, Arc<[AttributesEntry]>),
}

impl FolderAttributes {
    fn new(found: Vec<(Vec<u8>, ObjectId)>) -> Self {
        let said: HashMap<_, _> = found.into_iter().collect();
        let mut own = Self { said, last: (Vec::new(), Arc::default()) };
        own.last.1 = own.above(b"");
        own
    }

    fn of(&mut self, path: &[u8]) -> Arc<[AttributesEntry]> {
        let folder = path.iter().rposition(|byte| *byte == b'/').and_then(|end| path.get(..end));
        let folder = folder.unwrap_or_default();
        if self.last.0 != folder {
            self.last = (folder.to_vec(), self.above(folder));
        }
        Arc::clone(&self.last.1)
    }

    /// What a folder and those above it say, from the top.
    fn above(&self, folder: &[u8]) -> Arc<[AttributesEntry]> {
        if self.said.is_empty() {
            return Arc::default();
        }
        let ends = (0..folder.len()).filter(|at| folder.get(*at) == Some(&b'/')).chain([folder.len()]);
        let folders = std::iter::once(&b""[..]).chain(ends.filter_map(|end| folder.get(..end)));
        let folders = folders.enumerate().filter(|(place, folder)| *place == 0 || !folder.is_empty());
        let entry = |(_, folder): (usize, &[u8])| {
            let object = self.said.get(folder)?.as_slice().to_vec();
            Some(AttributesEntry { folder: folder.to_vec(), object })
        };
        folders.filter_map(entry).collect()
    }
}

/// Hands files to workers, on so many threads.
pub(super) fn read(
    shared: &ThreadSafeRepository,
    id: RepositoryId,
    files: &[TipEntry],
    (api, threads, out): (&Api, usize, &TipPassage),
) -> Result<()> {
    let repository = shared.to_thread_local();
    let (cut, mailmap) = (Cut::of(&repository), Snapshot::default());
    let frame =
        Frame { shared, id, cut: &cut, mailmap: &mailmap, max_file_bytes: api.limits().max_file_bytes };
    let next = AtomicUsize::new(0);
    let read = read_on(threads, || {
        let (mut reader, mut worker) = (Reader::new(&frame), out.worker());
        loop {
            let start = next.fetch_add(NEIGHBOURS, Ordering::Relaxed);
            let Some(rest) = files.get(start..).filter(|rest| !rest.is_empty()) else { return Ok(()) };
            for file in rest.iter().take(NEIGHBOURS) {
                api.proceed()?;
                reader.tip_file(file, &mut worker)?;
            }
        }
    });
    // What went missing while it was taken away is not unreadable.
    if read.is_ok() && !still_there(&repository) {
        return Err(ConnectorError::Gone { what: "the repository" });
    }
    read
}

impl Reader<'_> {
    fn tip_file(&mut self, file: &TipEntry, worker: &mut TipWorker) -> Result<()> {
        let said = file.attributes.iter().filter_map(|entry| {
            let text = self.attributes_text(&ObjectId::try_from(entry.object.as_slice()).ok()?)?;
            Some(AttributesFile { folder: entry.folder.clone(), text })
        });
        let attributes: Vec<AttributesFile> = said.collect();
        let wanted = worker.wants(&file.path, &attributes);
        let content = match ObjectId::try_from(file.object.as_slice()) {
            _ if !wanted => Content::Absent,
            Ok(object) => {
                self.left = COMMIT_BYTES;
                self.content(Some((EntryKind::Blob.into(), object)))?
            }
            Err(_) => Content::Unreadable,
        };
        worker.send(TipContent { repository: self.frame.id, entry: file.clone(), attributes, content })
    }
}
