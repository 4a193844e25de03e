//! `cargo xtask prove`: a solver proves that the shipped policies keep workspaces apart, and refutes broken sets.

use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use crate::error::Result;
use crate::process::Step;
use crate::provision;

/// The package that proves, a workspace of its own, by its place below the root.
pub(crate) const PACKAGE: &str = "proofs/Cargo.toml";
const POLICIES: &str = "prodops-policy/policies";

/// Runs the tests of the prover and then the proof. Without a solver nothing is proved, and that is said and no failure.
pub(crate) fn run() -> Result<u8> {
    let metadata = MetadataCommand::new().no_deps().exec()?;
    let (root, target) = (metadata.workspace_root.as_std_path(), metadata.target_directory.as_std_path());
    let Some(solver) = solver()? else {
        eprintln!(
            "xtask prove: SKIPPED, nothing is proved: neither a program `cvc5` nor a Python that can import the package \
             `cvc5` is here, and the package could not be installed below {}",
            target.display()
        );
        return Ok(0);
    };
    for step in [tests(root, target), proof(root, target, &solver)] {
        let code = step.run()?;
        if code != 0 {
            return Ok(code);
        }
    }
    Ok(0)
}

/// The arguments that say which solver to use: the program where there is one, else the Python package.
fn solver() -> Result<Option<[String; 2]>> {
    if Step::new("cvc5", &["--version"]).succeeds() {
        return Ok(Some(["--cvc5".to_owned(), "cvc5".to_owned()]));
    }
    let python = provision::solver()?;
    Ok(python.map(|python: PathBuf| ["--python".to_owned(), python.to_string_lossy().into_owned()]))
}

fn tests(root: &Path, target: &Path) -> Step {
    cargo("test", root, target)
}

fn proof(root: &Path, target: &Path, solver: &[String; 2]) -> Step {
    let policies = root.join(POLICIES).to_string_lossy().into_owned();
    cargo("run", root, target).with_args(&["--".to_owned(), policies]).with_args(solver)
}

/// What both workspaces need is built once, because they share the target folder.
fn cargo(task: &str, root: &Path, target: &Path) -> Step {
    let (manifest, target) = (root.join(PACKAGE), target.to_string_lossy());
    let manifest = manifest.to_string_lossy();
    Step::cargo(&[task, "--quiet", "--locked", "--manifest-path", &manifest, "--target-dir", &target])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_proof_is_about_the_shipped_policies_and_shares_the_target_folder() {
        let solver = ["--python".to_owned(), "p/bin/python".to_owned()];
        let line = proof(Path::new("/w"), Path::new("/w/target"), &solver).line();
        assert!(line.contains("--manifest-path /w/proofs/Cargo.toml --target-dir /w/target"), "{line}");
        assert!(line.ends_with("-- /w/prodops-policy/policies --python p/bin/python"), "{line}");
    }

    #[test]
    fn prover_and_policies_are_where_they_are_looked_for() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        assert!(root.join(PACKAGE).is_file());
        assert!(root.join(POLICIES).join("prodops.cedarschema").is_file());
    }
}
