//! Every member inherits the lints and the package fields of the workspace.

use toml::{Table, Value};

use super::finding::Finding;
use crate::workspace::{Member, Workspace};

const FIELDS: &[&str] = &["version", "edition", "rust-version", "license"];

/// Checks the manifest of every member.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let check_one = |member: &Member| {
        let path = member.manifest();
        check_manifest(&path, workspace.text(&path).unwrap_or_default())
    };
    workspace.members.iter().flat_map(check_one).collect()
}

fn check_manifest(path: &str, text: &str) -> Vec<Finding> {
    let table: Table = match text.parse() {
        Ok(table) => table,
        Err(error) => return vec![Finding::new(path, 1, "is not valid TOML", error.to_string())],
    };
    let mut findings = Vec::new();
    if !inherits(table.get("lints")) {
        let why = "one set of lints holds everywhere; add `[lints]` with `workspace = true`";
        findings.push(Finding::new(path, 1, "does not inherit the lints of the workspace", why));
    }
    let package = table.get("package").and_then(Value::as_table);
    for field in FIELDS {
        if !inherits(package.and_then(|package| package.get(*field))) {
            let line = text.lines().position(|line| line.starts_with("[package]")).unwrap_or(0) + 1;
            let why = format!("the crates are released together; write `{field}.workspace = true`");
            findings.push(Finding::new(path, line, format!("`{field}` is not inherited"), why));
        }
    }
    findings
}

fn inherits(value: Option<&Value>) -> bool {
    value.and_then(|value| value.get("workspace")).and_then(Value::as_bool) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "[package]\nname = \"a\"\nversion.workspace = true\nedition.workspace = true\n\
                        rust-version.workspace = true\nlicense.workspace = true\n[lints]\nworkspace = true\n";

    #[test]
    fn a_manifest_that_inherits_everything_passes() {
        assert!(check(&Workspace::sample(&[("a/Cargo.toml", GOOD)])).is_empty());
    }

    #[test]
    fn each_missing_inheritance_is_found() {
        for field in FIELDS {
            let bad = GOOD.replace(&format!("\n{field}.workspace = true"), &format!("\n{field} = \"1\""));
            assert_eq!(check(&Workspace::sample(&[("a/Cargo.toml", &bad)])).len(), 1, "{field}");
        }
        let bad = GOOD.replace("[lints]\nworkspace = true", "[lints]\nworkspace = false");
        assert_eq!(check(&Workspace::sample(&[("a/Cargo.toml", &bad)])).len(), 1);
    }
}
