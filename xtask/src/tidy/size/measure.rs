//! Lines of production files and functions.

use proc_macro2::Span;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, Signature, TraitItemFn};

use crate::source::RustSource;
use crate::workspace::{Member, Workspace};

/// A production file.
pub(super) struct FileSize {
    /// Path from the workspace root.
    pub(super) path: String,
    /// Lines outside inline test modules.
    pub(super) lines: usize,
}

/// A production function.
pub(super) struct FunctionSize {
    /// Path from the workspace root.
    pub(super) path: String,
    /// Line of its signature.
    pub(super) line: usize,
    /// Its name.
    pub(super) name: String,
    /// Lines from the signature to the closing brace.
    pub(super) lines: usize,
}

/// What was measured in one member.
#[derive(Default)]
pub(super) struct Sizes {
    /// Its production files.
    pub(super) files: Vec<FileSize>,
    /// Its production functions.
    pub(super) functions: Vec<FunctionSize>,
}

impl Sizes {
    /// Lines of the files.
    pub(super) fn file_lines(&self) -> Vec<usize> {
        self.files.iter().map(|file| file.lines).collect()
    }

    /// Lines of the functions.
    pub(super) fn function_lines(&self) -> Vec<usize> {
        self.functions.iter().map(|function| function.lines).collect()
    }
}

/// Measures the production code of a member; tests and benches are exempt.
pub(super) fn measure(workspace: &Workspace, member: &Member) -> Sizes {
    let mut sizes = Sizes::default();
    for source in workspace.sources_of(member).filter(|source| !source.is_test && !is_bench(&source.path)) {
        sizes.files.push(FileSize { path: source.path.clone(), lines: source.production_lines() });
        let mut functions = Functions { source, found: &mut sizes.functions };
        functions.visit_file(&source.tree);
    }
    sizes
}

fn is_bench(path: &str) -> bool {
    path.split('/').any(|part| part == "benches")
}

struct Functions<'a> {
    source: &'a RustSource,
    found: &'a mut Vec<FunctionSize>,
}

impl Functions<'_> {
    fn add(&mut self, signature: &Signature, block: &Block) {
        let start: Span = signature.fn_token.span;
        if self.source.is_test_span(start) {
            return;
        }
        let line = start.start().line;
        let lines = block.brace_token.span.close().end().line + 1 - line;
        let name = signature.ident.to_string();
        self.found.push(FunctionSize { path: self.source.path.clone(), line, name, lines });
    }
}

impl<'ast> Visit<'ast> for Functions<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.add(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(block) = &item.default {
            self.add(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_of_every_kind_are_measured_and_tests_are_not() {
        let text = "fn a() {}\nimpl T {\n    fn b(\n        self,\n    ) {\n    }\n}\ntrait U { fn c() {} fn d(); }\n\
                    #[test]\nfn e() {}\n#[cfg(test)]\nmod tests { fn f() {} }\n";
        let files =
            [("a/Cargo.toml", ""), ("a/src/lib.rs", text), ("a/tests/x.rs", text), ("a/benches/x.rs", text)];
        let workspace = Workspace::sample(&files);
        let sizes = measure(&workspace, workspace.members.first().unwrap());
        let found: Vec<(&str, usize)> =
            sizes.functions.iter().map(|one| (one.name.as_str(), one.lines)).collect();
        assert_eq!(found, [("a", 1), ("b", 4), ("c", 1)]);
        assert_eq!(sizes.file_lines(), [10]);
    }
}
