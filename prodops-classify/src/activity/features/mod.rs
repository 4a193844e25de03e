//! What a model looks at: one function, for training and for inference.

mod changes;
mod hash;
mod message;
mod seen;
mod template;
mod words;

pub(crate) use template::{Group, Template};

use crate::activity::RoleTally;
use crate::artefact::LowerCase;
use changes::Mix;
use seen::Seen;
use words::Words;

/// What a commit says about itself, without its source: what the model makes a label from.
///
/// Any bytes will do. Of a subject the first 400 bytes are read, of a body the first 500, of the files the first 20
/// names and all counts; trailers such as `Signed-off-by` and whatever follows an `@` are not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CommitSummary<'a> {
    /// The first line of the message.
    pub subject: &'a [u8],
    /// What follows it.
    pub body: &'a [u8],
    /// The changed files.
    pub files: &'a [FileSummary<'a>],
}

/// A changed file of a [`CommitSummary`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileSummary<'a> {
    /// The path, bytes as git has them; of a renamed file the new one.
    pub path: &'a [u8],
    /// Lines added; 0 in binary files.
    pub added: u32,
    /// Lines deleted; 0 in binary files.
    pub deleted: u32,
}

/// Takes the features of a commit, one after another.
pub(crate) trait FeatureSink {
    /// A feature: what sort it is of, its hash, and how it is called for people.
    fn put(&mut self, template: Template, hash: u64, name: impl FnOnce() -> String);
}

/// The hash under which a model knows a feature.
#[inline]
pub(crate) const fn feature_hash(template: Template, hash: u64) -> u64 {
    hash::mix(hash ^ (template as u64).wrapping_mul(0xd6e8_feb8_6659_fd93))
}

/// Memory for one commit after another.
#[derive(Default)]
pub(crate) struct Extractor {
    subject: Words,
    body: Words,
    lower: LowerCase,
    seen: Seen,
}

/// What the files of a commit are, all of them.
pub(crate) struct FilesRead {
    /// What the path rules decide by.
    pub(crate) roles: RoleTally,
    mix: Mix,
}

impl FilesRead {
    /// One bit for every role that is there.
    #[cfg(feature = "training")]
    pub(crate) fn signature(&self) -> u32 {
        self.mix.signature()
    }
}

impl Extractor {
    /// Hands every feature of a commit to the sink. The subject is one without its declared prefix.
    pub(crate) fn extract(&mut self, commit: &CommitSummary<'_>, sink: &mut impl FeatureSink) -> FilesRead {
        let files = self.files(commit, sink);
        self.rest(commit, &files, sink);
        files
    }

    /// The first part: the features of the files' names. What it returns may decide already.
    pub(crate) fn files(&mut self, commit: &CommitSummary<'_>, sink: &mut impl FeatureSink) -> FilesRead {
        let (mix, roles) = changes::files(commit.files, &mut self.lower, &mut self.seen, sink);
        FilesRead { roles, mix }
    }

    /// Counts the files without their features.
    pub(crate) fn count(&mut self, commit: &CommitSummary<'_>) -> FilesRead {
        self.files(commit, &mut Nothing)
    }

    /// The second part: the features of the message, and of what all files are together.
    pub(crate) fn rest(
        &mut self,
        commit: &CommitSummary<'_>,
        files: &FilesRead,
        sink: &mut impl FeatureSink,
    ) {
        message::read_subject(commit.subject, &mut self.subject);
        message::read_body(commit.body, &mut self.body);
        message::subject(&self.subject, sink);
        message::body(&self.body, sink);
        changes::mix(&files.mix, &self.subject, sink);
    }

    /// Wipes what was read last.
    pub(crate) fn forget(&mut self) {
        self.subject.wipe();
        self.body.wipe();
        self.lower.wipe();
        self.seen.clear();
    }
}

impl Drop for Extractor {
    fn drop(&mut self) {
        self.forget();
    }
}

/// Takes nothing.
struct Nothing;

impl FeatureSink for Nothing {
    #[inline]
    fn put(&mut self, _: Template, _: u64, _: impl FnOnce() -> String) {}
}

/// Tells feature functions apart: the hash of every feature of a few commits that have one of each sort.
///
/// A model knows features by their hashes only, so that one made with another function would be read without an error
/// and be wrong.
pub(crate) fn function_hash() -> u64 {
    struct Digest(u64);
    impl FeatureSink for Digest {
        fn put(&mut self, template: Template, hash: u64, _: impl FnOnce() -> String) {
            self.0 = hash::pair(self.0, feature_hash(template, hash));
        }
    }
    let file = |path: &'static str, added, deleted| FileSummary { path: path.as_bytes(), added, deleted };
    let files = [
        file("src/table/Reader.rs", 120, 7),
        file("tests/reader_test.rs", 31, 0),
        file("Cargo.lock", 4, 4),
        file("README.md", 0, 1),
        file(".github/workflows/ci.yml", 2, 900),
    ];
    let commits = [
        CommitSummary {
            subject: b"Fix `panic` in the table reader of @someone (#1234)!",
            body: b"It didn't read 2 tables: why?\n\nSigned-off-by: A Person <a@example.org>\n",
            files: &files,
        },
        CommitSummary {
            subject: "r\u{e9}duit".as_bytes(),
            body: b"",
            files: files.get(..1).unwrap_or_default(),
        },
        CommitSummary::default(),
    ];
    let mut extractor = Extractor::default();
    let mut digest = Digest(0);
    for commit in &commits {
        extractor.extract(commit, &mut digest);
    }
    digest.0
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Names(Vec<(Group, u64, String)>);

    impl FeatureSink for Names {
        fn put(&mut self, template: Template, hash: u64, name: impl FnOnce() -> String) {
            self.0.push((template.group(), feature_hash(template, hash), name()));
        }
    }

    fn names(commit: CommitSummary<'_>) -> Names {
        let mut names = Names(Vec::new());
        Extractor::default().extract(&commit, &mut names);
        names
    }

    #[test]
    fn features_of_different_names_have_different_hashes() {
        let files = [
            FileSummary { path: b"src/lexer/mod.rs", added: 20, deleted: 3 },
            FileSummary { path: b"src/lexer/scan.rs", added: 1, deleted: 0 },
        ];
        let names = names(CommitSummary { subject: b"Add a fast path", body: b"It was slow", files: &files });
        let texts: std::collections::BTreeSet<_> = names.0.iter().map(|(_, _, name)| name).collect();
        let hashes: std::collections::BTreeSet<_> = names.0.iter().map(|(_, hash, _)| hash).collect();
        assert_eq!(hashes.len(), names.0.len());
        for expected in [
            "word 1 “add”",
            "letters “add ”",
            "words “fast path”",
            "word “slow” in the body",
            "directory “src/lexer”",
        ] {
            assert!(texts.iter().any(|text| *text == expected), "{expected}: {texts:?}");
        }
    }

    #[test]
    fn what_was_extracted_before_leaves_no_trace() {
        let mut used = Extractor::default();
        let files = [FileSummary { path: b"a/b.c", added: 1, deleted: 1 }];
        let mut first = Names(Vec::new());
        used.extract(&CommitSummary { subject: b"One two three", body: b"four", files: &files }, &mut first);
        let short = CommitSummary { subject: b"Five", body: b"", files: &files };
        let mut second = Names(Vec::new());
        used.extract(&short, &mut second);
        assert_eq!(second.0, names(short).0);
    }

    #[test]
    fn the_function_is_the_one_that_models_were_made_with() {
        assert_eq!(function_hash(), function_hash());
        assert_ne!(function_hash(), 0);
    }
}
