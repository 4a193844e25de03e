//! How much two files have in common, as git measures it: lines by hash and size.

use std::collections::HashMap;

use crate::lexer::{hash_bytes, hash_iter};

/// What a score is a share of.
pub(crate) const WHOLE: u64 = 60_000;

/// Files are alike from here on.
pub(crate) const LEAST: u64 = 30_000;

/// A file of the same name in another folder is taken when it is alike from here on, whatever else there is.
const LEAST_SAME_NAME: u64 = 45_000;

/// As many pairs of files are compared at most; of more only those with the same content are found. As git has it.
pub(crate) const MOST_PAIRS: usize = 1_000_000;

/// Pieces of a text are no longer than this.
const PIECE: usize = 64;

/// The pieces of a text, by hash and size.
pub(crate) struct Pieces {
    size: u64,
    whole: u64,
    /// In the order of the hashes.
    counts: Vec<(u32, u64)>,
}

impl Pieces {
    /// A text as lines, long ones in pieces.
    pub(crate) fn of(text: &[u8]) -> Self {
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
    pub(crate) fn score(&self, other: &Self) -> u64 {
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

/// Files that another one can come from.
pub(crate) struct Sources<'a> {
    files: Vec<(&'a [u8], Pieces)>,
    /// The first file with each content, and the first with each content and name.
    whole: HashMap<(u64, u64), usize>,
    named: HashMap<(u64, u64, &'a [u8]), usize>,
}

fn name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or_default()
}

impl<'a> Sources<'a> {
    pub(crate) fn new(files: impl Iterator<Item = (&'a [u8], Pieces)>) -> Self {
        let files: Vec<(&[u8], Pieces)> = files.collect();
        let (mut whole, mut named) = (HashMap::new(), HashMap::new());
        for (place, (path, pieces)) in files.iter().enumerate() {
            whole.entry((pieces.size, pieces.whole)).or_insert(place);
            named.entry((pieces.size, pieces.whole, name(path))).or_insert(place);
        }
        Self { files, whole, named }
    }

    /// The place of the first file with the same content, one with the same name before others.
    pub(crate) fn same(&self, path: &[u8], mine: &Pieces) -> Option<usize> {
        let named = self.named.get(&(mine.size, mine.whole, name(path)));
        named.or_else(|| self.whole.get(&(mine.size, mine.whole))).copied()
    }

    /// How much each of the files has in common with this one.
    pub(crate) fn scores(&self, mine: &Pieces) -> impl Iterator<Item = u64> {
        self.files.iter().map(|(_, pieces)| pieces.score(mine))
    }

    /// The place of the file that became this one; `None` when it is new. Only the same content is found unless files are
    /// to be compared.
    pub(crate) fn best(&self, path: &[u8], mine: &Pieces, compare: bool) -> Option<usize> {
        let same = self.same(path, mine);
        if same.is_some() || !compare {
            return same;
        }
        let same_name = |other: &[u8]| name(other) == name(path);
        let mut named = self.files.iter().enumerate().filter(|(_, (other, _))| same_name(other));
        if let (Some((place, (_, only))), None) = (named.next(), named.next())
            && only.score(mine) >= LEAST_SAME_NAME
        {
            return Some(place);
        }
        let scored = self.files.iter().zip(self.scores(mine)).enumerate();
        let scored =
            scored.map(|(place, ((other, _), score))| (score, same_name(other), std::cmp::Reverse(place)));
        let best = scored.filter(|(score, ..)| *score >= LEAST).max()?;
        Some(best.2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str, gone: &[(&'static str, &str)]) -> Option<usize> {
        let one = |(path, text): &(&'static str, &str)| (path.as_bytes(), Pieces::of(text.as_bytes()));
        Sources::new(gone.iter().map(one)).best(path.as_bytes(), &Pieces::of(text.as_bytes()), true)
    }

    #[test]
    fn the_most_alike_file_is_the_one_that_was_renamed() {
        let lines = |from: u32, to: u32| (from..to).map(|n| format!("line {n}\n")).collect::<String>();
        let (whole, most, half, little) = (lines(0, 100), lines(10, 110), lines(45, 145), lines(60, 160));
        assert_eq!(found("b", &whole, &[("x", &most), ("a", &whole)]), Some(1));
        assert_eq!(found("b", &whole, &[("x", &half), ("a", &most)]), Some(1));
        assert_eq!(found("b", &whole, &[("x", &little)]), None);
        assert_eq!(found("d/b", &whole, &[("x", &lines(1, 101)), ("e/b", &most)]), Some(1));
        assert_eq!(found("b", "", &[("x", "1"), ("a", "")]), Some(1));
        let windows = whole.replace('\n', "\r\n");
        assert_eq!(found("b", &windows, &[("a", &whole)]), Some(0));
    }
}
