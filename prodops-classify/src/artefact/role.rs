//! The role of a file in the rules that tell commits of one sort of file apart.
//!
//! These are the path classes of the labelled commits that the activity labels are measured on, but for one mend
//! (`LICENSE-MIT` is no test): changing a rule here makes the measured probabilities wrong.

use super::lists::{
    CHANGE_LOG_STARTS, CI_NAMES, CI_STARTS, DOC_ENDINGS, DOC_FOLDERS, DOC_STARTS, LINT_NAMES, LINT_STARTS,
    LOCK_NAMES, MANIFEST_NAMES, MANIFEST_STARTS, MEDIA_ENDINGS, TEST_FOLDERS, TEST_STEM_ENDS, ends_with_any,
    holds, starts_with_any,
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
        let any = |fits: fn(&[u8]) -> bool| path.folders().any(fits);
        Self {
            change_log: any(|folder| folder == b"changelog.d"),
            test: any(|folder| holds(TEST_FOLDERS, folder)),
            doc: any(|folder| holds(DOC_FOLDERS, folder)),
        }
    }
}

/// Whether a path has a role.
type Rule = fn(&PathParts<'_>, FolderRoles) -> bool;

impl Role {
    /// The role of a path.
    pub(crate) fn of(path: &PathParts<'_>) -> Self {
        Self::within(FolderRoles::of(path), path)
    }

    /// The role of a path whose directories were looked at before.
    pub(crate) fn within(folders: FolderRoles, path: &PathParts<'_>) -> Self {
        let rules: [(Self, Rule); 8] = [
            (Self::Ci, |path, _| starts_with_any(path.lower, CI_STARTS) || holds(CI_NAMES, path.name)),
            (Self::Lock, |path, _| holds(LOCK_NAMES, path.name)),
            (Self::ChangeLog, is_change_log),
            (Self::Test, is_test),
            (Self::Manifest, |path, _| is_manifest(path)),
            (Self::Lint, |path, _| is_lint(path)),
            (Self::Doc, is_doc),
            (Self::Media, |path, _| holds(MEDIA_ENDINGS, path.ending())),
        ];
        rules.iter().find(|(_, fits)| fits(path, folders)).map_or(Self::Other, |(role, _)| *role)
    }
}

fn is_change_log(path: &PathParts<'_>, folders: FolderRoles) -> bool {
    starts_with_any(path.name, CHANGE_LOG_STARTS)
        || path.lower.starts_with(b".changeset/")
        || folders.change_log
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
    holds(MANIFEST_NAMES, path.name)
        || starts_with_any(path.name, MANIFEST_STARTS)
        || matches!(path.ending(), b"bzl" | b"gradle")
}

fn is_lint(path: &PathParts<'_>) -> bool {
    starts_with_any(path.name, LINT_STARTS)
        || holds(LINT_NAMES, path.name)
        || path.lower.starts_with(b".husky")
}

fn is_doc(path: &PathParts<'_>, folders: FolderRoles) -> bool {
    starts_with_any(path.name, DOC_STARTS)
        || path.name == b"codeowners"
        || holds(DOC_ENDINGS, path.ending())
        || folders.doc
}
