//! `vault put-back`: the way back for a keyring in a database, from the copy that a backup made.

use std::io::Write;
use std::path::Path;

use prodops::core::keyring::KeyringError;
use prodops::engine::{BuildError, EngineError};
use prodops::store::keyring::rows_in;
use prodops::store::ledger::LedgerError;
use prodops::store::postgres::PostgresKeyring;

use super::CliError;
use crate::config::{Config, ConfigError};

/// All of it or nothing; never over keys that are there.
pub(super) async fn run(config: &Config, from: &Path) -> Result<(), CliError> {
    let way = match config.store.database() {
        Some(database) => database.keyring().map_err(ConfigError::from)?,
        None => None,
    };
    let Some(way) = way else {
        let line = "the keyring is a file: put its copy in its place yourself, and that of its `.deletions` beside it";
        return Err(CliError::Argument(line.to_owned()));
    };
    let rows = rows_in(&from.join("keyring"), config.environment).map_err(BuildError::from)?;
    let deletions = deletions(&from.join("keyring.deletions"))?;
    let keyring = PostgresKeyring::connect(&way, config.environment).await.map_err(BuildError::from)?;
    match keyring.put_back(rows, &deletions).await {
        Ok(()) => Ok(writeln!(std::io::stdout(), "the keyring is as in the copy")?),
        Err(KeyringError::Conflict) => {
            Err(CliError::Argument("the keyring's database is not empty: nothing was changed".to_owned()))
        }
        Err(error) => Err(EngineError::from(error).into()),
    }
}

/// A ledger without an entry has no file.
fn deletions(path: &Path) -> Result<String, CliError> {
    match std::fs::read_to_string(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(reason) => Err(EngineError::from(LedgerError::Io { path: path.to_owned(), reason }).into()),
        Ok(text) => Ok(text),
    }
}
