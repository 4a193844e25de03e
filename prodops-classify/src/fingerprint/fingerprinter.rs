//! Fingerprints of one file after another.

use std::fmt;

use memchr::memchr_iter;
use prodops_core::fact::Language;
use prodops_core::index_key::IndexKey;
use prodops_core::source::Transient;
use zeroize::Zeroize;

use super::keys::FingerprintKeys;
use super::winnow::Winnowing;
use crate::artefact::{LowerCase, language_of};
use crate::lexer::{Tokens, lex};

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
    grams: Vec<u64>,
    lower_case: LowerCase,
}

impl Fingerprinter {
    /// One under this key.
    #[must_use]
    pub fn new(key: &IndexKey, winnowing: Winnowing) -> Self {
        Self {
            keys: FingerprintKeys::of(key),
            winnowing,
            tokens: Tokens::default(),
            grams: Vec::new(),
            lower_case: LowerCase::default(),
        }
    }

    /// Hands on every line's fingerprint and every kept gram of a file, its language told by its path.
    #[allow(clippy::disallowed_methods, reason = "fingerprints are made where source text is read")]
    pub fn file(
        &mut self,
        path: &[u8],
        text: &Transient,
        lines: impl FnMut(u64),
        grams: impl FnMut(View, Fingerprint),
    ) {
        let language = language_of(&self.lower_case.parts(path));
        self.lines(text, lines);
        text.with_bytes(|text| {
            self.grams(language, text, grams);
        });
    }

    /// Hands on every line's fingerprint.
    #[allow(clippy::disallowed_methods, reason = "fingerprints are made where source text is read")]
    pub fn lines(&self, text: &Transient, mut sink: impl FnMut(u64)) {
        text.with_bytes(|text| {
            let mut start = 0;
            let last = (!text.is_empty() && !text.ends_with(b"\n")).then_some(text.len());
            for end in memchr_iter(b'\n', text).chain(last) {
                if let Some(line) = text.get(start..end) {
                    sink(self.keys.line(line));
                }
                start = end + 1;
            }
        });
    }

    fn grams(&mut self, language: Option<Language>, text: &[u8], mut sink: impl FnMut(View, Fingerprint)) {
        lex(language, text, &mut self.tokens);
        let Self { keys, winnowing, tokens, grams, .. } = self;
        for view in [View::Exact, View::Abstracted] {
            let numbers = match view {
                View::Exact => &tokens.exact,
                View::Abstracted => &tokens.abstracted,
            };
            let (mut line, mut counted) = (1, 0);
            winnowing.select(numbers, grams, |place, gram| {
                let offset = tokens.offsets.get(place).copied().unwrap_or(0);
                // Grams are kept in order, so each line is counted once.
                let passed = text.get(counted..offset as usize).unwrap_or_default();
                line += memchr_iter(b'\n', passed).count() as u32;
                counted = (offset as usize).max(counted);
                sink(view, Fingerprint { value: keys.gram(gram), token: place as u32, offset, line });
            });
            grams.as_mut_slice().zeroize();
        }
        tokens.wipe();
    }
}

impl fmt::Debug for Fingerprinter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fingerprinter").field("winnowing", &self.winnowing).finish_non_exhaustive()
    }
}
