//! The names, directories and endings that give a path its role. Lists are in byte order, for readers.

/// Whether a list holds an entry.
pub(super) fn holds(list: &[&str], entry: &[u8]) -> bool {
    // Length and first byte tell nearly all apart, and cost less than a search through a list in order.
    let first = entry.first();
    let alike = |probe: &&&str| probe.len() == entry.len() && probe.as_bytes().first() == first;
    list.iter().filter(alike).any(|probe| probe.as_bytes() == entry)
}

/// Whether the text starts with one of these.
pub(super) fn starts_with_any(text: &[u8], starts: &[&str]) -> bool {
    let first = text.first();
    let alike = |start: &&&str| start.as_bytes().first() == first;
    starts.iter().filter(alike).any(|start| text.starts_with(start.as_bytes()))
}

/// Whether the text ends with one of these.
pub(super) fn ends_with_any(text: &[u8], ends: &[&str]) -> bool {
    let last = text.last();
    let alike = |end: &&&str| end.as_bytes().last() == last;
    ends.iter().filter(alike).any(|end| text.ends_with(end.as_bytes()))
}

/// Files of CI services.
pub(super) const CI_NAMES: &[&str] = &[
    ".appveyor.yml",
    ".cirrus.yml",
    ".codecov.yml",
    ".drone.yml",
    ".travis.yml",
    "appveyor.yml",
    "azure-pipelines.yml",
    "bors.toml",
    "codecov.yml",
    "jenkinsfile",
];

/// Where CI configuration lies.
pub(super) const CI_STARTS: &[&str] = &[
    ".azure",
    ".buildkite",
    ".ci/",
    ".circleci",
    ".github/actions/",
    ".github/workflows/",
    ".gitlab",
    ".kokoro",
    "ci/",
];

/// Resolved versions.
pub(super) const LOCK_NAMES: &[&str] = &[
    "bun.lock",
    "bun.lockb",
    "cargo.lock",
    "composer.lock",
    "flake.lock",
    "gemfile.lock",
    "go.sum",
    "gradle.lockfile",
    "module.bazel.lock",
    "package-lock.json",
    "pdm.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "pubspec.lock",
    "uv.lock",
    "yarn.lock",
];

/// How the names of change logs start.
pub(super) const CHANGE_LOG_STARTS: &[&str] = &["changelog", "changes", "history", "release-notes"];

/// Directories of tests and fixtures.
pub(super) const TEST_FOLDERS: &[&str] = &[
    "__mocks__",
    "__snapshots__",
    "__tests__",
    "e2e",
    "fixture",
    "fixtures",
    "integration",
    "mocks",
    "spec",
    "specs",
    "test",
    "test_data",
    "testdata",
    "testing",
    "tests",
    "testutil",
];

/// How the names of tests end.
pub(super) const TEST_STEM_ENDS: &[&str] = &["-spec", "-test", ".spec", ".test", "_spec", "_test"];

/// How the software is put together.
pub(super) const MANIFEST_NAMES: &[&str] = &[
    ".bazelrc",
    ".bazelversion",
    ".nvmrc",
    "build",
    "build.bazel",
    "build.gradle",
    "build.gradle.kts",
    "build.rs",
    "cargo.toml",
    "cmakelists.txt",
    "composer.json",
    "deno.json",
    "dockerfile",
    "flake.nix",
    "gemfile",
    "go.mod",
    "gradle.properties",
    "gruntfile.js",
    "gulpfile.js",
    "justfile",
    "lerna.json",
    "libs.versions.toml",
    "makefile",
    "module.bazel",
    "nx.json",
    "package.json",
    "pnpm-workspace.yaml",
    "pom.xml",
    "pubspec.yaml",
    "pyproject.toml",
    "requirements.txt",
    "rust-toolchain",
    "rust-toolchain.toml",
    "settings.gradle.kts",
    "setup.cfg",
    "setup.py",
    "tsconfig.json",
    "versions.txt",
    "workspace",
];

/// How the names of bundler configuration start.
pub(super) const MANIFEST_STARTS: &[&str] =
    &[".goreleaser", "rollup.config", "vite.config", "webpack.config"];

/// Configuration of linters and formatters.
pub(super) const LINT_NAMES: &[&str] = &[
    ".commitlintrc.json",
    ".editorconfig",
    ".flake8",
    ".pre-commit-config.yaml",
    ".rustfmt.toml",
    "biome.json",
    "clippy.toml",
    "ruff.toml",
    "rustfmt.toml",
    "tslint.json",
];

/// How the names of such configuration start.
pub(super) const LINT_STARTS: &[&str] =
    &[".eslint", ".golangci", ".php-cs-fixer", ".prettier", ".stylelint", "eslint"];

/// How the names of documents start.
pub(super) const DOC_STARTS: &[&str] =
    &["authors", "code_of_conduct", "contributing", "license", "readme", "security"];

/// Endings of prose.
pub(super) const DOC_ENDINGS: &[&str] =
    &["adoc", "asciidoc", "md", "mdx", "org", "rst", "tex", "textile", "txt"];

/// Directories of documentation.
pub(super) const DOC_FOLDERS: &[&str] =
    &["aio", "doc", "docs", "documentation", "guide", "guides", "site", "website", "www"];

/// Endings of images, films and fonts.
pub(super) const MEDIA_ENDINGS: &[&str] =
    &["gif", "ico", "jpeg", "jpg", "mp4", "png", "svg", "ttf", "webp", "woff", "woff2"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searched_lists_are_in_order() {
        for list in [
            CI_NAMES,
            LOCK_NAMES,
            TEST_FOLDERS,
            MANIFEST_NAMES,
            LINT_NAMES,
            DOC_ENDINGS,
            DOC_FOLDERS,
            MEDIA_ENDINGS,
        ] {
            assert!(list.is_sorted(), "{list:?}");
            assert!(list.iter().all(|entry| holds(list, entry.as_bytes())));
        }
        assert!(!holds(LOCK_NAMES, b"lock"));
    }
}
