//! `migrate`: brings the schemas of the databases up to date, as the roles that own them.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::CliError;
use crate::config::{Config, ConfigError, StoreConfigError};

pub(super) const EXAMPLE: &str = "Example:\n  reference-server migrate --config prodops.toml\n\nIn prodops.toml:\n  [store]\n  \
    owner-url = \"file:/etc/prodops/owner.url\"\n  keyring-owner-url = \"file:/etc/prodops/keyring-owner.url\"\n\n\
    `serve` does the same at its start where it finds them; without them it only checks.";

#[derive(Debug, Args)]
pub(super) struct Migrate {
    /// The configuration file of `serve`.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Migrate {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let config = Config::load(&self.config)?;
        let Some(database) = config.store.database() else {
            return Err(CliError::Argument("the store is a file: it has no schema to migrate".to_owned()));
        };
        if database.owner_url.is_none() {
            return Err(ConfigError::from(StoreConfigError::NoOwner("owner-url")).into());
        }
        for done in database.migrate(config.environment).await? {
            writeln!(std::io::stdout(), "the schema of {done} is up to date")?;
        }
        Ok(())
    }
}

/// What `serve` does before anything else.
pub(super) async fn by_config(config: &Config) -> Result<(), CliError> {
    let Some(database) = config.store.database() else { return Ok(()) };
    for schema in database.migrate(config.environment).await? {
        tracing::info!(schema, "up to date");
    }
    Ok(())
}
