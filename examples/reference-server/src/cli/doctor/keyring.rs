//! The keyring and the ledger of deletions: there, of this environment, opened by the root keys, apart from the data.

use std::path::PathBuf;
use std::sync::Arc;

use prodops::core::clock::SystemClock;
use prodops::core::entropy::{Entropy, SystemEntropy};
use prodops::core::keyring::{
    Change, ExistingData, Keyring, KeyringError, KeyringParts, KeyringRow, KeyringStore, MemoryKeyring,
};
use prodops::store::keyring::{FileKeyring, rows_in};
use prodops::store::ledger::Ledger;
use prodops::store::postgres::{Database, PostgresKeyring, Separation};

use super::super::with_causes;
use super::report::Report;
use crate::config::{Config, StoreConfig};

const REACHED: &str = "the keyring can be read and belongs to this environment";
const APART: &str = "keys and data are apart";
const OPENS: &str = "the root keys open the keyring";
const LEDGER: &str = "the ledger of deletions is whole";

/// A keyring as it is now, and how its ledger is had.
struct Found {
    rows: Vec<KeyringRow>,
    ledger: Box<dyn FnOnce(prodops::core::secret::Secret<[u8; 32]>) -> Ledger + Send>,
}

pub(super) async fn examine(report: &mut Report, config: &Config, data: Option<&Database>) {
    let found = match &config.store {
        StoreConfig::Database(database) if database.keyring_url.is_some() => {
            in_database(report, config, data).await
        }
        _ => in_file(report, config),
    };
    let Some(found) = found else { return };
    report.holds(REACHED);
    if found.rows.is_empty() {
        began(report, data).await;
        return;
    }
    match opened(config, found.rows).await {
        Err(error) => report.fault(OPENS, error),
        Ok(keyring) => {
            report.holds(OPENS);
            let key = match keyring.ledger_key().await {
                Ok(key) => key,
                Err(error) => return report.fault(LEDGER, with_causes(&error)),
            };
            match (found.ledger)(key).entries().await {
                Ok(_) => report.holds(LEDGER),
                Err(error) => report.fault(LEDGER, with_causes(&error)),
            }
        }
    }
}

async fn in_database(report: &mut Report, config: &Config, data: Option<&Database>) -> Option<Found> {
    let way = match config.store.database()?.keyring() {
        Ok(way) => way?,
        Err(error) => {
            report.fault(REACHED, error);
            return None;
        }
    };
    let keyring = match PostgresKeyring::connect(&way, config.environment).await {
        Ok(keyring) => keyring,
        Err(error) => {
            report.fault(REACHED, with_causes(&error));
            return None;
        }
    };
    if let Some(data) = data {
        apart(report, data, &keyring).await;
    }
    let (environment, place) = (config.environment, keyring.ledger());
    match keyring.rows().await {
        Ok(rows) => Some(Found { rows, ledger: Box::new(move |key| Ledger::at(place, environment, key)) }),
        Err(error) => {
            report.fault(REACHED, with_causes(&error));
            None
        }
    }
}

async fn apart(report: &mut Report, data: &Database, keyring: &PostgresKeyring) {
    match data.separation(keyring).await {
        Ok(Separation::Server) => report.holds(APART),
        Ok(Separation::Database) => report.advice(
            APART,
            "they are in two databases of one server, whose own copies and logs hold both: give the keyring another server",
        ),
        Ok(Separation::None) => {
            report.fault(APART, "they are in one database, and every backup of it holds both: give the keyring another one");
        }
        Err(error) => report.fault(APART, with_causes(&error)),
    }
}

fn in_file(report: &mut Report, config: &Config) -> Option<Found> {
    let path = file(config)?;
    let (deletions, environment) = (Ledger::beside(&path), config.environment);
    let ledger = Box::new(move |key| Ledger::file(&deletions, environment, key));
    if !path.exists() {
        return Some(Found { rows: Vec::new(), ledger });
    }
    match rows_in(&path, environment) {
        Ok(rows) => Some(Found { rows, ledger }),
        Err(error) => {
            report.fault(REACHED, error);
            None
        }
    }
}

/// The file of the keyring.
pub(super) fn file(config: &Config) -> Option<PathBuf> {
    match (&config.keyring, &config.store) {
        (Some(path), _) => Some(path.clone()),
        (None, StoreConfig::File(store)) => Some(FileKeyring::beside(store)),
        (None, StoreConfig::Database(_)) => None,
    }
}

/// A keyring without keys is a new one, or one that was lost.
async fn began(report: &mut Report, data: Option<&Database>) {
    let holds_data = match data {
        Some(database) => database.holds_data().await,
        None => Ok(false),
    };
    match holds_data {
        Ok(false) => report.advice(OPENS, "it is empty: the first start begins it"),
        Ok(true) => report.fault(OPENS, "it is empty although there is data: put its newest copy back"),
        Err(error) => report.fault(OPENS, with_causes(&error)),
    }
}

/// Opens a copy in memory, so that nothing is changed.
async fn opened(config: &Config, rows: Vec<KeyringRow>) -> Result<Keyring, String> {
    let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
    let roots = config.roots(&entropy).map_err(|error| with_causes(&error))?;
    let store = Arc::new(MemoryKeyring::default());
    let copied = store.apply(rows.into_iter().map(added).collect()).await;
    copied.map_err(|error| with_causes(&error))?;
    let parts =
        KeyringParts { environment: config.environment, store, roots, clock: Arc::new(SystemClock), entropy };
    Keyring::open(parts, ExistingData::Present).await.map_err(|error: KeyringError| with_causes(&error))
}

fn added(row: KeyringRow) -> Change {
    match row {
        KeyringRow::Root(row) => Change::Root { before: None, after: Some(row) },
        KeyringRow::DataKey(row) => Change::DataKey { before: None, after: Box::new(row) },
        KeyringRow::SealedKey(row) => Change::SealedKey { before: None, after: Some(Box::new(row)) },
    }
}
