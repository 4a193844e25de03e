//! The role of a file in the rules that tell commits of one sort of file apart.
//!
//! These are the path classes of the labelled commits that the activity labels are measured on, but for one mend
//! (`LICENSE-MIT` is no test): changing a rule here makes the measured probabilities wrong.

use super::lists::{
    CHANGE_LOG_STARTS, CI_NAMES, CI_STARTS, DOC_ENDINGS, DOC_FOLDERS, DOC_STARTS, LINT_NAMES, LINT_STARTS,
    LOCK_NAMES, MANIFEST_NAMES, MANIFEST_STARTS, MEDIA_ENDINGS, TEST_FOLDERS, TEST_STEM_ENDS, ends_with_any,
};
use super::path::PathParts;

/// A role, by the first that fits from the top of this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Configuration of a CI service.
    Ci,
    /// Resolved versions of dependencies.
    Lock,
    /// What changed from release to release.
    ChangeLog,
    /// Tests and their fixtures.
    Test,
    /// How the software is put together.
    Manifest,
    /// Configuration of linters and formatters.
    Lint,
    /// Prose for people.
    Doc,
    /// Images, films and fonts.
    Media,
    /// Anything else: code or settings.
    Other,
}

impl Role {
    /// How many there are.
    pub(crate) const COUNT: usize = 9;

    /// Every role, in the order of their numbers.
    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::Ci,
        Self::Lock,
        Self::ChangeLog,
        Self::Test,
        Self::Manifest,
        Self::Lint,
        Self::Doc,
        Self::Media,
        Self::Other,
    ];

    /// Its name, for people.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Ci => "CI",
            Self::Lock => "lock files",
            Self::ChangeLog => "change logs",
            Self::Test => "tests",
            Self::Manifest => "manifests",
            Self::Lint => "lint settings",
            Self::Doc => "documents",
            Self::Media => "images and fonts",
            Self::Other => "code or settings",
        }
    }
}

/// What the directories of a path say by themselves. Files of one directory share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FolderRoles {
    change_log: bool,
    test: bool,
    doc: bool,
}

impl FolderRoles {
    /// What the directories of this path say.
    pub(crate) fn of(path: &PathParts<'_>) -> Self {
        let mut roles = Self { change_log: false, test: false, doc: false };
        for folder in path.folders() {
            roles.change_log |= folder == b"changelog.d";
            roles.test |= TEST_FOLDERS.hold(folder);
            roles.doc |= DOC_FOLDERS.hold(folder);
        }
        roles
    }
}

impl Role {
    /// The role of a path.
    pub(crate) fn of(path: &PathParts<'_>) -> Self {
        Self::within(FolderRoles::of(path), path)
    }

    /// The role of a path whose directories were looked at before.
    pub(crate) fn within(folders: FolderRoles, path: &PathParts<'_>) -> Self {
        if CI_STARTS.begin(path.lower) || CI_NAMES.hold(path.name) {
            Self::Ci
        } else if LOCK_NAMES.hold(path.name) {
            Self::Lock
        } else if is_change_log(path, folders) {
            Self::ChangeLog
        } else if is_test(path, folders) {
            Self::Test
        } else if is_manifest(path) {
            Self::Manifest
        } else if is_lint(path) {
            Self::Lint
        } else if is_doc(path, folders) {
            Self::Doc
        } else if MEDIA_ENDINGS.hold(path.ending()) {
            Self::Media
        } else {
            Self::Other
        }
    }
}

fn is_change_log(path: &PathParts<'_>, folders: FolderRoles) -> bool {
    CHANGE_LOG_STARTS.begin(path.name) || path.lower.starts_with(b".changeset/") || folders.change_log
}

fn is_test(path: &PathParts<'_>, folders: FolderRoles) -> bool {
    let original = path.original_stem();
    folders.test
        || ends_with_any(path.stem(), TEST_STEM_ENDS)
        || path.name.starts_with(b"test_")
        || path.ending() == b"snap"
        || (original.len() > 5
            && (ends_with_any(original, &["Test", "Tests", "Spec"]) || is_integration_test(original)))
}

/// `PaymentIT`, but not `LICENSE-MIT`: what stands before must be the end of a word in camel case.
fn is_integration_test(stem: &[u8]) -> bool {
    stem.strip_suffix(b"IT").and_then(<[u8]>::last).is_some_and(u8::is_ascii_lowercase)
}

fn is_manifest(path: &PathParts<'_>) -> bool {
    MANIFEST_NAMES.hold(path.name)
        || MANIFEST_STARTS.begin(path.name)
        || matches!(path.ending(), b"bzl" | b"gradle")
}

fn is_lint(path: &PathParts<'_>) -> bool {
    LINT_STARTS.begin(path.name) || LINT_NAMES.hold(path.name) || path.lower.starts_with(b".husky")
}

fn is_doc(path: &PathParts<'_>, folders: FolderRoles) -> bool {
    DOC_STARTS.begin(path.name)
        || path.name == b"codeowners"
        || DOC_ENDINGS.hold(path.ending())
        || folders.doc
}
