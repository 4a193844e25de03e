//! The kinds of change of a commit: hunks by their tokens, lines by where they come from.

use prodops_core::fact::{CommitWork, ComplexityDelta, Language};
use prodops_core::source::Change;

use super::count::read;
use super::diff::Hunk;
use super::kind::{HunkKind, KindFinder};
use super::lines::Lines;
use super::moves::{Moves, Origin};

/// The lines of one changed file by what became of them. Every added line counts once, every deleted line, too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LineKinds {
    /// New lines in hunks that take nothing away.
    pub added: u32,
    /// Deleted lines in hunks that add nothing.
    pub deleted: u32,
    /// New lines that replace others.
    pub updated: u32,
    /// New lines in which names, numbers or strings were replaced throughout.
    pub replaced: u32,
    /// New lines that were taken away elsewhere in the commit, in blocks of 20 letters and digits or more.
    pub moved: u32,
    /// New lines that stand elsewhere in a file that the commit touches, in blocks of 40 letters and digits or more.
    pub copied: u32,
    /// New lines in which only white space without meaning changed.
    pub format_only: u32,
    /// New lines in which only comments changed.
    pub comment_only: u32,
}

/// Finds the kinds of change of one commit after another; keeps its memory between them.
#[derive(Default)]
pub(crate) struct WorkFinder {
    kinds: KindFinder,
    moves: Moves,
    /// Of each hunk: the file's place, its kind, and how many lines it adds and deletes.
    hunks: Vec<(usize, HunkKind, u32, u32)>,
    /// Files that were too long to be taken apart.
    unlexed: u32,
}

impl WorkFinder {
    /// Starts with another commit.
    pub(crate) fn begin(&mut self) {
        self.moves.clear();
        self.hunks.clear();
        self.unlexed = 0;
    }

    /// In how many files of the commit format and comments are not told apart from other changes, for their length.
    pub(crate) const fn unlexed(&self) -> u32 {
        self.unlexed
    }

    /// Adds a file whose lines were counted; says how complex it was and is.
    pub(crate) fn add(
        &mut self,
        place: usize,
        language: Option<Language>,
        change: &Change,
        hunks: &[Hunk],
    ) -> Option<ComplexityDelta> {
        if hunks.is_empty() {
            // Both texts are the same.
            let points = read(&change.new, |text| self.kinds.complexity(language, text))?;
            return Some(ComplexityDelta { before: points, after: points });
        }
        read(&change.old, |old| {
            read(&change.new, |new| {
                self.lines_of([old, new], hunks);
                self.kinds_of(place, language, [old, new], hunks)
            })
        })
    }

    fn kinds_of(
        &mut self,
        place: usize,
        language: Option<Language>,
        sides: [&[u8]; 2],
        hunks: &[Hunk],
    ) -> Option<ComplexityDelta> {
        let mut sizes = hunks.iter();
        let found = &mut self.hunks;
        let mut push = |kind: HunkKind| {
            let (added, deleted) = sizes.next().map_or((0, 0), |hunk| (hunk.new_lines, hunk.old_lines));
            found.push((place, kind, added, deleted));
        };
        // A file that is new or gone is one hunk, and nothing of it is only format.
        match sides {
            [[], new] => {
                push(HunkKind::Added);
                let after = self.kinds.complexity(language, new)?;
                Some(ComplexityDelta { before: 0, after })
            }
            [old, []] => {
                push(HunkKind::Deleted);
                let before = self.kinds.complexity(language, old)?;
                Some(ComplexityDelta { before, after: 0 })
            }
            sides => {
                let apart = self.kinds.find(language, sides, hunks, push);
                self.unlexed += u32::from(!apart.lexed);
                apart.complexity
            }
        }
    }

    fn lines_of(&mut self, [old, new]: [&[u8]; 2], hunks: &[Hunk]) {
        let (mut old_lines, mut new_lines) = (Lines(old), Lines(new));
        let (mut old_at, mut new_at) = (0, 0);
        for hunk in hunks {
            self.moves.keep(old_lines.by_ref().take((hunk.old_start - old_at) as usize));
            self.moves.delete(old_lines.by_ref().take(hunk.old_lines as usize));
            let skipped = (hunk.new_start - new_at) as usize;
            let added = new_lines.by_ref().take(skipped + hunk.new_lines as usize).skip(skipped);
            self.moves.add(added);
            (old_at, new_at) = (hunk.old_start + hunk.old_lines, hunk.new_start + hunk.new_lines);
        }
        self.moves.keep(old_lines);
    }

    /// The kinds of change of every file.
    pub(crate) fn finish(&mut self, files: usize) -> Vec<LineKinds> {
        let mut kinds = vec![LineKinds::default(); files];
        let mut origins = self.moves.find().iter();
        for (place, kind, added, deleted) in &self.hunks {
            let Some(file) = kinds.get_mut(*place) else { continue };
            for origin in origins.by_ref().take(*added as usize) {
                let lines = match (origin, kind) {
                    (Origin::Moved, _) => &mut file.moved,
                    (_, HunkKind::FormatOnly) => &mut file.format_only,
                    (_, HunkKind::CommentOnly) => &mut file.comment_only,
                    (Origin::Copied, _) => &mut file.copied,
                    (Origin::Written | Origin::At(_), HunkKind::Replaced) => &mut file.replaced,
                    (Origin::Written | Origin::At(_), HunkKind::Updated) => &mut file.updated,
                    (Origin::Written | Origin::At(_), HunkKind::Added | HunkKind::Deleted) => &mut file.added,
                };
                *lines += 1;
            }
            if *added == 0 {
                file.deleted += deleted;
            }
        }
        kinds
    }
}

impl LineKinds {
    /// Adds these lines to those of a commit.
    pub(crate) fn add_to(&self, work: &mut CommitWork) {
        work.moved += self.moved;
        work.copied += self.copied;
        work.format_only += self.format_only;
        work.comment_only += self.comment_only;
    }
}
