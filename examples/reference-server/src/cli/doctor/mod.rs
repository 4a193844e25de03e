//! `doctor`: looks at everything that a deployment stands on, and says of each thing whether it is as it should be. It changes
//! nothing, and a server may run meanwhile.

mod copies;
mod database;
mod keyring;
mod report;
mod volume;

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::CliError;
use crate::config::{Config, StoreConfig};
use report::Report;

pub(super) const EXAMPLE: &str = "Example:\n  reference-server doctor --config prodops.toml\n\nEach line begins with `ok`, `advice` (worth \
    doing), `FAULT` (with what to do about it) or `yours` (what cannot be seen from here).\nExit code 1 when there is a fault.";

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// The configuration file of `serve`.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Doctor {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let report = examine(&Config::load(&self.config)?).await;
        writeln!(std::io::stdout(), "{report}")?;
        match report.faults() {
            0 => Ok(()),
            faults => Err(CliError::Faults(faults)),
        }
    }
}

/// One thing after another; what cannot be looked at because something before it failed is left out.
async fn examine(config: &Config) -> Report {
    let mut report = Report::default();
    let reached = match &config.store {
        StoreConfig::Database(database) => database::examine(&mut report, config, database).await,
        StoreConfig::File(_) => None,
    };
    keyring::examine(&mut report, config, reached.as_ref()).await;
    copies::examine(&mut report, config, reached.as_ref()).await;
    volume::examine(&mut report, config);
    report
}
