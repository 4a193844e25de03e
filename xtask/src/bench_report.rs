//! `cargo xtask bench-report store`: measures the store and writes its section into the results of the benchmarks.

use std::path::Path;

use clap::Args;

use crate::error::{Error, Result};
use crate::process::Step;

/// From the workspace root, where tasks are run.
const RESULTS: &str = "benches/RESULTS.md";
const TITLE: &str = "## The store, on a PostgreSQL of its own\n";

/// How large the report is.
#[derive(Debug, Args, PartialEq, Eq)]
pub(crate) struct StoreReport {
    /// Commits in the database that is read.
    #[arg(long, default_value_t = 10_000_000)]
    facts: usize,
    /// Workspaces that they belong to.
    #[arg(long, default_value_t = 50)]
    workspaces: usize,
    /// How often each side is timed.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The folder on whose disk the cluster is made; the system's folder for temporary files unless given.
    #[arg(long)]
    folder: Option<String>,
}

impl StoreReport {
    fn step(&self) -> Step {
        let run = ["run", "--release", "--quiet", "--package", "benches", "--bin", "store-report", "--"];
        let size = [self.facts, self.workspaces, self.rounds].map(|number| number.to_string());
        Step::cargo(&run).with_args(&size).with_args(self.folder.as_slice())
    }
}

/// Runs the report with optimisation, prints it, and puts it where the last one was.
pub(crate) fn store(report: &StoreReport) -> Result<()> {
    let step = report.step();
    eprintln!("==> {}", step.line());
    let section = step.capture()?;
    println!("{section}");
    let path = Path::new(RESULTS);
    let unwritten = |source| Error::Results { path: path.to_owned(), source };
    let results = std::fs::read_to_string(path).map_err(unwritten)?;
    std::fs::write(path, replaced(&results, &section)).map_err(unwritten)
}

/// The results with this section: in the place of the last one, or before the list of what is not measured.
fn replaced(results: &str, section: &str) -> String {
    let last = "## Not measured\n";
    let (before, rest) = match results.split_once(TITLE) {
        Some((before, old)) => {
            (before, old.find("\n## ").and_then(|end| old.get(end + 1..)).unwrap_or_default())
        }
        None => results.split_at(results.find(last).unwrap_or(results.len())),
    };
    format!("{before}{TITLE}\n{}\n\n{rest}", section.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_the_place_of_the_last_one() {
        let first = replaced("# Results\n\n## Other\n\nx\n\n## Not measured\n\ny\n", "one");
        assert_eq!(first, format!("# Results\n\n## Other\n\nx\n\n{TITLE}\none\n\n## Not measured\n\ny\n"));
        assert_eq!(replaced(&first, "two\n"), first.replace("one", "two"));
    }

    #[test]
    fn the_size_is_passed_on() {
        let report = StoreReport { facts: 9, workspaces: 3, rounds: 1, folder: Some("/disk".to_owned()) };
        assert!(report.step().line().ends_with("--bin store-report -- 9 3 1 /disk"));
    }
}
