//! A file at the head of a repository in, its fingerprints out.

use std::fmt;

use prodops_core::fact::{ContentKey, CountState, PathKey, TipFile, TipGram, TipGrams};
use prodops_core::id::RepositoryId;
use prodops_core::index_key::{IndexKey, IndexLabel, IndexSubkey};
use prodops_core::source::Content;

use crate::artefact::{Attributes, LowerCase, Sort, sort};
use crate::change::read_first;
use crate::fingerprint::{Extent, Fingerprinter, View, Winnowing};

/// What is kept of files. Another one: every file is read again.
const FORMAT: u8 = 1;

/// Longer files are no source that people write, in bytes.
const LONGEST: usize = 2 << 20;

/// The keys under which files at heads are known.
#[derive(Debug)]
pub struct TipKeys {
    paths: IndexSubkey,
    contents: IndexSubkey,
}

impl TipKeys {
    /// Those of a workspace.
    #[must_use]
    pub fn of(key: &IndexKey) -> Self {
        Self { paths: key.subkey(IndexLabel::Path), contents: key.subkey(IndexLabel::Content) }
    }

    /// What a path, bytes as git has them, is known by.
    #[must_use]
    pub fn path(&self, path: &[u8]) -> PathKey {
        PathKey(self.paths.hash64(path))
    }

    /// What a content is known by: `revision` is the same as long as it and what its folders say of it are.
    #[must_use]
    pub fn content(&self, revision: &[u8]) -> ContentKey {
        ContentKey(self.contents.hash64(&[&[FORMAT], revision].concat()))
    }
}

/// A file at the head of a repository.
#[derive(Debug, Clone, Copy)]
pub struct TipInput<'a> {
    /// Of which repository.
    pub repository: RepositoryId,
    /// Its path, bytes as git has them.
    pub path: &'a [u8],
    /// Bytes that are the same as long as its content and what its folders say of it are.
    pub revision: &'a [u8],
    /// What it holds; absent when nobody [wanted](TipReader::wants) it.
    pub content: &'a Content,
}

/// Reads one file after another, and keeps its memory between them: use one per thread.
///
/// Any bytes are a file: nothing here fails or panics. Files of more than 2 MiB are not taken apart.
///
/// # Security
/// Between files it holds numbers, the last path in lower case and no source text.
pub struct TipReader {
    keys: TipKeys,
    fingerprinter: Fingerprinter,
    lower_case: LowerCase,
    attributes: Attributes,
}

impl TipReader {
    /// A reader under this key, the workspace's.
    #[must_use]
    pub fn new(key: &IndexKey) -> Self {
        Self {
            keys: TipKeys::of(key),
            fingerprinter: Fingerprinter::new(key, Winnowing::default()).with_longest(LONGEST),
            lower_case: LowerCase::default(),
            attributes: Attributes::default(),
        }
    }

    /// From the next file on, this is what the repository says itself of its files.
    pub fn set_attributes(&mut self, attributes: Attributes) {
        self.attributes = attributes;
    }

    /// Whether the content of a file says more than its path.
    #[must_use]
    pub fn wants(&mut self, path: &[u8]) -> bool {
        self.sort(path, CountState::Counted, &Content::Absent).artefact.is_source()
    }

    /// Reads a file.
    #[must_use]
    pub fn read(&mut self, file: TipInput<'_>) -> TipFile {
        let (mut counted, mut lines, mut grams) = (state(file.content), 0u32, Vec::new());
        let mut sort = self.sort(file.path, counted, file.content);
        if let Content::Bytes(text) = file.content
            && sort.artefact.is_source()
        {
            let keep = |view, gram: crate::Fingerprint| {
                if view == View::Abstracted {
                    grams.push(TipGram { value: gram.value as u32, token: gram.token, line: gram.line });
                }
            };
            counted =
                match self.fingerprinter.file(file.path, text, |_| lines = lines.saturating_add(1), keep) {
                    Extent::Whole => CountState::Counted,
                    Extent::Lines => CountState::TooLarge,
                    Extent::Binary => CountState::Binary,
                };
            if counted != CountState::Counted {
                sort = self.sort(file.path, counted, file.content);
            }
        }
        let Sort { artefact, language, .. } = sort;
        TipFile {
            repository: file.repository,
            path: self.keys.path(file.path),
            content: self.keys.content(file.revision),
            artefact,
            language,
            counted,
            lines,
            grams: TipGrams::pack(grams),
        }
    }

    fn sort(&mut self, path: &[u8], state: CountState, content: &Content) -> Sort {
        let (path, said) = (self.lower_case.parts(path), self.attributes.of(path));
        read_first([content], |text| sort(&path, state, text, said))
    }
}

const fn state(content: &Content) -> CountState {
    match content {
        Content::Absent | Content::Bytes(_) => CountState::Counted,
        Content::TooLarge { .. } => CountState::TooLarge,
        Content::Submodule => CountState::Submodule,
        Content::Unreadable => CountState::Unreadable,
    }
}

impl fmt::Debug for TipReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TipReader").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use prodops_core::fact::Artefact;
    use prodops_core::source::Transient;

    use super::*;

    fn read(reader: &mut TipReader, path: &str, content: &Content) -> TipFile {
        let repository = RepositoryId::from_bytes([1; 16]);
        reader.read(TipInput { repository, path: path.as_bytes(), revision: b"1", content })
    }

    fn text(text: &[u8]) -> Content {
        Content::Bytes(Transient::new(text.to_vec()))
    }

    fn code(functions: usize) -> String {
        (0..functions)
            .map(|n| format!("fn f{n}(a: u8) -> u8 {{\n    g{n}(a) + {n} * h(a, [a; {n}])\n}}\n"))
            .collect()
    }

    #[test]
    fn source_has_lines_and_grams_and_everything_else_has_a_reason() {
        let mut reader = TipReader::new(&IndexKey::from_bytes([7; 32]));
        let source = read(&mut reader, "src/a.rs", &text(code(20).as_bytes()));
        assert_eq!(
            (source.artefact, source.counted, source.lines),
            (Artefact::Code, CountState::Counted, 60)
        );
        assert!(!source.grams.is_empty());
        let other = [
            read(&mut reader, "docs/a.md", &text(code(20).as_bytes())),
            read(&mut reader, "vendor/a.rs", &text(code(20).as_bytes())),
            read(&mut reader, "src/b.rs", &text(b"a\0b")),
            read(&mut reader, "src/c.rs", &Content::TooLarge { bytes: 1 << 40 }),
            read(&mut reader, "src/d.rs", &text(&b"a + b;\n".repeat(LONGEST / 7 + 1))),
            read(&mut reader, "src/e.rs", &Content::Unreadable),
            read(
                &mut reader,
                "src/f.go",
                &text(b"// Code generated by protoc-gen-go. DO NOT EDIT.\npackage f\n"),
            ),
        ];
        assert!(other.iter().all(|file| file.grams.is_empty()));
        let told = other.map(|file| (file.artefact, file.counted));
        assert_eq!(
            told,
            [
                (Artefact::Docs, CountState::Counted),
                (Artefact::Vendored, CountState::Counted),
                (Artefact::Binary, CountState::Binary),
                (Artefact::Code, CountState::TooLarge),
                (Artefact::Code, CountState::TooLarge),
                (Artefact::Code, CountState::Unreadable),
                (Artefact::Generated, CountState::Counted),
            ]
        );
        assert!(reader.wants(b"src/a.rs") && !reader.wants(b"docs/a.md"));
    }

    #[test]
    fn a_renamed_copy_has_the_same_grams_and_another_key_gives_others() {
        let (one, two) = (IndexKey::from_bytes([7; 32]), IndexKey::from_bytes([8; 32]));
        let original = text(code(20).as_bytes());
        let renamed = text(code(20).replace("f1", "other").replace("    ", "\t").as_bytes());
        let grams = |key: &IndexKey, content| read(&mut TipReader::new(key), "a.rs", content).grams;
        assert_eq!(grams(&one, &original), grams(&one, &renamed));
        assert_ne!(grams(&one, &original), grams(&two, &original));
        let keys = [TipKeys::of(&one), TipKeys::of(&two)];
        assert_ne!(keys[0].content(b"1"), keys[0].content(b"2"));
        assert_ne!(keys[0].content(b"1"), keys[1].content(b"1"));
    }
}
