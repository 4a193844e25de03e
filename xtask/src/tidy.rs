//! `cargo xtask tidy`: the house rules, each with its reason in the message.

mod asvs;
mod dependency;
mod error_message;
mod finding;
mod guarded;
mod lint_reason;
mod machine_path;
mod manifest;
mod name;
mod promise;
mod readme;
mod size;
mod unfinished;
mod unsafe_code;

use finding::Finding;

use crate::error::Result;
use crate::workspace::{self, Workspace};

/// A check that needs nothing but the files.
type Check = fn(&Workspace) -> Vec<Finding>;

const CHECKS: &[Check] = &[
    unparsed,
    dependency::check_endpoints,
    manifest::check,
    readme::check,
    unsafe_code::check,
    size::check,
    name::check,
    guarded::check,
    error_message::check,
    lint_reason::check,
    unfinished::check,
    machine_path::check,
    asvs::check,
];

/// Runs every check and prints what is wrong; `true` when nothing is. `verbose` adds the table of sizes.
pub(crate) fn run(verbose: bool) -> Result<bool> {
    let workspace = workspace::load()?;
    let mut findings: Vec<Finding> = CHECKS.iter().flat_map(|check| check(&workspace)).collect();
    findings.extend(dependency::check_graph(&workspace)?);
    let promises = promise::check(&workspace);
    findings.extend(promises.findings);
    findings.sort();
    findings.dedup();
    for finding in &findings {
        println!("{finding}");
    }
    if verbose {
        print!("{}", size::table(&workspace));
    }
    print!("{}", promise::summary(&promises.promises));
    println!("tidy: {} files, {} findings", workspace.files.len(), findings.len());
    Ok(findings.is_empty())
}

fn unparsed(workspace: &Workspace) -> Vec<Finding> {
    let finding = |file: &workspace::Unparsed| {
        let what = format!("does not parse ({})", file.reason);
        Finding::new(
            &file.path,
            file.line,
            what,
            "a file that does not parse escapes every check; test input belongs under `fixtures`",
        )
    };
    workspace.unparsed.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_does_not_parse_is_a_finding() {
        assert_eq!(unparsed(&Workspace::sample(&[("a/src/x.rs", "fn {")])).len(), 1);
        assert!(unparsed(&Workspace::sample(&[("a/src/x.rs", "fn a() {}")])).is_empty());
    }
}
