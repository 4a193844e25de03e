//! A lint that is switched off says why.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Meta};

use super::finding::Finding;
use crate::workspace::Workspace;

/// Checks every `allow` and `expect` attribute, those behind `cfg_attr` too.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &workspace.sources {
        Lints { path: &source.path, findings: &mut findings }.visit_file(&source.tree);
    }
    findings
}

struct Lints<'a> {
    path: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl<'ast> Visit<'ast> for Lints<'_> {
    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if is_silent(&attribute.meta) {
            let line = attribute.pound_token.span.start().line;
            let why = "an exception without a reason outlives it; add `reason = \"…\"`";
            self.findings.push(Finding::new(self.path, line, "switches off a lint without a reason", why));
        }
        visit::visit_attribute(self, attribute);
    }
}

fn is_silent(meta: &Meta) -> bool {
    let Meta::List(list) = meta else { return false };
    if list.path.is_ident("allow") || list.path.is_ident("expect") {
        return !has_reason(list.tokens.clone());
    }
    list.path.is_ident("cfg_attr") && holds_silent_list(list.tokens.clone())
}

/// Looks for `allow(…)` and `expect(…)` among the tokens of a `cfg_attr`.
fn holds_silent_list(tokens: TokenStream) -> bool {
    let mut after_keyword = false;
    for tree in tokens {
        match tree {
            TokenTree::Group(group) if after_keyword && !has_reason(group.stream()) => return true,
            TokenTree::Ident(ident) => after_keyword = ident == "allow" || ident == "expect",
            _ => after_keyword = false,
        }
    }
    false
}

fn has_reason(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| matches!(tree, TokenTree::Ident(ident) if ident == "reason"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> usize {
        check(&Workspace::sample(&[("a/src/x.rs", text)])).len()
    }

    #[test]
    fn an_exception_with_a_reason_passes() {
        assert_eq!(findings("#[allow(dead_code, reason = \"read by the debugger\")]\nfn a() {}"), 0);
        assert_eq!(findings("#[warn(dead_code)]\nfn a() {}\n// #[allow(dead_code)]"), 0);
    }

    #[test]
    fn an_exception_without_a_reason_is_found() {
        assert_eq!(findings("#[allow(dead_code)]\nfn a() {}"), 1);
        assert_eq!(findings("#![allow(dead_code)]\nfn a() {}"), 1);
        assert_eq!(findings("fn a() { #[expect(unused)] let b = 1; }"), 1);
        assert_eq!(findings("#[cfg_attr(test, allow(dead_code))]\nfn a() {}"), 1);
    }
}
