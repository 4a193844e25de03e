//! One Rust file as the checks see it: text, tokens, syntax tree, and which parts of it are tests.

mod mask;
mod outline;
mod search;

use std::ops::Range;

use proc_macro2::{Span, TokenStream};

pub(crate) use outline::Outline;
pub(crate) use search::{Place, occurrences};

/// A parsed Rust file.
pub(crate) struct RustSource {
    /// Path from the workspace root, with forward slashes.
    pub(crate) path: String,
    /// The file as it is on disk.
    pub(crate) text: String,
    /// The tokens only: comments and the contents of strings are blank. Offsets equal those of `text`.
    pub(crate) code: String,
    /// Comments and tokens: the contents of strings are blank. Offsets equal those of `text`.
    pub(crate) without_strings: String,
    /// The syntax tree.
    pub(crate) tree: syn::File,
    /// Every item, at any depth.
    pub(crate) outline: Vec<Outline>,
    /// Whether the whole file is test code: it lies in a `tests` folder or is a `#[cfg(test)] mod name;`.
    pub(crate) is_test: bool,
}

impl RustSource {
    /// Parses `text`; the error tells line and reason.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, (usize, String)> {
        let tokens: TokenStream = text
            .parse()
            .map_err(|error: proc_macro2::LexError| (error.span().start().line, error.to_string()))?;
        let tree =
            syn::parse2(tokens.clone()).map_err(|error| (error.span().start().line, error.to_string()))?;
        let masked = mask::mask(text, &tokens);
        Ok(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            code: masked.code,
            without_strings: masked.without_strings,
            tree,
            outline: outline::outline(tokens),
            is_test: in_tests_folder(path),
        })
    }

    /// Whether the place is test code.
    pub(crate) fn is_test_at(&self, offset: usize) -> bool {
        self.is_test || self.test_ranges().any(|range| range.contains(&offset))
    }

    /// Whether the place of a token is test code.
    pub(crate) fn is_test_span(&self, span: Span) -> bool {
        self.is_test_at(span.byte_range().start)
    }

    /// Lines outside inline `#[cfg(test)]` modules.
    pub(crate) fn production_lines(&self) -> usize {
        let tests: usize = self
            .outline
            .iter()
            .filter(|item| item.depth == 0 && item.is_test_only() && item.module().is_some() && item.has_body)
            .map(|item| item.last_line + 1 - item.first_line)
            .sum();
        self.text.lines().count().saturating_sub(tests)
    }

    /// Paths, without ending, of the modules that this file declares as `#[cfg(test)] mod name;`.
    pub(crate) fn test_modules(&self) -> Vec<String> {
        let folder = self.module_folder();
        let declared = self.outline.iter().filter(|item| item.is_test_only() && !item.has_body);
        declared.filter_map(Outline::module).map(|name| format!("{folder}/{name}")).collect()
    }

    fn test_ranges(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        self.outline.iter().filter(|item| item.is_test_only()).map(|item| item.bytes.clone())
    }

    /// The folder in which rustc looks for the modules this file declares.
    fn module_folder(&self) -> String {
        let stem = self.path.strip_suffix(".rs").unwrap_or(&self.path);
        match stem.rsplit_once('/') {
            Some((folder, "mod" | "lib" | "main")) => folder.to_owned(),
            _ => stem.to_owned(),
        }
    }
}

fn in_tests_folder(path: &str) -> bool {
    path.split('/').any(|part| part == "tests")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(path: &str, text: &str) -> RustSource {
        RustSource::parse(path, text).unwrap()
    }

    #[test]
    fn production_lines_leave_out_inline_test_modules_wherever_they_stand() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n";
        assert_eq!(parse("a/src/x.rs", text).production_lines(), 2);
        assert_eq!(parse("a/src/x.rs", "#[cfg(test)]\nmod tests;\nfn a() {}\n").production_lines(), 3);
    }

    #[test]
    fn test_code_is_known_by_attribute_and_by_folder() {
        let source = parse("a/src/x.rs", "fn a() {}\n#[test]\nfn b() { inner(); }\n");
        assert!(!source.is_test_at(source.text.find("fn a").unwrap()));
        assert!(source.is_test_at(source.text.find("inner").unwrap()));
        assert!(parse("a/tests/x.rs", "fn a() {}").is_test_at(0));
    }

    #[test]
    fn test_modules_in_files_of_their_own_are_found_where_rustc_looks() {
        let text = "#[cfg(test)]\nmod cases;\nmod other;\n";
        assert_eq!(parse("a/src/lib.rs", text).test_modules(), ["a/src/cases"]);
        assert_eq!(parse("a/src/x.rs", text).test_modules(), ["a/src/x/cases"]);
    }

    #[test]
    fn a_file_that_does_not_parse_tells_its_line() {
        assert!(matches!(RustSource::parse("a/src/x.rs", "fn a() {}\nfn {}\n"), Err((2, _))));
    }
}
