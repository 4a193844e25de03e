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

/// Whole names, with the lengths that occur for each first byte: one look tells nearly all others apart.
pub(super) struct Names {
    list: &'static [&'static str],
    /// By the last five bits of a first byte: a bit for each length, the last one for all that are longer.
    lengths: [u32; 32],
}

impl Names {
    #[allow(clippy::indexing_slicing, reason = "the compiler evaluates it, and the place has five bits")]
    const fn new(list: &'static [&'static str]) -> Self {
        let mut lengths = [0; 32];
        let mut rest = list;
        while let [name, after @ ..] = rest {
            if let [first, ..] = name.as_bytes() {
                lengths[(*first % 32) as usize] |= length_bit(name.len());
            }
            rest = after;
        }
        Self { list, lengths }
    }

    /// Whether a text is one of them.
    #[inline]
    pub(super) fn hold(&self, text: &[u8]) -> bool {
        let Some(first) = text.first() else { return false };
        let lengths = self.lengths.get(usize::from(first % 32)).copied().unwrap_or_default();
        lengths & length_bit(text.len()) != 0 && holds(self.list, text)
    }
}

const fn length_bit(length: usize) -> u32 {
    1 << if length < 31 { length } else { 31 }
}

/// Beginnings, with their first bytes.
pub(super) struct Starts {
    list: &'static [&'static str],
    /// A bit for the last five bits of each first byte.
    firsts: u32,
}

impl Starts {
    const fn new(list: &'static [&'static str]) -> Self {
        let mut firsts = 0;
        let mut rest = list;
        while let [start, after @ ..] = rest {
            if let [first, ..] = start.as_bytes() {
                firsts |= 1 << (*first % 32);
            }
            rest = after;
        }
        Self { list, firsts }
    }

    /// Whether a text starts with one of them.
    #[inline]
    pub(super) fn begin(&self, text: &[u8]) -> bool {
        let Some(first) = text.first() else { return false };
        self.firsts & (1 << (first % 32)) != 0 && starts_with_any(text, self.list)
    }
}

/// Whether the text ends with one of these.
pub(super) fn ends_with_any(text: &[u8], ends: &[&str]) -> bool {
    let last = text.last();
    let alike = |end: &&&str| end.as_bytes().last() == last;
    ends.iter().filter(alike).any(|end| text.ends_with(end.as_bytes()))
}

/// Files of CI services.
pub(super) static CI_NAMES: Names = Names::new(&[
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
]);

/// Where CI configuration lies.
pub(super) static CI_STARTS: Starts = Starts::new(&[
    ".azure",
    ".buildkite",
    ".ci/",
    ".circleci",
    ".github/actions/",
    ".github/workflows/",
    ".gitlab",
    ".kokoro",
    "ci/",
]);

/// Resolved versions.
pub(super) static LOCK_NAMES: Names = Names::new(&[
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
]);

/// How the names of change logs start.
pub(super) static CHANGE_LOG_STARTS: Starts =
    Starts::new(&["changelog", "changes", "history", "release-notes"]);

/// Directories of tests and fixtures.
pub(super) static TEST_FOLDERS: Names = Names::new(&[
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
]);

/// How the names of tests end.
pub(super) const TEST_STEM_ENDS: &[&str] = &["-spec", "-test", ".spec", ".test", "_spec", "_test"];

/// How the software is put together.
pub(super) static MANIFEST_NAMES: Names = Names::new(&[
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
]);

/// How the names of bundler configuration start.
pub(super) static MANIFEST_STARTS: Starts =
    Starts::new(&[".goreleaser", "rollup.config", "vite.config", "webpack.config"]);

/// Configuration of linters and formatters.
pub(super) static LINT_NAMES: Names = Names::new(&[
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
]);

/// How the names of such configuration start.
pub(super) static LINT_STARTS: Starts =
    Starts::new(&[".eslint", ".golangci", ".php-cs-fixer", ".prettier", ".stylelint", "eslint"]);

/// How the names of documents start.
pub(super) static DOC_STARTS: Starts =
    Starts::new(&["authors", "code_of_conduct", "contributing", "license", "readme", "security"]);

/// Endings of prose.
pub(super) static DOC_ENDINGS: Names =
    Names::new(&["adoc", "asciidoc", "md", "mdx", "org", "rst", "tex", "textile", "txt"]);

/// Directories of documentation.
pub(super) static DOC_FOLDERS: Names =
    Names::new(&["aio", "doc", "docs", "documentation", "guide", "guides", "site", "website", "www"]);

/// Endings of images, films and fonts.
pub(super) static MEDIA_ENDINGS: Names =
    Names::new(&["gif", "ico", "jpeg", "jpg", "mp4", "png", "svg", "ttf", "webp", "woff", "woff2"]);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn searched_lists_are_in_order() {
        for names in [
            &CI_NAMES,
            &LOCK_NAMES,
            &TEST_FOLDERS,
            &MANIFEST_NAMES,
            &LINT_NAMES,
            &DOC_ENDINGS,
            &DOC_FOLDERS,
            &MEDIA_ENDINGS,
        ] {
            assert!(names.list.is_sorted(), "{:?}", names.list);
            for name in names.list {
                assert!(names.hold(name.as_bytes()));
                let longer = format!("{name}x");
                assert_eq!(names.hold(longer.as_bytes()), names.list.contains(&longer.as_str()));
            }
        }
        assert!(!LOCK_NAMES.hold(b"lock") && !LOCK_NAMES.hold(b""));
    }

    #[test]
    fn a_name_longer_than_all_bits_is_still_told_apart() {
        const LONG: &str = "a-name-of-more-than-thirty-one-bytes";
        static NAMES: Names = Names::new(&[LONG]);
        assert!(NAMES.hold(LONG.as_bytes()) && !NAMES.hold(&LONG.as_bytes()[1..]));
        assert!(!NAMES.hold("a-name-of-more-than-thirty-two-bytes".as_bytes()));
    }

    #[test]
    fn beginnings_are_found_and_others_are_not() {
        for starts in [&CI_STARTS, &CHANGE_LOG_STARTS, &MANIFEST_STARTS, &LINT_STARTS, &DOC_STARTS] {
            assert!(starts.list.iter().all(|start| starts.begin(format!("{start}x").as_bytes())));
            assert!(!starts.begin(b"") && !starts.begin(b"x/y"));
        }
    }
}
