//! The resolved dependency graph of one package.

use std::collections::BTreeSet;
use std::path::Path;

use crate::error::Result;
use crate::process::Step;

/// Names of every package that the one with this manifest reaches through normal dependencies with its default features.
///
/// `cargo metadata` unifies features over the workspace and would blame a crate for what another one switched on.
pub(super) fn resolved(manifest: &Path) -> Result<BTreeSet<String>> {
    let manifest = manifest.to_string_lossy();
    let package = ["--locked", "--manifest-path", &manifest];
    let tree = Step::cargo(&[&["tree"], &package[..], &["-e", "normal", "--prefix", "none"]].concat());
    Ok(names(&tree.capture()?))
}

fn names(tree: &str) -> BTreeSet<String> {
    tree.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_the_first_words() {
        let tree = "prodops-core v0.1.0 (somewhere)\nasync-trait v0.1.92 (proc-macro)\nserde v1.0 (*)\n";
        assert_eq!(names(tree).into_iter().collect::<Vec<_>>(), ["async-trait", "prodops-core", "serde"]);
    }

    #[test]
    fn cargo_answers_for_this_package() {
        assert!(
            resolved(&Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")).unwrap().contains("clap")
        );
    }
}
