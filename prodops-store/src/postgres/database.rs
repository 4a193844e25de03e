//! A database before it is opened as a store: what it is, whether it is safe, how it is kept.

use std::fmt;
use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_core::keyring::RowKeySource;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{PgPool, Postgres as Server};

use super::config::PostgresConfig;
use super::failure::{self, Stored};
use super::keyring::PostgresKeyring;
use super::value::column;
use super::{Postgres, Posture, SCHEMA_VERSION, frame, posture};
use crate::error::StoreError;

/// A database that was reached. Nothing is believed of it yet.
#[derive(Clone)]
pub struct Database {
    pool: PgPool,
    persistent: bool,
}

/// What a database says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The environment that its data belongs to.
    pub environment: Environment,
    /// The version of its schema.
    pub version: u32,
}

impl Stamp {
    pub(super) fn of(row: &PgRow) -> Result<Self, StoreError> {
        let (name, version): (String, i32) = (column(row, 0)?, column(row, 1)?);
        let environment = name.parse().map_err(|_| StoreError::NotMigrated)?;
        Ok(Self { environment, version: u32::try_from(version).unwrap_or_default() })
    }

    pub(super) fn demand(self, environment: Environment, version: u32) -> Result<(), StoreError> {
        if self.version != version {
            return Err(StoreError::Schema { found: self.version, expected: version });
        }
        if self.environment != environment {
            return Err(StoreError::Environment { found: self.environment, expected: environment });
        }
        Ok(())
    }
}

/// How far apart the keyring lies from the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Separation {
    /// In one database: every backup of it holds both.
    None,
    /// In two databases of one server: their dumps are apart, copies of the whole server hold both.
    Database,
    /// On two servers.
    Server,
}

/// What a server keeps besides the present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovery {
    /// Whether the log of the server is archived, so that an earlier state can be brought back.
    pub archiving: bool,
    /// The replication slots, by name: others keep the log as well, or copies of the data.
    pub slots: Vec<String>,
    /// The folder of the data, where this role may know it.
    pub data_folder: Option<String>,
}

impl Database {
    /// Connects.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no way to it; [`StoreError::Invalid`] in production for a way that others on the
    /// network could listen in on.
    pub async fn reach(config: &PostgresConfig, environment: Environment) -> Result<Self, StoreError> {
        config.demand_privacy(environment)?;
        Ok(Self { pool: config.pool().await?, persistent: config.is_direct() })
    }

    /// What it says of itself.
    ///
    /// # Errors
    /// [`StoreError::NotMigrated`] before [`migrate`](super::migrate) was run.
    pub async fn stamp(&self) -> Result<Stamp, StoreError> {
        let query = sqlx::query("SELECT environment, schema_version FROM prodops.stamp");
        let mut transaction = frame::begin(&self.pool, "BEGIN READ ONLY".to_owned()).await?;
        let row = query.persistent(self.persistent).fetch_optional(&mut *transaction).await;
        Stamp::of(&row.map_err(failure::on_stamp)?.ok_or(StoreError::NotMigrated)?)
    }

    /// Looks at every rule that keeps workspaces apart.
    ///
    /// # Errors
    /// When the catalogue cannot be read.
    pub async fn posture(&self) -> Result<Posture, StoreError> {
        posture::look(&self.pool, self.persistent).await
    }

    /// Passes when it is a store of this environment and version, and safe to use.
    ///
    /// # Errors
    /// [`StoreError::NotMigrated`], [`StoreError::Schema`], [`StoreError::Environment`], [`StoreError::Posture`].
    pub async fn demand(&self, environment: Environment) -> Result<(), StoreError> {
        self.stamp().await?.demand(environment, SCHEMA_VERSION)?;
        self.posture().await?.demand()
    }

    /// Whether rows were ever stored in it, which only their keys open.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn holds_data(&self) -> Result<bool, StoreError> {
        let begin = "BEGIN READ ONLY; SET LOCAL ROLE prodops_control".to_owned();
        let mut transaction = frame::begin(&self.pool, begin).await?;
        let query = sqlx::query("SELECT EXISTS (SELECT FROM prodops_control.proof)");
        let row = query.persistent(self.persistent).fetch_one(&mut *transaction).await.stored()?;
        column(&row, 0)
    }

    /// Opens it as a store.
    ///
    /// # Errors
    /// As [`Database::demand`]; [`StoreError::Sealed`] and [`StoreError::Keys`] without the keys of its rows.
    pub async fn open(
        self,
        environment: Environment,
        keys: Arc<dyn RowKeySource>,
    ) -> Result<Postgres, StoreError> {
        self.demand(environment).await?;
        let Self { pool, persistent } = self;
        let store = Postgres { pool, keys, sealing: frame::SealedUnder::default(), persistent };
        store.prove_keys().await?;
        Ok(store)
    }

    /// How far apart the keyring lies.
    ///
    /// # Errors
    /// When one of them cannot be asked.
    pub async fn separation(&self, keyring: &PostgresKeyring) -> Result<Separation, StoreError> {
        let (data, keys) = (whereabouts(&self.pool).await?, whereabouts(&keyring.pool).await?);
        Ok(match (data.0 == keys.0, data.1 == keys.1) {
            (false, _) => Separation::Server,
            (true, false) => Separation::Database,
            (true, true) => Separation::None,
        })
    }

    /// What its server keeps besides the present.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn recovery(&self) -> Result<Recovery, StoreError> {
        recovery(&self.pool).await
    }
}

impl PostgresKeyring {
    /// What its server keeps besides the present.
    ///
    /// # Errors
    /// When it cannot be asked.
    pub async fn recovery(&self) -> Result<Recovery, StoreError> {
        recovery(&self.pool).await
    }
}

async fn ask(pool: &PgPool, query: Query<'_, Server, PgArguments>) -> Result<Vec<PgRow>, StoreError> {
    query.persistent(false).fetch_all(pool).await.stored()
}

/// The server and the database in it.
async fn whereabouts(pool: &PgPool) -> Result<(String, String), StoreError> {
    let query = sqlx::query(
        "SELECT s.system_identifier::text, d.oid::text FROM pg_catalog.pg_control_system() s, \
         pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()",
    );
    let rows = ask(pool, query).await?;
    let row = rows.first().ok_or(StoreError::NotMigrated)?;
    Ok((column(row, 0)?, column(row, 1)?))
}

async fn recovery(pool: &PgPool) -> Result<Recovery, StoreError> {
    let mode = ask(pool, sqlx::query("SELECT pg_catalog.current_setting('archive_mode')")).await?;
    let mode: Option<String> = mode.first().map(|row| column(row, 0)).transpose()?;
    let slots =
        ask(pool, sqlx::query("SELECT slot_name::text FROM pg_catalog.pg_replication_slots ORDER BY 1"));
    let slots = slots.await?.iter().map(|row| column(row, 0)).collect::<Result<_, _>>()?;
    // Only superusers and pg_read_all_settings see it.
    let folder = sqlx::query("SELECT setting FROM pg_catalog.pg_settings WHERE name = 'data_directory'");
    let data_folder = ask(pool, folder).await?.first().map(|row| column(row, 0)).transpose()?;
    Ok(Recovery { archiving: mode.is_some_and(|mode| mode != "off"), slots, data_folder })
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("persistent", &self.persistent).finish_non_exhaustive()
    }
}
