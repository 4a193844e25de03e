//! The command line.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::bench_report::{self, ActivityReport, ClassifyReport, StoreReport};
use crate::error::Result;
use crate::train::Train;
use crate::{ci, fuzz, linguist, prove, provision, soak, test_run, tidy};

/// Checks, tests and reports of the ProdOps workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Checks the house rules: dependencies, manifests, budgets, names, guarded calls, promises.
    Tidy {
        /// Also prints the measured sizes per crate.
        #[arg(long)]
        verbose: bool,
    },
    /// Installs what tests need and cargo does not bring, below the target folder.
    Provision,
    /// Runs tidy, every test and every documentation test; what tests need is installed before.
    Test {
        /// Passed on to the test runner.
        #[arg(last = true)]
        extra: Vec<String>,
    },
    /// Runs the long form of fuzzing and comparing tests: minutes, with optimisation.
    Soak,
    /// Looks for bytes that break what reads source text, guided by coverage; needs a C++ compiler.
    Fuzz {
        /// One target; all of them unless it is named.
        target: Option<String>,
        /// How long each of them runs.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// Proves with a solver that the shipped policies keep workspaces apart; skipped where no solver can be installed.
    Prove,
    /// Measures at size, beside named peers, and writes what it found into benches/RESULTS.md.
    BenchReport {
        #[command(subcommand)]
        of: Measured,
    },
    /// Makes the tables of languages from the folder `lib/linguist` of linguist.
    Linguist {
        /// That folder.
        folder: PathBuf,
    },
    /// Trains the activity model on labelled commits, measures it by folds, writes model and model card; minutes.
    Train(Train),
    /// Runs the lint gate: format, clippy, documentation, tidy, dependency advisories.
    Ci,
}

#[derive(Debug, Subcommand)]
enum Measured {
    /// The store: ingest, both locks, dashboards, the two backends; minutes.
    Store(StoreReport),
    /// Activity labels, beside fastText and scikit-learn; tens of minutes for all folds.
    Activity(ActivityReport),
    /// The content pipeline and a history, beside what is named in benches/README.md; minutes.
    Classify(ClassifyReport),
}

/// Parses the command line, runs the task and answers the exit code of the process.
pub(crate) fn run() -> Result<u8> {
    match Arguments::parse().task {
        Task::Tidy { verbose } => Ok(if tidy::run(verbose)? { 0 } else { 1 }),
        Task::Provision => Ok(if provision::run()? { 0 } else { 1 }),
        Task::Soak => soak::run(),
        Task::Fuzz { target, seconds } => fuzz::run(target.as_deref(), seconds),
        Task::Prove => prove::run(),
        Task::Test { extra } => test_run::run(&extra),
        Task::BenchReport { of: Measured::Store(report) } => bench_report::store(&report).map(|()| 0),
        Task::BenchReport { of: Measured::Activity(report) } => bench_report::activity(&report).map(|()| 0),
        Task::BenchReport { of: Measured::Classify(report) } => bench_report::classify(&report).map(|()| 0),
        Task::Linguist { folder } => linguist::run(&folder).map(|()| 0),
        Task::Train(train) => train.run(),
        Task::Ci => ci::run(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn arguments_after_two_dashes_reach_the_runner() {
        let parsed =
            Arguments::try_parse_from(["cargo xtask", "test", "--", "p5_2", "--no-capture"]).unwrap();
        assert!(matches!(parsed.task, Task::Test { extra } if extra == ["p5_2", "--no-capture"]));
        assert!(Arguments::try_parse_from(["cargo xtask", "test", "p5_2"]).is_err());
    }
}
