//! From the texts of a commit to what it does to lines. It looks at nothing but the commit and its parents, so that many
//! threads can do it at once; what the lines are of, only the history before tells.

use std::fmt;

use prodops_core::fact::{
    CommitEdits, CommitId, CommitLines, FileLines, FileLosses, LineSource, LinesAfter, PathKey,
};
use prodops_core::id::PersonId;
use prodops_core::index_key::{IndexKey, IndexLabel, IndexSubkey};
use prodops_core::source::{Change, Content};

use super::blame::{Blame, Traced};
use super::rename::Renames;
use crate::change::{count_lines, is_binary, read};

/// A file that a commit touches, as it differs from its parents.
#[derive(Debug)]
pub struct AgeFile {
    /// Its path, bytes as git has them.
    pub path: Vec<u8>,
    /// What it holds after the commit.
    pub new: Content,
    /// What it holds in each parent; `None` where that is the same as in the commit.
    pub old: Vec<Option<Content>>,
}

impl AgeFile {
    /// A changed file of a commit with so many parents, none or one.
    #[must_use]
    pub fn of_change(change: Change, parents: usize) -> Self {
        let Change { path, old, new, .. } = change;
        // Of a change of the mode alone neither side is read.
        let same =
            matches!((&old, &new), (Content::Bytes(a), Content::Bytes(b)) if a.is_empty() && b.is_empty());
        let old = (parents > 0).then_some((!same).then_some(old));
        Self { path, new, old: old.into_iter().collect() }
    }
}

/// One commit of a history.
#[derive(Debug)]
pub struct AgeStep<'a> {
    /// Which.
    pub id: CommitId,
    /// Its parents, first parent first.
    pub parents: &'a [CommitId],
    /// Who wrote it.
    pub author: Option<PersonId>,
    /// When it was brought in, in seconds since 1970.
    pub committed: i64,
    /// The files in which it differs from one parent or more.
    pub files: &'a [AgeFile],
}

/// Finds what commits do to lines; use one per thread.
///
/// # Security
/// Between commits it holds numbers. No text outlives [`edits`](Self::edits).
pub struct LineEditor {
    paths: IndexSubkey,
    blame: Blame,
}

impl LineEditor {
    /// One that hides paths under this key.
    #[must_use]
    pub fn new(key: &IndexKey) -> Self {
        Self { paths: key.subkey(IndexLabel::Path), blame: Blame::default() }
    }

    /// A path under the key.
    #[must_use]
    pub fn key(&self, path: &[u8]) -> PathKey {
        PathKey(self.paths.hash64(path))
    }

    /// What a commit does to lines.
    #[must_use]
    pub fn edits(&mut self, step: &AgeStep<'_>) -> CommitEdits {
        let (mut files, mut losses) = (Vec::with_capacity(step.files.len()), Vec::new());
        let renames = Renames::of(step);
        for (place, file) in step.files.iter().enumerate() {
            let (after, lost) = self.file(step, (place, file), &renames);
            files.push(FileLines { path: self.key(&file.path), after });
            losses.extend(lost);
        }
        let AgeStep { id, parents, author, committed, .. } = *step;
        CommitEdits { lines: CommitLines { id, parents: parents.to_vec(), author, committed, files }, losses }
    }

    fn file(
        &mut self,
        step: &AgeStep<'_>,
        (place, file): (usize, &AgeFile),
        renames: &Renames<'_>,
    ) -> (LinesAfter, Option<FileLosses>) {
        let path = self.key(&file.path);
        let merge = step.parents.len() > 1;
        // Who has the very same file hands on everything.
        if let Some(same) = file.old.iter().position(Option::is_none) {
            let after = LinesAfter::Same(u16::try_from(same).unwrap_or(u16::MAX));
            return (
                after,
                (!merge).then_some(FileLosses { path, from: path, lost: Vec::new(), written: 0, fresh: 0 }),
            );
        }
        let (sources, texts) = self.sources(place, file, renames);
        let from = sources.first().map_or(path, |source| source.path.unwrap_or(path));
        if matches!(file.new, Content::Absent | Content::Submodule) {
            let lost = texts.first().filter(|_| !merge && !renames.is_source(place));
            let lost = lost.filter(|old| is_text(old)).map(|old| {
                let lines = read(old, count_lines);
                FileLosses {
                    path,
                    from,
                    lost: (lines > 0).then_some((0, lines)).into_iter().collect(),
                    written: 0,
                    fresh: 0,
                }
            });
            return (LinesAfter::Gone, lost);
        }
        let Traced { spans, lost, written, fresh } = read(&file.new, |text| {
            lend_all(&texts, Vec::new(), &mut |parents| self.blame.trace(text, parents))
        });
        let known = !merge && is_text(&file.new) && texts.iter().all(|old| is_text(old));
        let losses = known.then_some(FileLosses { path, from, lost, written, fresh });
        (LinesAfter::Spans { sources, spans }, losses)
    }

    /// The files of the parents that this one comes from.
    fn sources<'f>(
        &self,
        place: usize,
        file: &'f AgeFile,
        renames: &Renames<'f>,
    ) -> (Vec<LineSource>, Vec<&'f Content>) {
        let (mut sources, mut texts) = (Vec::new(), Vec::new());
        for (parent, old) in (0..u16::MAX).zip(&file.old) {
            let (path, old) = match old {
                Some(Content::Absent) | None => match renames.source(usize::from(parent), place) {
                    Some((path, old)) => (Some(self.key(path)), old),
                    None => continue,
                },
                Some(old) => (None, old),
            };
            sources.push(LineSource { parent, path });
            texts.push(old);
        }
        (sources, texts)
    }
}

/// Whether the content was read and has lines.
fn is_text(content: &Content) -> bool {
    matches!(content, Content::Bytes(_)) && !read(content, is_binary)
}

/// Lends the texts of all parents at once.
fn lend_all<R>(parents: &[&Content], lent: Vec<&[u8]>, reader: &mut impl FnMut(&[&[u8]]) -> R) -> R {
    let Some((old, rest)) = parents.split_first() else { return reader(&lent) };
    read(old, |text| {
        // The text of this parent lives shorter than those before it.
        let mut more: Vec<&[u8]> = lent.clone();
        more.push(text);
        lend_all(rest, more, reader)
    })
}

impl fmt::Debug for LineEditor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineEditor").finish_non_exhaustive()
    }
}
