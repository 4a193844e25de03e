//! `cargo xtask bench-report`: measures and writes its section into the results of the benchmarks.

mod peers;

use std::path::Path;

use clap::Args;

use crate::error::{Error, Result};
use crate::process::Step;

/// From the workspace root, where tasks are run.
const RESULTS: &str = "benches/RESULTS.md";
const TITLE: &str = "## The store, on a PostgreSQL of its own\n";
const ACTIVITY: &str = "## Activity labels beside their peers\n";
const CLASSIFY_GENERATED: &str = "## Content beside its peers, generated files\n";
const CLASSIFY_REAL: &str = "## Content beside its peers, a real checkout\n";

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
        let size = [self.facts, self.workspaces, self.rounds].map(|number| number.to_string());
        program("store-report").with_args(&size).with_args(self.folder.as_slice())
    }
}

/// Beside what the content pipeline is measured.
#[derive(Debug, Args, PartialEq, Eq)]
pub(crate) struct ClassifyReport {
    /// The folder with the peers; what is missing there is installed from its registry.
    #[arg(long)]
    peers: String,
    /// The repository whose history is read.
    #[arg(long)]
    repository: String,
    /// How often each side goes over the corpus.
    #[arg(long, default_value_t = 20)]
    rounds: usize,
    /// The folder whose files are read; generated files unless given.
    #[arg(long)]
    corpus: Option<String>,
}

impl ClassifyReport {
    fn step(&self) -> Step {
        let (peers, repository) = (self.peers.clone(), self.repository.clone());
        let setting = [peers, repository, self.rounds.to_string()];
        program("content-report").with_args(&setting).with_args(self.corpus.as_slice())
    }
}

/// Beside what the activity labels are measured.
#[derive(Debug, Args, PartialEq, Eq)]
pub(crate) struct ActivityReport {
    /// A Python with the packages that benches/peers/activity.py names.
    #[arg(long)]
    python: String,
    /// The folder of labelled commits.
    #[arg(long)]
    data: String,
    /// A fold to measure; all of them unless given.
    #[arg(long = "fold")]
    folds: Vec<String>,
}

impl ActivityReport {
    fn step(&self) -> Step {
        program("activity-report").with_args(&[self.python.clone(), self.data.clone()]).with_args(&self.folds)
    }
}

/// Measures the activity labels.
pub(crate) fn activity(report: &ActivityReport) -> Result<()> {
    write(&report.step(), ACTIVITY)
}

/// Measures the store.
pub(crate) fn store(report: &StoreReport) -> Result<()> {
    write(&report.step(), TITLE)
}

/// Measures the content pipeline.
pub(crate) fn classify(report: &ClassifyReport) -> Result<()> {
    let title = if report.corpus.is_some() { CLASSIFY_REAL } else { CLASSIFY_GENERATED };
    peers::install(&report.peers);
    write(&report.step(), title)
}

/// A program of the benches with optimisation.
fn program(name: &str) -> Step {
    Step::cargo(&["run", "--release", "--quiet", "--package", "benches", "--bin", name, "--"])
}

/// Runs a report, prints it, and puts it where the last one was.
fn write(step: &Step, title: &str) -> Result<()> {
    eprintln!("==> {}", step.line());
    let section = step.capture()?;
    println!("{section}");
    let path = Path::new(RESULTS);
    let unwritten = |source| Error::Results { path: path.to_owned(), source };
    let results = std::fs::read_to_string(path).map_err(unwritten)?;
    std::fs::write(path, replaced(&results, title, &section)).map_err(unwritten)
}

/// The results with this section: in the place of the last one, or before the list of what is not measured.
fn replaced(results: &str, title: &str, section: &str) -> String {
    let last = "## Not measured\n";
    let (before, rest) = match results.split_once(title) {
        Some((before, old)) => {
            (before, old.find("\n## ").and_then(|end| old.get(end + 1..)).unwrap_or_default())
        }
        None => results.split_at(results.find(last).unwrap_or(results.len())),
    };
    format!("{before}{title}\n{}\n\n{rest}", section.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_takes_the_place_of_the_last_one() {
        let first = replaced("# Results\n\n## Other\n\nx\n\n## Not measured\n\ny\n", TITLE, "one");
        assert_eq!(first, format!("# Results\n\n## Other\n\nx\n\n{TITLE}\none\n\n## Not measured\n\ny\n"));
        assert_eq!(replaced(&first, TITLE, "two\n"), first.replace("one", "two"));
    }

    #[test]
    fn the_size_is_passed_on() {
        let report = StoreReport { facts: 9, workspaces: 3, rounds: 1, folder: Some("/disk".to_owned()) };
        assert!(report.step().line().ends_with("--bin store-report -- 9 3 1 /disk"));
    }
}
