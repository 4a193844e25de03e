//! `store`: where derived data is kept, a file or a PostgreSQL database with its keyring elsewhere.

use std::fmt;
use std::path::PathBuf;

use prodops::core::environment::Environment;
use prodops::engine::{EngineBuilder, StoreLocation};
use prodops::store::StoreError;
use prodops::store::postgres::{PostgresConfig, migrate, migrate_keyring};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::secret_file::{SecretFileError, SecretReference};

/// Where derived data is kept: `store = "path"`, or a table `[store]`.
#[derive(Debug, Clone)]
pub enum StoreConfig {
    /// One file that one process owns.
    File(PathBuf),
    /// A database that several processes may share.
    Database(Box<DatabaseConfig>),
}

/// A PostgreSQL database. Addresses hold passwords, and are given by where they are kept.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DatabaseConfig {
    /// The address of the database, as the role that serves requests.
    pub url: SecretReference,
    /// The address of another database, which keeps the wrapped keys and the ledger of deletions. Without it they are in the
    /// file that `keyring` names, which one process owns.
    #[serde(default)]
    pub keyring_url: Option<SecretReference>,
    /// The address of the database as a role that may make roles and schemas. With it `serve` and `migrate` bring the schema up
    /// to date; without it `serve` refuses another version.
    #[serde(default)]
    pub owner_url: Option<SecretReference>,
    /// The same for the keyring's database.
    #[serde(default)]
    pub keyring_owner_url: Option<SecretReference>,
    /// How many connections a process opens at most.
    #[serde(default = "sixteen")]
    pub connections: u32,
    /// Whether the address is that of a pooler in transaction mode, such as pgbouncer.
    #[serde(default)]
    pub pooler: bool,
    /// For how many days the server's operator can bring an earlier state back: counted into how long deletion takes.
    #[serde(default)]
    pub recovery_days: u32,
}

/// The store cannot be used as it is configured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreConfigError {
    /// An address cannot be had from where it is said to be.
    #[error("`{field}`: {reason}")]
    Secret {
        /// The field.
        field: &'static str,
        /// Why.
        reason: SecretFileError,
    },
    /// An address is none.
    #[error("`{field}`: {reason}")]
    Url {
        /// The field.
        field: &'static str,
        /// Why. The address is not repeated.
        reason: StoreError,
    },
    /// Nobody said where the keys are.
    #[error(
        "a store in a database needs a keyring elsewhere: `keyring-url` in `[store]` for another database, or `keyring` for a \
         file of a single process"
    )]
    NoKeyring,
    /// Two places for one keyring.
    #[error("`keyring` and `keyring-url` are two places for one keyring: take one away")]
    TwoKeyrings,
    /// Earlier states would outlive the last backup.
    #[error(
        "`recovery-days` is {found}, longer than `backup-days` of `[deletion]` ({most}): what was deleted could be brought back \
         after the day it is promised to be gone"
    )]
    RecoveryTooLong {
        /// The days that are configured.
        found: u32,
        /// The longest that any copy is kept.
        most: u32,
    },
    /// There is nothing to migrate with.
    #[error("no `{0}` in `[store]`: the address of the database as a role that may make roles and schemas")]
    NoOwner(&'static str),
}

impl<'de> Deserialize<'de> for StoreConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PathOrTable;
        impl<'de> Visitor<'de> for PathOrTable {
            type Value = StoreConfig;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the path of a file, or a table with the `url` of a database")
            }

            fn visit_str<E>(self, path: &str) -> Result<StoreConfig, E> {
                Ok(StoreConfig::File(path.into()))
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<StoreConfig, A::Error> {
                let database = DatabaseConfig::deserialize(MapAccessDeserializer::new(table))?;
                Ok(StoreConfig::Database(Box::new(database)))
            }
        }
        deserializer.deserialize_any(PathOrTable)
    }
}

impl StoreConfig {
    /// Whether keys and data can be found, and are gone in time.
    pub(super) fn check(&self, keyring: bool, backup_days: u32) -> Result<(), StoreConfigError> {
        let Self::Database(database) = self else { return Ok(()) };
        match (keyring, &database.keyring_url) {
            (false, None) => return Err(StoreConfigError::NoKeyring),
            (true, Some(_)) => return Err(StoreConfigError::TwoKeyrings),
            _ => {}
        }
        if database.recovery_days > backup_days {
            let found = database.recovery_days;
            return Err(StoreConfigError::RecoveryTooLong { found, most: backup_days });
        }
        Ok(())
    }

    /// Tells an engine where its data is, and its keys if they are in a database.
    pub(super) fn place(&self, builder: EngineBuilder) -> Result<EngineBuilder, StoreConfigError> {
        match self {
            Self::File(path) => Ok(builder.store(StoreLocation::File(path.clone()))),
            Self::Database(database) => {
                let builder = builder.store(StoreLocation::Postgres(database.data()?));
                Ok(match database.keyring()? {
                    Some(keyring) => builder.keyring_database(keyring),
                    None => builder,
                })
            }
        }
    }

    /// The database; `None` for a file.
    #[must_use]
    pub fn database(&self) -> Option<&DatabaseConfig> {
        match self {
            Self::File(_) => None,
            Self::Database(database) => Some(database),
        }
    }
}

impl DatabaseConfig {
    /// How the data is reached.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub fn data(&self) -> Result<PostgresConfig, StoreConfigError> {
        let config = address("url", &self.url)?.connections(self.connections.max(1));
        Ok(if self.pooler { config.behind_pooler() } else { config })
    }

    /// How the keyring is reached; `None` where it is in a file.
    ///
    /// # Errors
    /// When the address cannot be had.
    pub fn keyring(&self) -> Result<Option<PostgresConfig>, StoreConfigError> {
        let config = self.keyring_url.as_ref().map(|url| address("keyring-url", url)).transpose()?;
        Ok(config.map(|config| config.connections(self.connections.max(1))))
    }

    /// Brings the schemas up to date for which the configuration has an owner; tells which.
    ///
    /// # Errors
    /// When an address cannot be had, or as [`migrate`].
    pub async fn migrate(&self, environment: Environment) -> Result<Vec<&'static str>, MigrateError> {
        let mut done = Vec::new();
        if let Some(owner) = &self.owner_url {
            migrate(&address("owner-url", owner)?, environment).await?;
            done.push("the data");
        }
        if let Some(owner) = &self.keyring_owner_url {
            migrate_keyring(&address("keyring-owner-url", owner)?, environment).await?;
            done.push("the keyring");
        }
        Ok(done)
    }
}

/// A schema was not brought up to date.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// The configuration has no usable address.
    #[error("`[store]`: {0}")]
    Config(#[from] StoreConfigError),
    /// The database refuses.
    #[error("the schema cannot be brought up to date: {0}")]
    Store(#[from] StoreError),
}

fn address(field: &'static str, url: &SecretReference) -> Result<PostgresConfig, StoreConfigError> {
    let url = url.read().map_err(|reason| StoreConfigError::Secret { field, reason })?;
    url.expose(|url| PostgresConfig::from_url(url)).map_err(|reason| StoreConfigError::Url { field, reason })
}

const fn sixteen() -> u32 {
    16
}
