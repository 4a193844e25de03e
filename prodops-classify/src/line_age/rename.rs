//! Under which name a file was before, as git finds it: the same content, or more than half of it.

use prodops_core::source::Content;

use super::history::{AgeFile, AgeStep};
use crate::change::read;
use crate::lexer::{hash_bytes, hash_iter};

/// Alike from here on, in shares of [`WHOLE`].
const LEAST: u64 = 30_000;

/// A file of the same name in another folder is taken when it is alike from here on, whatever else there is.
const LEAST_SAME_NAME: u64 = 45_000;

const WHOLE: u64 = 60_000;

/// More files than this are not compared.
const MOST_FILES: usize = 1_000;

/// Pieces of a text are no longer than this.
const PIECE: usize = 64;

/// The pieces of a text, by hash and size.
struct Pieces {
    size: u64,
    whole: u64,
    /// In the order of the hashes.
    counts: Vec<(u32, u64)>,
}

impl Pieces {
    /// A text as lines, long ones in pieces.
    fn of(text: &[u8]) -> Self {
        let mut counts: Vec<(u32, u64)> = Vec::new();
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            for piece in line.chunks(PIECE) {
                let mut hash = hash_bytes(0, piece);
                // A carriage return before the end of a line does not count.
                let mut size = piece.len() as u64;
                if let Some(text) = piece.strip_suffix(b"\r\n") {
                    hash = hash_iter(0, text.iter().copied().chain([b'\n']));
                    size -= 1;
                }
                counts.push((hash as u32, size));
            }
        }
        counts.sort_unstable();
        counts.dedup_by(|next, first| {
            let same = next.0 == first.0;
            first.1 += if same { next.1 } else { 0 };
            same
        });
        Self { size: text.len() as u64, whole: hash_bytes(0, text), counts }
    }

    /// How much of both is the same.
    fn score(&self, other: &Self) -> u64 {
        let (small, large) = (self.size.min(other.size), self.size.max(other.size));
        if small == 0 || (large - small) * WHOLE > large * (WHOLE - LEAST) {
            return 0;
        }
        let (mut a, mut b) = (self.counts.iter().peekable(), other.counts.iter().peekable());
        let mut shared = 0;
        while let (Some(x), Some(y)) = (a.peek(), b.peek()) {
            match x.0.cmp(&y.0) {
                std::cmp::Ordering::Less => drop(a.next()),
                std::cmp::Ordering::Greater => drop(b.next()),
                std::cmp::Ordering::Equal => {
                    shared += x.1.min(y.1);
                    a.next();
                    b.next();
                }
            }
        }
        shared * WHOLE / large
    }
}

/// A file that is gone, where it may have been renamed.
struct Gone<'a> {
    path: &'a [u8],
    pieces: Pieces,
}

fn name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

/// The place of the file that became this one; `None` when it is new.
fn source(path: &[u8], mine: &Pieces, gone: &[Gone<'_>]) -> Option<usize> {
    let same_name = |one: &Gone<'_>| name(one.path) == name(path);
    let mut best = None;
    for (place, one) in gone.iter().enumerate() {
        if mine.size > 0 && (one.pieces.size, one.pieces.whole) == (mine.size, mine.whole) {
            if same_name(one) {
                return Some(place);
            }
            best = best.or(Some(place));
        }
    }
    if best.is_some() || gone.len() > MOST_FILES {
        return best;
    }
    let mut named = gone.iter().enumerate().filter(|(_, one)| same_name(one));
    if let (Some((place, only)), None) = (named.next(), named.next())
        && only.pieces.score(mine) >= LEAST_SAME_NAME
    {
        return Some(place);
    }
    let scored = gone
        .iter()
        .enumerate()
        .map(|(place, one)| (one.pieces.score(mine), same_name(one), std::cmp::Reverse(place)));
    let best = scored.filter(|(score, ..)| *score >= LEAST).max()?;
    Some(best.2.0)
}

/// The renames of a commit.
pub(super) struct Renames<'a> {
    /// Parent, the new file's place and the old one's.
    found: Vec<(usize, usize, usize)>,
    files: &'a [AgeFile],
}

impl<'a> Renames<'a> {
    pub(super) fn of(step: &AgeStep<'a>) -> Self {
        let mut found = Vec::new();
        for parent in 0..step.parents.len() {
            let old = |file: &'a AgeFile| file.old.get(parent).and_then(Option::as_ref);
            // Who has the very same file in another parent is not looked for.
            let is_new = |file: &AgeFile| {
                matches!(file.new, Content::Bytes(_)) && file.old.iter().all(Option::is_some)
            };
            let new: Vec<usize> =
                places(step.files, |file| is_new(file) && matches!(old(file), Some(Content::Absent)));
            let gone: Vec<usize> = places(step.files, |file| {
                matches!(file.new, Content::Absent) && matches!(old(file), Some(Content::Bytes(_)))
            });
            if new.is_empty() || gone.is_empty() {
                continue;
            }
            let file = |place: &usize| step.files.get(*place);
            let candidates: Vec<Gone<'_>> = gone
                .iter()
                .filter_map(file)
                .filter_map(|file| Some(Gone { path: &file.path, pieces: read(old(file)?, Pieces::of) }))
                .collect();
            for (place, file) in new.iter().filter_map(|place| Some((*place, file(place)?))) {
                let from = source(&file.path, &read(&file.new, Pieces::of), &candidates);
                found.extend(from.and_then(|from| gone.get(from)).map(|from| (parent, place, *from)));
            }
        }
        Self { found, files: step.files }
    }

    /// The file of a parent that became this one.
    pub(super) fn source(&self, parent: usize, place: usize) -> Option<(&'a [u8], &'a Content)> {
        let (.., from) = self.found.iter().find(|(other, to, _)| (*other, *to) == (parent, place))?;
        let file = self.files.get(*from)?;
        Some((&file.path, file.old.get(parent)?.as_ref()?))
    }

    /// Whether a file became another one.
    pub(super) fn is_source(&self, place: usize) -> bool {
        self.found.iter().any(|(.., from)| *from == place)
    }
}

fn places<'a>(files: &'a [AgeFile], wanted: impl Fn(&'a AgeFile) -> bool) -> Vec<usize> {
    files.iter().enumerate().filter(|(_, file)| wanted(file)).map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str, gone: &[(&'static str, &str)]) -> Option<usize> {
        let one = |(path, text): &(&'static str, &str)| (path.as_bytes(), Pieces::of(text.as_bytes()));
        let gone: Vec<Gone<'_>> = gone.iter().map(one).map(|(path, pieces)| Gone { path, pieces }).collect();
        source(path.as_bytes(), &Pieces::of(text.as_bytes()), &gone)
    }

    #[test]
    fn the_most_alike_file_is_the_one_that_was_renamed() {
        let lines = |from: u32, to: u32| (from..to).map(|n| format!("line {n}\n")).collect::<String>();
        let (whole, most, half, little) = (lines(0, 100), lines(10, 110), lines(45, 145), lines(60, 160));
        assert_eq!(found("b", &whole, &[("x", &most), ("a", &whole)]), Some(1));
        assert_eq!(found("b", &whole, &[("x", &half), ("a", &most)]), Some(1));
        assert_eq!(found("b", &whole, &[("x", &little)]), None);
        assert_eq!(found("d/b", &whole, &[("x", &lines(1, 101)), ("e/b", &most)]), Some(1));
        assert_eq!(found("b", "", &[("a", "")]), None);
        let windows = whole.replace('\n', "\r\n");
        assert_eq!(found("b", &windows, &[("a", &whole)]), Some(0));
    }
}
