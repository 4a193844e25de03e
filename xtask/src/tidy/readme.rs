//! The README of a library crate is its crate documentation, and its example compiles.

use super::finding::Finding;
use crate::workspace::{Member, Workspace};

const INCLUDE: &str = "#![doc = include_str!(\"../README.md\")]";

/// Checks README and crate root of every library crate.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let libraries = workspace.members.iter().filter(|member| member.is_library());
    libraries.flat_map(|member| check_library(workspace, member)).collect()
}

fn check_library(workspace: &Workspace, member: &Member) -> Vec<Finding> {
    let mut findings = Vec::new();
    let root = format!("{}/src/lib.rs", member.folder);
    let includes = workspace.text(&root).unwrap_or_default().lines().any(|line| line == INCLUDE);
    if !includes {
        let why = format!("the README is the crate documentation, so it compiles; write `{INCLUDE}`");
        findings.push(Finding::new(&root, 1, "does not include the README", why));
    }
    let readme = format!("{}/README.md", member.folder);
    if !workspace.text(&readme).is_some_and(has_rust_block) {
        let why = "a reader starts from an example that compiles; add a ```rust block";
        findings.push(Finding::new(&readme, 1, "has no Rust code block", why));
    }
    findings
}

/// Whether some fenced block is compiled by rustdoc as Rust.
fn has_rust_block(text: &str) -> bool {
    text.lines().filter_map(|line| line.strip_prefix("```")).any(|info| {
        let words: Vec<&str> = info.split(',').map(str::trim).collect();
        words.contains(&"rust") && !words.contains(&"ignore")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(lib: &str, readme: &str) -> usize {
        let files =
            [("prodops-a/Cargo.toml", ""), ("prodops-a/src/lib.rs", lib), ("prodops-a/README.md", readme)];
        check(&Workspace::sample(&files)).len()
    }

    #[test]
    fn an_included_readme_with_an_example_passes() {
        assert_eq!(findings(INCLUDE, "# a\n\n```rust\nlet a = 1;\n```\n"), 0);
        assert_eq!(findings(INCLUDE, "```rust,no_run\n```\n"), 0);
    }

    #[test]
    fn a_missing_include_or_example_is_found() {
        assert_eq!(findings("//! a", "```rust\n```\n"), 1);
        assert_eq!(findings(INCLUDE, "```toml\n```\n"), 1);
        assert_eq!(findings(INCLUDE, "```rust,ignore\n```\n"), 1);
    }

    #[test]
    fn tools_and_examples_need_no_example() {
        assert!(check(&Workspace::sample(&[("xtask/Cargo.toml", ""), ("xtask/src/main.rs", "")])).is_empty());
    }
}
