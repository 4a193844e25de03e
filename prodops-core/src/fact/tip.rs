//! Files at the head of a repository, as numbers: what sort each is, and keyed fingerprints of what it holds. No text is in here.

use serde::{Deserialize, Serialize};

use super::artefact::{Artefact, Language};
use super::commit::{CountState, PathKey};
use crate::id::RepositoryId;

/// What a file holds, and what its folders say of it, under the workspace's key: as long as it is the same, so are they.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ContentKey(pub u64);

/// A run of tokens that was kept of a file, whatever its names, numbers and strings are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TipGram {
    /// The lower half of its keyed hash. Of two grams that differ, one pair in 4 thousand millions has the same.
    pub value: u32,
    /// The number of its first token in the file, from 0.
    pub token: u32,
    /// The line of its first token, from 1.
    pub line: u32,
}

/// The grams of a file in its order, some five bytes each.
///
/// # Format
/// Of each gram a byte with two steps, then its value in four bytes, little-endian. The upper half of the byte is the step from
/// the token behind the one of the gram before, the lower half that from its line; both begin at 0. A half of 15 has the rest of
/// the step behind the byte, seven bits in each byte with the lowest first, and the highest bit set on all but the last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TipGrams(Vec<u8>);

/// A step that does not fit into half a byte.
const LONG: u32 = 15;

impl TipGrams {
    /// Packs grams, which come in the order of their tokens.
    #[must_use]
    pub fn pack(grams: impl IntoIterator<Item = TipGram>) -> Self {
        let (mut bytes, mut token, mut line) = (Vec::new(), 0u32, 0u32);
        for gram in grams {
            let steps = [gram.token.saturating_sub(token), gram.line.saturating_sub(line)];
            let [upper, lower] = steps.map(|step| step.min(LONG) as u8);
            bytes.push((upper << 4) | lower);
            steps.into_iter().filter(|step| *step >= LONG).for_each(|step| put(&mut bytes, step - LONG));
            bytes.extend(gram.value.to_le_bytes());
            (token, line) = (gram.token.saturating_add(1), gram.line);
        }
        bytes.shrink_to_fit();
        Self(bytes)
    }

    /// The grams. What is no packed gram ends them.
    #[must_use]
    pub fn iter(&self) -> TipGramIter<'_> {
        TipGramIter { rest: &self.0, token: 0, line: 0 }
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How much room they take, in bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.0.len()
    }
}

impl<'a> IntoIterator for &'a TipGrams {
    type Item = TipGram;
    type IntoIter = TipGramIter<'a>;
    fn into_iter(self) -> TipGramIter<'a> {
        self.iter()
    }
}

fn put(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// The grams of a [`TipGrams`], one after the other.
#[derive(Debug, Clone)]
pub struct TipGramIter<'a> {
    rest: &'a [u8],
    token: u32,
    line: u32,
}

impl TipGramIter<'_> {
    fn step(&mut self, half: u8) -> Option<u32> {
        let half = u32::from(half);
        if half < LONG {
            return Some(half);
        }
        let (mut number, mut shift) = (0u32, 0);
        loop {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte & 0x80 == 0 {
                return number.checked_add(LONG);
            }
            shift += 7;
        }
    }
}

impl Iterator for TipGramIter<'_> {
    type Item = TipGram;
    fn next(&mut self) -> Option<TipGram> {
        let (steps, rest) = self.rest.split_first()?;
        self.rest = rest;
        let token = self.token.checked_add(self.step(steps >> 4)?)?;
        let line = self.line.checked_add(self.step(steps & 0x0f)?)?;
        let (value, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        (self.token, self.line) = (token.checked_add(1)?, line);
        Some(TipGram { value: u32::from_le_bytes(*value), token, line })
    }
}

/// A file at the head of a repository.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TipFile {
    /// Of which repository.
    pub repository: RepositoryId,
    /// Which file, without its name.
    pub path: PathKey,
    /// What it holds.
    pub content: ContentKey,
    /// What sort of file it is.
    pub artefact: Artefact,
    /// Its language, where its name tells.
    pub language: Option<Language>,
    /// Whether it was read, and if not, why. What is not written source is not looked at, and counts as read without lines.
    pub counted: CountState,
    /// Its lines; 0 where they were not read.
    pub lines: u32,
    /// Its grams; none of what is not [source](Artefact::is_source), was not read, or is too short.
    pub grams: TipGrams,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn grams_survive_packing(steps in prop::collection::vec((any::<u32>(), 1u32..40, 0u32..2_000), 0..60)) {
            let (mut token, mut line) = (0u32, 1u32);
            let grams: Vec<TipGram> = steps.into_iter().map(|(value, tokens, lines)| {
                (token, line) = (token + tokens, line + lines);
                TipGram { value, token, line }
            }).collect();
            prop_assert_eq!(TipGrams::pack(grams.clone()).iter().collect::<Vec<_>>(), grams);
        }

        #[test]
        fn any_bytes_are_grams_that_rise(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let grams: Vec<TipGram> = TipGrams(bytes).iter().collect();
            prop_assert!(grams.is_sorted_by(|a, b| a.token < b.token && a.line <= b.line));
        }
    }

    #[test]
    fn a_gram_takes_five_bytes_where_the_next_is_near() {
        let near = (0..100u32).map(|n| TipGram { value: n, token: n * 9, line: 1 + n });
        assert_eq!(TipGrams::pack(near).bytes(), 500);
    }
}
