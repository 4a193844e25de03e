//! No file mentions a folder that exists on one machine only.

use super::finding::Finding;
use crate::workspace::Workspace;

/// Top folders of build machines; written without their slashes, so that this file does not find itself.
const FOLDERS: &[&str] = &["work/", "root/", "tmp/bash"];

/// Checks every text file.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &workspace.files {
        for (index, line) in file.text.lines().enumerate() {
            if let Some(folder) = FOLDERS.iter().find(|folder| mentions(line, folder)) {
                let what = format!("mentions the machine path `/{folder}`");
                let why = "it exists on one machine only; write a path from the workspace root";
                findings.push(Finding::new(&file.path, index + 1, what, why));
            }
        }
    }
    findings
}

/// Whether the line holds the folder as the start of an absolute path, not as a part of a longer one.
fn mentions(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(offset, _)| {
        let mut before = line.get(..offset).unwrap_or_default().chars().rev();
        before.next() == Some('/') && before.next().is_none_or(starts_path)
    })
}

fn starts_path(before: char) -> bool {
    !before.is_alphanumeric() && !matches!(before, '.' | '_' | '-' | '}' | ')' | '>' | '~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> usize {
        check(&Workspace::sample(&[("README.md", text)])).len()
    }

    #[test]
    fn relative_paths_and_routes_pass() {
        assert_eq!(findings("see docs/work/plan.md, ./root/a, $HOME/root/a and /v1/work/items\n"), 0);
    }

    #[test]
    fn absolute_machine_paths_are_found() {
        for folder in FOLDERS {
            assert_eq!(findings(&format!("first\nsee `/{folder}x`\n")), 1, "{folder}");
            assert_eq!(findings(&format!("/{folder}")), 1, "{folder}");
        }
    }
}
