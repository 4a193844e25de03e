//! The ages of one file, found from its last commit backwards: as `git blame -w -M` goes, so that lines that are gone by now
//! have no say in which blocks moved.

use std::collections::HashMap;
use std::fmt;

use prodops_core::fact::CommitId;
use prodops_core::source::Content;

use super::editor::{AgeFile, AgeStep};
use super::rename::Renames;
use crate::change::{LineDiff, Lines, White, count_lines, read};

/// A block with fewer letters and digits than this did not move. As git has it.
const LEAST_MOVED: usize = 20;

/// Lines in a row whose commit is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Piece {
    /// In the file that was asked about, from 0.
    last: u32,
    /// In the file of the commit at hand, from 0.
    here: u32,
    lines: u32,
}

/// Lines of a file that come from the same commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineOrigin {
    /// The first of them, from 0.
    pub first: u32,
    /// How many.
    pub lines: u32,
    /// Their commit.
    pub commit: CommitId,
}

/// Finds the commit of every line of one file; takes the commits of its history children first.
///
/// # Security
/// It holds the paths that the file had, and numbers. No text outlives [`step`](Self::step).
pub struct LineOrigins {
    path: Vec<u8>,
    /// Pieces by the commit that they are looked for in, and the path there.
    open: HashMap<CommitId, HashMap<Vec<u8>, Vec<Piece>>>,
    found: Vec<LineOrigin>,
    diff: LineDiff,
}

impl LineOrigins {
    /// The lines of this file at this commit, which must be the first one to come.
    #[must_use]
    pub fn of(path: &[u8]) -> Self {
        Self { path: path.to_vec(), open: HashMap::new(), found: Vec::new(), diff: LineDiff::default() }
    }

    /// Starts with the file as it is at the last commit.
    pub fn start(&mut self, commit: CommitId, content: &Content) {
        let lines = read(content, count_lines);
        let whole = Piece { last: 0, here: 0, lines };
        if lines > 0 {
            self.open.entry(commit).or_default().insert(self.path.clone(), vec![whole]);
        }
    }

    /// Whether the file of a commit that comes next has to be read.
    #[must_use]
    pub fn wants(&self, commit: &CommitId, path: &[u8]) -> bool {
        self.open.get(commit).is_some_and(|paths| paths.contains_key(path))
    }

    /// Looks at the next commit. Of its files those must be there that are [wanted](Self::wants), and where one of them is
    /// new, those that are gone.
    pub fn step(&mut self, step: &AgeStep<'_>) {
        let Some(paths) = self.open.remove(&step.id) else { return };
        let renames = Renames::of(step);
        for (path, pieces) in paths {
            match step.files.iter().position(|file| file.path == path) {
                Some(place) => self.file(step, place, pieces, &renames),
                // The same in every parent.
                None => match step.parents.first() {
                    Some(parent) => self.hand_on(*parent, &path, pieces),
                    None => self.keep(step.id, &pieces),
                },
            }
        }
    }

    fn file(&mut self, step: &AgeStep<'_>, place: usize, mut pieces: Vec<Piece>, renames: &Renames<'_>) {
        let Some(file) = step.files.get(place) else { return };
        if let Some(same) = file.old.iter().position(Option::is_none)
            && let Some(parent) = step.parents.get(same)
        {
            return self.hand_on(*parent, &file.path, pieces);
        }
        let parents: Vec<(CommitId, &[u8], &Content)> = before(step, file, place, renames);
        for (parent, path, old) in &parents {
            let (gone, kept) = self.unchanged(old, &file.new, &pieces);
            self.hand_on(*parent, path, gone);
            pieces = kept;
        }
        let (mut pieces, small): (Vec<_>, Vec<_>) =
            pieces.into_iter().partition(|piece| read(&file.new, |text| ink(text, *piece)) >= LEAST_MOVED);
        for (parent, path, old) in &parents {
            let (gone, kept) = self.moved(old, &file.new, pieces);
            self.hand_on(*parent, path, gone);
            pieces = kept;
        }
        self.keep(step.id, &pieces);
        self.keep(step.id, &small);
    }

    /// Pieces that a parent has in the same place, and those that it has not.
    fn unchanged(&mut self, old: &Content, new: &Content, pieces: &[Piece]) -> (Vec<Piece>, Vec<Piece>) {
        let common = read(old, |old| read(new, |new| self.common(old, new)));
        let (mut gone, mut kept) = (Vec::new(), Vec::new());
        for piece in pieces {
            split(*piece, &common, &mut gone, &mut kept);
        }
        (gone, kept)
    }

    /// The parts that two texts share: first line of the old one, of the new one, and lines.
    fn common(&mut self, old: &[u8], new: &[u8]) -> Vec<(u32, u32, u32)> {
        let (mut old_at, mut new_at, mut common) = (0, 0, Vec::new());
        for hunk in self.diff.compare(old, new, White::Ignored) {
            common.push((old_at, new_at, hunk.new_start - new_at));
            (old_at, new_at) = (hunk.old_start + hunk.old_lines, hunk.new_start + hunk.new_lines);
        }
        common.push((old_at, new_at, count_lines(new).saturating_sub(new_at)));
        common.retain(|(.., lines)| *lines > 0);
        common
    }

    /// Pieces that a parent has in another place, and the others: of each piece the best part is taken and the rest tried
    /// again.
    fn moved(&mut self, old: &Content, new: &Content, pieces: Vec<Piece>) -> (Vec<Piece>, Vec<Piece>) {
        let (mut gone, mut kept, mut left) = (Vec::new(), Vec::new(), pieces);
        while let Some(piece) = left.pop() {
            let best = read(old, |old| read(new, |new| self.best_part(old, new, piece)));
            match best {
                Some(part) => {
                    let mut rest = Vec::new();
                    split(piece, &[part], &mut gone, &mut rest);
                    let (large, small): (Vec<_>, Vec<_>) = rest
                        .into_iter()
                        .partition(|piece| read(new, |text| ink(text, *piece)) >= LEAST_MOVED);
                    left.extend(large);
                    kept.extend(small);
                }
                None => kept.push(piece),
            }
        }
        (gone, kept)
    }

    fn best_part(&mut self, old: &[u8], new: &[u8], piece: Piece) -> Option<(u32, u32, u32)> {
        let common = self.common(old, part(new, piece.here, piece.lines));
        let scored = common.into_iter().map(|(from, to, lines)| {
            let to = piece.here + to;
            (ink(new, Piece { last: 0, here: to, lines }), (from, to, lines))
        });
        // Of equals the last.
        scored.filter(|(ink, _)| *ink >= LEAST_MOVED).max_by_key(|(ink, _)| *ink).map(|(_, part)| part)
    }

    fn hand_on(&mut self, parent: CommitId, path: &[u8], pieces: Vec<Piece>) {
        if !pieces.is_empty() {
            let paths = self.open.entry(parent).or_default();
            paths.entry(path.to_vec()).or_default().extend(pieces);
        }
    }

    fn keep(&mut self, commit: CommitId, pieces: &[Piece]) {
        self.found.extend(pieces.iter().map(|piece| LineOrigin {
            first: piece.last,
            lines: piece.lines,
            commit,
        }));
    }

    /// The lines with their commits, in order; neighbours of the same commit together.
    #[must_use]
    pub fn finish(mut self) -> Vec<LineOrigin> {
        self.found.sort_unstable_by_key(|origin| origin.first);
        self.found.dedup_by(|next, before| {
            let same = next.commit == before.commit && before.first + before.lines == next.first;
            if same {
                before.lines += next.lines;
            }
            same
        });
        self.found
    }
}

/// The parents that have the file, each with its path and content there.
fn before<'a>(
    step: &AgeStep<'a>,
    file: &'a AgeFile,
    place: usize,
    renames: &Renames<'a>,
) -> Vec<(CommitId, &'a [u8], &'a Content)> {
    let parents = step.parents.iter().zip(&file.old).enumerate();
    parents
        .filter_map(|(number, (parent, old))| match old.as_ref()? {
            Content::Absent => renames.source(number, place).map(|(path, old)| (*parent, path, old)),
            old => Some((*parent, file.path.as_slice(), old)),
        })
        .collect()
}

/// The parts of a piece that the other text has, by their lines there, and the rest.
fn split(piece: Piece, common: &[(u32, u32, u32)], gone: &mut Vec<Piece>, kept: &mut Vec<Piece>) {
    let (mut at, end) = (piece.here, piece.here + piece.lines);
    let push = |list: &mut Vec<Piece>, from: u32, to: u32, here: u32| {
        if to > from {
            list.push(Piece { last: piece.last + (from - piece.here), here, lines: to - from });
        }
    };
    for (old, new, lines) in common {
        let (from, to) = ((*new).max(at), (new + lines).min(end));
        if to > from {
            push(kept, at, from, at);
            push(gone, from, to, old + (from - new));
            at = to;
        }
    }
    push(kept, at, end, at);
}

/// Lines of a text.
fn part(text: &[u8], first: u32, lines: u32) -> &[u8] {
    let mut rest = Lines(text);
    let before: usize = rest.by_ref().take(first as usize).map(<[u8]>::len).sum();
    let length: usize = rest.take(lines as usize).map(<[u8]>::len).sum();
    text.get(before..before + length).unwrap_or_default()
}

/// Letters and digits of a piece.
fn ink(text: &[u8], piece: Piece) -> usize {
    part(text, piece.here, piece.lines).iter().filter(|byte| byte.is_ascii_alphanumeric()).count()
}

impl fmt::Debug for LineOrigins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineOrigins").field("found", &self.found.len()).finish_non_exhaustive()
    }
}
