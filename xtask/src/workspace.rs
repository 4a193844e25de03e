//! The workspace as the checks see it: members, text files, parsed Rust files.

mod listing;
mod load;
mod member;

pub(crate) use load::load;
pub(crate) use member::Member;

use crate::source::RustSource;

/// A text file of the repository.
pub(crate) struct TextFile {
    /// Path from the workspace root, with forward slashes.
    pub(crate) path: String,
    /// The whole content.
    pub(crate) text: String,
}

/// A Rust file that does not parse.
pub(crate) struct Unparsed {
    /// Path from the workspace root.
    pub(crate) path: String,
    /// Where the parser stopped.
    pub(crate) line: usize,
    /// What the parser said.
    pub(crate) reason: String,
}

/// Everything the checks read.
pub(crate) struct Workspace {
    /// The packages.
    pub(crate) members: Vec<Member>,
    /// Every text file that git knows or would add.
    pub(crate) files: Vec<TextFile>,
    /// The Rust files among them.
    pub(crate) sources: Vec<RustSource>,
    /// Rust files that cannot be checked because they do not parse.
    pub(crate) unparsed: Vec<Unparsed>,
}

impl Workspace {
    /// Parses the Rust files and marks those that are test modules.
    pub(crate) fn new(members: Vec<Member>, files: Vec<TextFile>) -> Self {
        let mut sources = Vec::new();
        let mut unparsed = Vec::new();
        for file in files.iter().filter(|file| file.path.ends_with(".rs") && !is_data(&file.path)) {
            match RustSource::parse(&file.path, &file.text) {
                Ok(source) => sources.push(source),
                Err((line, reason)) => unparsed.push(Unparsed { path: file.path.clone(), line, reason }),
            }
        }
        mark_test_modules(&mut sources);
        Self { members, files, sources, unparsed }
    }

    /// The text of a file, by its path from the root.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// The Rust files of a member.
    pub(crate) fn sources_of<'w>(&'w self, member: &'w Member) -> impl Iterator<Item = &'w RustSource> {
        self.sources.iter().filter(|source| member.owns(&source.path))
    }
}

/// Rust text that is input of a test, not code of the workspace.
fn is_data(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "fixtures" | "corpus"))
}

fn mark_test_modules(sources: &mut [RustSource]) {
    let modules: Vec<String> = sources.iter().flat_map(RustSource::test_modules).collect();
    for source in sources {
        source.is_test |= modules.iter().any(|module| {
            let rest = source.path.strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
        });
    }
}

#[cfg(test)]
impl Workspace {
    /// A workspace of `(path, text)` pairs; every `…/Cargo.toml` makes a member.
    pub(crate) fn sample(files: &[(&str, &str)]) -> Self {
        let members = files.iter().filter_map(|(path, text)| {
            let folder = path.strip_suffix("/Cargo.toml")?;
            Some(Member::sample(folder, text))
        });
        let text =
            |(path, text): &(&str, &str)| TextFile { path: (*path).to_owned(), text: (*text).to_owned() };
        Self::new(members.collect(), files.iter().map(text).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_modules_in_their_own_files_are_marked() {
        let files =
            [("a/src/x.rs", "#[cfg(test)]\nmod cases;"), ("a/src/x/cases.rs", ""), ("a/src/x/cases2.rs", "")];
        let marked: Vec<bool> =
            Workspace::sample(&files).sources.iter().map(|source| source.is_test).collect();
        assert_eq!(marked, [false, true, false]);
    }

    #[test]
    fn fixtures_are_data() {
        let files = [("a/tests/fixtures/broken.rs", "fn {"), ("a/src/broken.rs", "fn {")];
        let workspace = Workspace::sample(&files);
        assert_eq!(
            workspace.unparsed.iter().map(|file| file.path.as_str()).collect::<Vec<_>>(),
            ["a/src/broken.rs"]
        );
    }
}
