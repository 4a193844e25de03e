//! Fingerprints of one file after another.

use std::fmt;

use fearless_simd::Level;
use prodops_core::fact::Language;
use prodops_core::index_key::IndexKey;
use prodops_core::source::Transient;

use super::keys::FingerprintKeys;
use super::lines::LineHashes;
use super::winnow::Winnowing;
use super::winnower::Winnower;
use crate::artefact::{LowerCase, language_in_text};
use crate::change::is_binary;
use crate::lexer::{Comments, LONGEST, Lexer, Tokens};

/// So many lines are keyed together.
const LINES: usize = 64;

/// What of a token counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// All of it.
    Exact,
    /// Names, numbers and strings are each as good as any other, so that renamed copies are found.
    Abstracted,
}

/// A gram that was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// Its keyed hash.
    pub value: u64,
    /// The number of its first token, from 0.
    pub token: u32,
    /// Where its first token begins, in bytes from 0.
    pub offset: u32,
    /// The line of its first token, from 1.
    pub line: u32,
}

/// How far a file was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Lines and grams.
    Whole,
    /// Too long to be taken apart into tokens: lines only.
    Lines,
    /// Not text, as git tells it: neither.
    Binary,
}

/// Makes the fingerprints of files; keeps its memory between them: use one per thread.
///
/// Any bytes are a file: nothing here fails or panics, and the time grows with the length alone.
///
/// # Security
/// Between files it holds no source text and no hash of any: what has no key is wiped with the file.
pub struct Fingerprinter {
    keys: FingerprintKeys,
    winnowing: Winnowing,
    tokens: Tokens,
    winnower: Winnower,
    longest: usize,
    lower_case: LowerCase,
}

impl Fingerprinter {
    /// One under this key.
    #[must_use]
    pub fn new(key: &IndexKey, winnowing: Winnowing) -> Self {
        Self {
            keys: FingerprintKeys::of(key),
            winnowing,
            tokens: Tokens::with_capacity(Winnower::most_tokens(winnowing)),
            winnower: Winnower::new(winnowing),
            longest: LONGEST,
            lower_case: LowerCase::default(),
        }
    }

    /// The same one, which takes texts apart up to this length, in bytes, and not up to 10 MiB.
    #[must_use]
    pub const fn with_longest(mut self, bytes: usize) -> Self {
        self.longest = bytes;
        self
    }

    /// Hands on every line's fingerprint and every kept gram of a file, its language told by its path and text. The grams of the two
    /// views come in turn, those of each in the order of the text.
    #[allow(clippy::disallowed_methods, reason = "fingerprints are made where source text is read")]
    pub fn file(
        &mut self,
        path: &[u8],
        text: &Transient,
        lines: impl FnMut(u64),
        grams: impl FnMut(View, Fingerprint),
    ) -> Extent {
        if text.with_bytes(is_binary) {
            return Extent::Binary;
        }
        self.lines(text, lines);
        if text.len() > self.longest {
            return Extent::Lines;
        }
        text.with_bytes(|text| {
            let language = language_in_text(&self.lower_case.parts(path), text);
            self.grams(language, text, grams);
        });
        Extent::Whole
    }

    /// Hands on every line's fingerprint.
    #[allow(clippy::disallowed_methods, reason = "fingerprints are made where source text is read")]
    pub fn lines(&self, text: &Transient, mut sink: impl FnMut(u64)) {
        text.with_bytes(|text| {
            let (mut hashes, mut batch) = (LineHashes::new(Level::new(), text), [0; LINES]);
            loop {
                let count = hashes.fill(&mut batch);
                let Some(batch) = batch.get_mut(..count).filter(|batch| !batch.is_empty()) else { break };
                self.keys.lines(batch);
                batch.iter().for_each(|line| sink(*line));
            }
        });
    }

    fn grams(&mut self, language: Option<Language>, text: &[u8], mut sink: impl FnMut(View, Fingerprint)) {
        let Self { keys, winnowing, tokens, winnower, .. } = self;
        tokens.wipe();
        let Some(mut lexer) = Lexer::new(language, text, tokens, Comments::Passed) else { return };
        let mut more = true;
        while more {
            more = lexer.fill(Winnower::piece(*winnowing));
            let done = winnower.take(keys, lexer.out.code(), more, &mut sink);
            lexer.out.drop_front(done);
        }
        tokens.wipe();
    }
}

impl fmt::Debug for Fingerprinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fingerprinter").field("winnowing", &self.winnowing).finish_non_exhaustive()
    }
}
