//! A whole history, parents first, each commit as it differs from every one of its parents: what the ages of lines are
//! made from.

use gix::ObjectId;
use gix::hashtable::HashMap;
use prodops_core::fact::CommitId;
use prodops_core::id::RepositoryId;
use prodops_core::input::ConnectionTarget;
use prodops_core::source::{Content, on_wiped_stack};

use super::GitConnector;
use super::client::open;
use super::history::Cut;
use super::mailmap::mailmap;
use super::model::commit_id;
use super::reader::{Frame, Reader};
use super::streams::head_of;
use super::tree::{Difference, Entry};
use super::walk::walk;
use crate::contract::{LineageFile, RawCommitHeader, Result};

/// A commit with what it changes against each of its parents.
#[derive(Debug)]
pub struct LineageCommit {
    /// Who, when and from what.
    pub header: RawCommitHeader,
    /// How many commits of the history have it for a parent.
    pub children: u32,
    /// The files that differ from one parent or more, in git's order.
    pub files: Vec<LineageFile>,
}

/// In which order a history is handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineageOrder {
    /// Parents before their children.
    ParentsFirst,
    /// Children before their parents.
    ChildrenFirst,
}

/// Takes a history.
pub trait LineageVisitor {
    /// Whether a file of this commit has to be read. Where one that has to is new, those that are gone are read, too.
    fn wants(&self, commit: &CommitId, path: &[u8]) -> bool;

    /// Takes the next commit.
    fn visit(&mut self, commit: LineageCommit);
}

impl GitConnector {
    /// Hands every commit of the history of `HEAD` to a visitor. It blocks, and takes 512 KiB of stack beside what the visitor takes.
    ///
    /// A file whose content is the same as in some parent is handed on without content.
    ///
    /// # Errors
    /// When there is no repository, or it goes away.
    pub fn lineage(
        &self,
        target: &ConnectionTarget,
        direction: LineageOrder,
        visitor: &mut impl LineageVisitor,
    ) -> Result<()> {
        on_wiped_stack(|| self.read_lineage(target, direction, visitor))
    }

    fn read_lineage(
        &self,
        target: &ConnectionTarget,
        direction: LineageOrder,
        visitor: &mut impl LineageVisitor,
    ) -> Result<()> {
        let shared = open(&self.roots, target)?;
        let repository = shared.to_thread_local();
        let Some(head) = head_of(&repository)? else { return Ok(()) };
        let (cut, mailmap) = (Cut::of(&repository), mailmap(&repository, Some(head)));
        let mut order = walk(&repository, &cut, head, None).order;
        let id = RepositoryId::derive(&[target.as_str().as_bytes()]);
        let frame = Frame { shared: &shared, id, cut: &cut, mailmap: &mailmap, max_file_bytes: u64::MAX };
        let mut reader = Reader::new(&frame);
        let children = reader.children(&order);
        if direction == LineageOrder::ChildrenFirst {
            order.reverse();
        }
        for id in &order {
            let Some(parsed) = reader.parse(id) else { continue };
            let parents = reader.parents(id, &parsed.parents);
            let commit = parsed.header.id;
            let files = reader.lineage(&parents, parsed.tree, |path| visitor.wants(&commit, path))?;
            let mut header = parsed.header;
            header.parents = parents.iter().filter_map(commit_id).collect();
            visitor.visit(LineageCommit { header, children: children.get(id).copied().unwrap_or(0), files });
        }
        Ok(())
    }

    /// A file at `HEAD`, with the commit; `None` when there is none.
    ///
    /// # Errors
    /// When there is no repository, or it goes away.
    pub fn file_at_head(
        &self,
        target: &ConnectionTarget,
        path: &[u8],
    ) -> Result<Option<(CommitId, Content)>> {
        on_wiped_stack(|| self.read_file_at_head(target, path))
    }

    fn read_file_at_head(
        &self,
        target: &ConnectionTarget,
        path: &[u8],
    ) -> Result<Option<(CommitId, Content)>> {
        let shared = open(&self.roots, target)?;
        let repository = shared.to_thread_local();
        let Some(head) = head_of(&repository)? else { return Ok(None) };
        let (cut, mailmap) = (Cut::of(&repository), mailmap(&repository, None));
        let id = RepositoryId::derive(&[target.as_str().as_bytes()]);
        let frame = Frame { shared: &shared, id, cut: &cut, mailmap: &mailmap, max_file_bytes: u64::MAX };
        let mut reader = Reader::new(&frame);
        let Some(tree) = reader.tree_of(&head) else { return Ok(None) };
        let found = repository.find_tree(tree).ok().and_then(|tree| {
            let parts = path.split(|byte| *byte == b'/');
            tree.lookup_entry(parts).ok().flatten().map(|entry| (entry.mode(), entry.object_id()))
        });
        let Some(entry) = found.filter(|(mode, _)| mode.is_blob_or_symlink()) else { return Ok(None) };
        reader.left = super::reader::COMMIT_BYTES;
        let content = reader.content(Some(entry))?;
        Ok(commit_id(&head).map(|id| (id, content)))
    }
}

/// A file and its entries on both sides, once for every parent.
struct Compared {
    path: Vec<u8>,
    new: Option<Entry>,
    old: Vec<Option<Option<Entry>>>,
}

impl Reader<'_> {
    /// The parents of a commit, each once; none where a shallow history ends.
    pub(super) fn parents(&self, id: &ObjectId, parents: &[ObjectId]) -> Vec<ObjectId> {
        let mut kept: Vec<ObjectId> = Vec::new();
        if !self.frame.cut.at(id) {
            parents.iter().for_each(|parent| {
                if !kept.contains(parent) {
                    kept.push(*parent);
                }
            });
        }
        kept
    }

    /// How many commits have each for a parent.
    fn children(&mut self, order: &[ObjectId]) -> HashMap<ObjectId, u32> {
        let mut children: HashMap<ObjectId, u32> = HashMap::default();
        for id in order {
            let Some(parsed) = self.parse(id) else { continue };
            for parent in self.parents(id, &parsed.parents) {
                *children.entry(parent).or_default() += 1;
            }
        }
        children
    }

    pub(super) fn lineage(
        &mut self,
        parents: &[ObjectId],
        tree: ObjectId,
        wants: impl Fn(&[u8]) -> bool,
    ) -> Result<Vec<LineageFile>> {
        let compared = self.compared(parents, tree);
        let is_new = |one: &Compared| one.old.iter().any(|old| matches!(old, Some(None)));
        let sources = compared.iter().any(|one| is_new(one) && wants(&one.path));
        self.left = super::reader::COMMIT_BYTES;
        let wanted = compared.into_iter().filter(|one| wants(&one.path) || (sources && one.new.is_none()));
        let wanted: Vec<Compared> = wanted.collect();
        wanted.into_iter().map(|one| self.lineage_file(one, parents.is_empty())).collect()
    }

    /// The files that differ from one parent or more.
    fn compared(&mut self, parents: &[ObjectId], tree: ObjectId) -> Vec<Compared> {
        let mut compared: Vec<Compared> = Vec::new();
        let sides: Vec<Option<ObjectId>> = match parents {
            [] => vec![None],
            parents => parents.iter().map(|parent| self.tree_of(parent)).collect(),
        };
        for (place, side) in sides.iter().enumerate() {
            for Difference { path, old, new } in self.trees.compare(&self.repository, *side, Some(tree)) {
                let at = compared.binary_search_by(|one| one.path.cmp(&path)).unwrap_or_else(|at| {
                    compared.insert(at, Compared { path, new, old: vec![None; sides.len()] });
                    at
                });
                if let Some(slot) = compared.get_mut(at).and_then(|one| one.old.get_mut(place)) {
                    *slot = Some(old);
                }
            }
        }
        compared
    }

    fn lineage_file(&mut self, one: Compared, root: bool) -> Result<LineageFile> {
        let Compared { path, new, old } = one;
        let same_id = |old: &Option<Entry>| matches!((old, &new), (Some(a), Some(b)) if a.1 == b.1);
        // Only the mode changed, or the file is another parent's.
        let old: Vec<Option<Option<Entry>>> =
            old.into_iter().map(|old| old.filter(|old| !same_id(old))).collect();
        if old.iter().any(Option::is_none) && new.is_some() && !root {
            let kept = old.iter().map(|old| old.as_ref().map(|_| Content::Absent)).collect();
            return Ok(LineageFile { path, new: Content::Absent, old: kept });
        }
        let new = self.content(new)?;
        let old = if root { Vec::new() } else { old };
        let read = |old: Option<Option<Entry>>| old.map(|old| self.content(old)).transpose();
        let old = old.into_iter().map(read).collect::<Result<_>>()?;
        Ok(LineageFile { path, new, old })
    }
}
