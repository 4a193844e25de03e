//! The grams of all files beside each other.

use std::ops::Range;

use prodops_core::fact::{TipFile, TipGram};
use prodops_core::id::RepositoryId;

use super::{MIN_TOKENS, left_out};

/// How many tokens a gram has.
const GRAM: u32 = 16;

/// The grams of the files that are compared.
pub(super) struct Corpus<'a> {
    /// The files, those of the repository that was asked about first.
    pub(super) files: Vec<&'a TipFile>,
    /// Where the grams of each file begin; one more for the end.
    starts: Vec<u32>,
    grams: Vec<TipGram>,
    /// Files from this one on, in the order of comparison, have no room.
    beyond: Option<(bool, RepositoryId, u64)>,
}

/// The order of comparison: when there is no room for all, what was asked about has it.
fn place(file: &TipFile, first: RepositoryId) -> (bool, RepositoryId, u64) {
    (file.repository != first, file.repository, file.path.0)
}

impl<'a> Corpus<'a> {
    /// The grams of as many files as have room.
    pub(super) fn new(files: &'a [TipFile], first: RepositoryId, most: usize) -> Self {
        let mut all: Vec<&TipFile> = files.iter().filter(|file| left_out(file).is_none()).collect();
        all.sort_unstable_by_key(|file| place(file, first));
        let mut corpus = Self { files: Vec::new(), starts: vec![0], grams: Vec::new(), beyond: None };
        for file in all {
            let before = corpus.grams.len();
            corpus.grams.extend(&file.grams);
            if corpus.grams.len() > most {
                corpus.grams.truncate(before);
                corpus.beyond = Some(place(file, first));
                break;
            }
            corpus.files.push(file);
            corpus.starts.push(u32::try_from(corpus.grams.len()).unwrap_or(u32::MAX));
        }
        corpus
    }

    /// Whether there was no room for a file of the repository that was asked about.
    pub(super) fn is_beyond(&self, file: &TipFile) -> bool {
        self.beyond.is_some_and(|beyond| place(file, file.repository) >= beyond)
    }

    pub(super) const fn len(&self) -> usize {
        self.grams.len()
    }

    pub(super) fn gram(&self, at: u32) -> Option<TipGram> {
        self.grams.get(at as usize).copied()
    }

    /// The file that a gram is of.
    pub(super) fn file_of(&self, gram: u32) -> usize {
        self.starts.partition_point(|start| *start <= gram).saturating_sub(1)
    }

    /// The grams of a file.
    pub(super) fn range(&self, file: usize) -> Range<u32> {
        let at = |file: usize| self.starts.get(file).copied().unwrap_or(0);
        at(file)..at(file + 1)
    }

    pub(super) fn slice(&self, range: Range<u32>) -> &[TipGram] {
        self.grams.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// The shortest run of grams from one on that has the tokens of a block; `None` where the file ends before, and in a list:
    /// there the same gram comes again.
    pub(super) fn window(&self, from: u32, end: u32) -> Option<Range<u32>> {
        let first = self.gram(from)?;
        let rest = self.slice(from..end);
        let last = rest.iter().position(|gram| gram.token + GRAM - first.token >= MIN_TOKENS)?;
        let window = from..from + u32::try_from(last).ok()? + 1;
        let grams = self.slice(window.clone());
        let again = |(place, gram): (usize, &TipGram)| {
            grams.iter().skip(place + 1).any(|other| other.value == gram.value)
        };
        (!grams.iter().enumerate().any(again)).then_some(window)
    }

    /// What a run of grams is found again by: their values and how far apart they are.
    pub(super) fn key(&self, window: Range<u32>) -> u64 {
        let grams = self.slice(window);
        let mut last = grams.first().map_or(0, |gram| gram.token);
        grams.iter().fold(0, |key, gram| {
            let step = u64::from(gram.token - last);
            last = gram.token;
            let product = u128::from(key ^ (u64::from(gram.value) << 5) ^ step ^ 0x9e37_79b9_7f4a_7c15)
                * u128::from(0xbb67_ae85_84ca_a73b_u64);
            (product as u64) ^ (product >> 64) as u64
        })
    }

    /// The tokens of a run of grams.
    pub(super) fn tokens(&self, window: &Range<u32>) -> Range<u32> {
        let last = self.gram(window.end.saturating_sub(1)).map_or(0, |gram| gram.token + GRAM);
        self.gram(window.start).map_or(0, |gram| gram.token)..last
    }

    /// The lines of a run of grams of a file: the first, and the last of which it is known to be in.
    pub(super) fn lines(&self, window: &Range<u32>) -> (u32, u32) {
        let first = self.gram(window.start).map_or(0, |gram| gram.line);
        let end = self.range(self.file_of(window.start)).end;
        let last = self.tokens(window).end;
        let inside = self.slice(window.start..end).iter().take_while(|gram| gram.token < last);
        (first, inside.last().map_or(first, |gram| gram.line))
    }
}
