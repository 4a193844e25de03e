//! `cargo xtask train`: makes the activity model and its model card from labelled commits.
//!
//! Training runs with optimisation and needs crates that no other task needs, so the task starts this program again, built
//! with the feature `train`.

#[cfg(feature = "train")]
mod calibrate;
#[cfg(feature = "train")]
mod card;
#[cfg(feature = "train")]
mod data;
#[cfg(feature = "train")]
mod evaluate;
#[cfg(feature = "train")]
mod examples;
#[cfg(feature = "train")]
mod figures;
#[cfg(feature = "train")]
mod fit;
#[cfg(feature = "train")]
mod places;
#[cfg(feature = "train")]
mod plot;
#[cfg(feature = "train")]
mod random;
#[cfg(feature = "train")]
mod run;
#[cfg(feature = "train")]
mod threshold;

use std::path::PathBuf;

use clap::Args;

use crate::error::Result;

/// Where the data is and where the model goes.
#[derive(Debug, Args)]
pub(crate) struct Train {
    /// The folder of labelled commits, `OWNER__NAME.jsonl.gz` each; beside it lies the README with folds and licences.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The folder that model and card are written to.
    #[arg(long, value_name = "DIR", default_value = "prodops-classify/model")]
    out: PathBuf,
    /// Only measures: writes nothing.
    #[arg(long)]
    dry_run: bool,
}

impl Train {
    /// Trains, measures and writes; answers the exit code.
    #[cfg(feature = "train")]
    pub(crate) fn run(&self) -> Result<u8> {
        run::run(self).map(|()| 0)
    }

    /// Starts this program again with optimisation.
    #[cfg(not(feature = "train"))]
    pub(crate) fn run(&self) -> Result<u8> {
        let path = |path: &std::path::Path| path.to_string_lossy().into_owned();
        let run = ["run", "--release", "--quiet", "--package", "xtask", "--features", "train", "--", "train"];
        let mut extra = vec!["--data".to_owned(), path(&self.data), "--out".to_owned(), path(&self.out)];
        extra.extend(self.dry_run.then(|| "--dry-run".to_owned()));
        crate::process::Step::cargo(&run).with_args(&extra).run()
    }
}
