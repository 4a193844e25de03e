//! Names say what a thing is.

use proc_macro2::Ident;
use syn::visit::{self, Visit};
use syn::{ItemEnum, ItemMod, ItemStruct, ItemTrait, ItemType, ItemUnion};

use super::finding::Finding;
use crate::workspace::Workspace;

const BANNED_MODULES: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc"];
const MODULE_WHY: &str =
    "the name says nothing about the content, so everything ends up there; name the concept";
const TYPE_WHY: &str =
    "the name says nothing about the role; use the field's word: registry, pool, driver, session";

/// Checks names of files, modules and types.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &workspace.sources {
        if let Some(part) = source.path.split('/').find(|part| is_banned(part.trim_end_matches(".rs"))) {
            findings.push(Finding::new(
                &source.path,
                1,
                format!("file or folder called `{part}`"),
                MODULE_WHY,
            ));
        }
        Names { path: &source.path, findings: &mut findings }.visit_file(&source.tree);
    }
    findings
}

fn is_banned(name: &str) -> bool {
    BANNED_MODULES.contains(&name)
}

struct Names<'a> {
    path: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl Names<'_> {
    fn add(&mut self, what: &str, ident: &Ident, why: &str) {
        let line = ident.span().start().line;
        self.findings.push(Finding::new(self.path, line, format!("{what} called `{ident}`"), why));
    }

    fn check_type(&mut self, ident: &Ident) {
        if ident.to_string().ends_with("Manager") {
            self.add("type", ident, TYPE_WHY);
        }
    }
}

impl<'ast> Visit<'ast> for Names<'_> {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        // A module in a file of its own is reported with the file.
        if item.content.is_some() && is_banned(&item.ident.to_string()) {
            self.add("module", &item.ident, MODULE_WHY);
        }
        visit::visit_item_mod(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.check_type(&item.ident);
    }

    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        self.check_type(&item.ident);
    }

    fn visit_item_union(&mut self, item: &'ast ItemUnion) {
        self.check_type(&item.ident);
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        self.check_type(&item.ident);
        visit::visit_item_trait(self, item);
    }

    fn visit_item_type(&mut self, item: &'ast ItemType) {
        self.check_type(&item.ident);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        check(&Workspace::sample(&[(path, text)])).len()
    }

    #[test]
    fn telling_names_pass() {
        assert_eq!(
            findings("a/src/utilisation.rs", "enum Role { Manager } struct Managers; mod common_words {}"),
            0
        );
    }

    #[test]
    fn empty_names_are_found() {
        assert_eq!(findings("a/src/utils.rs", ""), 1);
        assert_eq!(findings("a/tests/common/mod.rs", ""), 1);
        assert_eq!(findings("a/src/x.rs", "mod helpers {}"), 1);
        for item in [
            "struct AManager;",
            "enum AManager {}",
            "trait AManager {}",
            "type AManager = u8;",
            "union AManager { a: u8 }",
        ] {
            assert_eq!(findings("a/src/x.rs", item), 1, "{item}");
        }
    }
}
