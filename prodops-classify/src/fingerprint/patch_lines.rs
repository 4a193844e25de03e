//! The lines of a patch, as numbers that tell nothing without the key.

use prodops_core::source::Change;

use super::keys::FingerprintKeys;
use super::line;
use crate::change::{LineDiff, Lines, count, read};
use crate::lexer::{add, hash_bytes};

/// Keeps paths apart from lines and tokens.
const PATH: u64 = 17;

/// A line with fewer letters and digits stands everywhere, and says nothing of where it comes from.
const LETTERS: usize = 4;

/// A patch of more lines, those that it adds and those that it takes away together, is not looked at.
const MOST: usize = 1 << 16;

/// The lines that a patch adds and takes away: two sets of keyed numbers, each of a line in its file.
///
/// # Format
/// Version 1, see [`FingerprintKeys`]: SipHash-2-4 under the subkey for lines of `fold(H(16, line) xor H(17, path),
/// 0xbb67ae8584caa73b)`. Lines with fewer than four letters and digits are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatchLines {
    added: Vec<u64>,
    deleted: Vec<u64>,
}

impl PatchLines {
    /// The lines of a commit's changes; none of more than 65,536, and none of files that are not text.
    #[must_use]
    pub fn of(keys: &FingerprintKeys, changes: &[Change]) -> Self {
        let (mut diff, mut lines) = (LineDiff::default(), Self::default());
        for change in changes {
            let path = hash_bytes(PATH, &change.path);
            count(&mut diff, change);
            let hunks = diff.hunks();
            let deleted = hunks.iter().map(|hunk| hunk.old_start..hunk.old_start + hunk.old_lines);
            let added = hunks.iter().map(|hunk| hunk.new_start..hunk.new_start + hunk.new_lines);
            read(&change.old, |text| push(&mut lines.deleted, path, text, deleted));
            read(&change.new, |text| push(&mut lines.added, path, text, added));
            if lines.len() > MOST {
                return Self::default();
            }
        }
        for side in [&mut lines.added, &mut lines.deleted] {
            keys.lines(side);
            side.sort_unstable();
            side.dedup();
        }
        lines
    }

    #[cfg(test)]
    pub(super) const fn from_sets(added: Vec<u64>, deleted: Vec<u64>) -> Self {
        Self { added, deleted }
    }

    /// The lines that it adds, in rising order.
    #[must_use]
    pub fn added(&self) -> &[u64] {
        &self.added
    }

    /// The lines that it takes away, in rising order.
    #[must_use]
    pub fn deleted(&self) -> &[u64] {
        &self.deleted
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.added.len() + self.deleted.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Adds the lines of these ranges, which rise.
fn push(to: &mut Vec<u64>, path: u64, text: &[u8], ranges: impl Iterator<Item = std::ops::Range<u32>>) {
    let mut lines = (0..).zip(Lines(text));
    for range in ranges {
        let before = range.start.saturating_sub(lines.clone().next().map_or(0, |(number, _)| number));
        let within = lines.by_ref().skip(before as usize).take(range.len()).map(|(_, line)| line);
        to.extend(within.filter(|line| says_something(line)).map(|line| add(line::hash(line), path)));
    }
}

fn says_something(line: &[u8]) -> bool {
    let letters = line.iter().filter(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
    letters.take(LETTERS).count() == LETTERS
}
