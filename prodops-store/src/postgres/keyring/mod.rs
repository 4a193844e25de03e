//! A keyring that several processes share, and the ledger of deletions beside it, in a database apart from the data's.
//!
//! A change is one transaction that locks the rows which it is about, in one order, and makes it only when each is as the
//! change says that it was. Every transaction of the store asks which key seals now: what one process rotates or destroys
//! holds in the others from then on.
//!
//! # Security
//! Every key in it is wrapped: without a root key the database is noise. What is destroyed leaves the table at once, and the
//! server's files and its archived log when they are vacuumed and expire: count their retention into that of the keyring.

mod ledger;
mod row;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use prodops_core::environment::Environment;
use prodops_core::keyring::{
    Change, DataKeyRecord, KeyOwner, KeyState, KeyringContents, KeyringError, KeyringRow, KeyringStore,
    RootRecord, SealedKeyKind, SealedKeyRecord,
};
use prodops_core::vault::KeyId;
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::query::Query;
use sqlx::{PgPool, Postgres as Server, Transaction};

use super::config::PostgresConfig;
use super::database::Stamp;
use super::failure::{self, Stored};
use super::frame;
use super::value::{column, limit as most};
use crate::error::StoreError;
use crate::ledger::LedgerPlace;
use row::Place;

/// The version of the keyring's schema that this version of ProdOps reads and writes.
pub const KEYRING_VERSION: u32 = 1;

const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL search_path = pg_catalog, pg_temp; \
                    SET LOCAL statement_timeout = 60000";
const WRITE: &str = "BEGIN; SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL statement_timeout = 60000; \
                     SET LOCAL lock_timeout = 20000";

/// A keyring in a database, shared by the processes of a deployment. Clones share the pool.
#[derive(Clone)]
pub struct PostgresKeyring {
    pub(super) pool: PgPool,
    persistent: bool,
}

impl PostgresKeyring {
    /// Connects, and checks that the database is the keyring of this environment.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no way to the database, [`StoreError::NotMigrated`] before
    /// [`migrate_keyring`](super::migrate_keyring) was run, [`StoreError::Schema`] for another version of it,
    /// [`StoreError::Environment`] for another environment.
    pub async fn connect(config: &PostgresConfig, environment: Environment) -> Result<Self, StoreError> {
        config.demand_privacy(environment)?;
        let keyring = Self { pool: config.pool().await?, persistent: config.is_direct() };
        keyring.check(environment).await?;
        Ok(keyring)
    }

    async fn check(&self, environment: Environment) -> Result<(), StoreError> {
        let query = sqlx::query("SELECT environment, schema_version FROM prodops_keyring.stamp");
        let mut transaction = self.begin(READ).await?;
        let row = query.persistent(self.persistent).fetch_optional(&mut *transaction).await;
        let row = row.map_err(failure::on_stamp)?.ok_or(StoreError::NotMigrated)?;
        Stamp::of(&row)?.demand(environment, KEYRING_VERSION)
    }

    /// The ledger of deletions that lies beside the keys.
    #[must_use]
    pub fn ledger(&self) -> Arc<dyn LedgerPlace> {
        Arc::new(self.clone())
    }

    async fn begin(&self, mode: &str) -> Result<Transaction<'static, Server>, StoreError> {
        frame::begin(&self.pool, mode.to_owned()).await
    }

    /// The records that a statement finds, in one round trip where no snapshot of several is needed.
    async fn records(
        &self,
        query: Query<'_, Server, PgArguments>,
        at: usize,
    ) -> Result<Vec<KeyringRow>, KeyringError> {
        let rows = query.persistent(self.persistent).fetch_all(&self.pool).await.stored().map_err(failed)?;
        rows.iter().map(|row| record(row, at)).collect()
    }

    async fn change(&self, changes: &[Change]) -> Result<(), KeyringError> {
        let mut transaction = self.begin(WRITE).await.map_err(failed)?;
        let mut batch = row::Batch::of(changes).map_err(failed)?;
        let present = batch.lock(&mut transaction, self.persistent).await.map_err(on_race)?;
        let mut contents = KeyringContents::default();
        for row in &present {
            contents.insert(record(row, 0)?);
        }
        contents.apply(changes)?;
        batch.write(&mut transaction, self.persistent).await.map_err(on_race)?;
        transaction.commit().await.stored().map_err(on_race)
    }

    /// Every row, as of one moment: what a copy of the keyring consists of.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn rows(&self) -> Result<Vec<KeyringRow>, KeyringError> {
        const ALL: &str = "SELECT record FROM prodops_keyring.entry ORDER BY kind, owner, name";
        self.records(sqlx::query(ALL), 0).await
    }

    /// Puts the rows and the ledger of a copy into a keyring that is empty, all or none.
    ///
    /// # Errors
    /// [`KeyringError::Conflict`] when it is not empty.
    pub async fn put_back(&self, rows: Vec<KeyringRow>, ledger: &str) -> Result<(), KeyringError> {
        let mut transaction = self.begin(WRITE).await.map_err(failed)?;
        let found = sqlx::query(
            "SELECT 1 FROM prodops_keyring.entry UNION ALL SELECT 1 FROM prodops_keyring.deletion LIMIT 1",
        );
        let found = found.persistent(self.persistent).fetch_optional(&mut *transaction).await;
        if found.stored().map_err(failed)?.is_some() {
            return Err(KeyringError::Conflict);
        }
        // Somebody who begins a keyring meanwhile has the same root or the same deployment's key: one of the two is refused.
        let mut batch = row::Batch::adding(rows).map_err(failed)?;
        batch.write(&mut transaction, self.persistent).await.map_err(on_race)?;
        self.add_lines(&mut transaction, 0, ledger).await.map_err(on_race)?;
        transaction.commit().await.stored().map_err(on_race)
    }

    /// Ends every connection of the pool, when those in use are given back.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

fn failed(error: StoreError) -> KeyringError {
    KeyringError::Store(Box::new(error))
}

/// Who writes a row first has won; so has who is not the one that the database picked out of a deadlock.
fn on_race(error: StoreError) -> KeyringError {
    match error {
        StoreError::AlreadyExists { .. } | StoreError::Contention => KeyringError::Conflict,
        other => failed(other),
    }
}

fn record(row: &PgRow, at: usize) -> Result<KeyringRow, KeyringError> {
    let text: String = column(row, at).map_err(failed)?;
    serde_json::from_str(&text).map_err(|_| failed(StoreError::Corrupt { table: "keyring" }))
}

#[async_trait]
impl KeyringStore for PostgresKeyring {
    async fn roots(&self) -> Result<Vec<RootRecord>, KeyringError> {
        const ROOTS: &str = "SELECT record FROM prodops_keyring.entry WHERE kind = 0 ORDER BY name";
        let rows = self.records(sqlx::query(ROOTS), 0).await?;
        let root = |row| if let KeyringRow::Root(row) = row { Some(row) } else { None };
        Ok(rows.into_iter().filter_map(root).collect())
    }

    async fn owners(&self, after: Option<KeyOwner>, limit: usize) -> Result<Vec<KeyOwner>, KeyringError> {
        let query = sqlx::query(
            "SELECT DISTINCT owner FROM prodops_keyring.entry \
             WHERE kind = 1 AND ($1::uuid IS NULL OR owner > $1) ORDER BY owner LIMIT $2",
        );
        let query = query.bind(after.map(row::owner_id)).bind(most(limit)).persistent(self.persistent);
        let rows = query.fetch_all(&self.pool).await.stored().map_err(failed)?;
        rows.iter().map(|row| Ok(row::owner(column(row, 0).map_err(failed)?))).collect()
    }

    async fn data_keys(&self, owner: KeyOwner) -> Result<Vec<DataKeyRecord>, KeyringError> {
        const KEYS: &str =
            "SELECT record FROM prodops_keyring.entry WHERE kind = 1 AND owner = $1 ORDER BY name";
        let rows = self.records(sqlx::query(KEYS).bind(row::owner_id(owner)), 0).await?;
        let key = |row| if let KeyringRow::DataKey(row) = row { Some(row) } else { None };
        Ok(rows.into_iter().filter_map(key).collect())
    }

    async fn active_key(&self, owner: KeyOwner) -> Result<Option<KeyId>, KeyringError> {
        // The newest is the active one, or none is: rotating makes the next, destroying leaves them all where they are.
        const NEWEST: &str = "SELECT record FROM prodops_keyring.entry WHERE kind = 1 AND owner = $1 \
                              ORDER BY name DESC LIMIT 1";
        let rows = self.records(sqlx::query(NEWEST).bind(row::owner_id(owner)), 0).await?;
        Ok(rows.into_iter().find_map(|row| match row {
            KeyringRow::DataKey(row) if row.state == KeyState::Active => Some(row.id),
            _ => None,
        }))
    }

    async fn sealed_keys(&self, owner: KeyOwner) -> Result<Vec<SealedKeyRecord>, KeyringError> {
        const KEYS: &str =
            "SELECT record FROM prodops_keyring.entry WHERE kind = 2 AND owner = $1 ORDER BY name";
        let rows = self.records(sqlx::query(KEYS).bind(row::owner_id(owner)), 0).await?;
        Ok(rows.into_iter().filter_map(sealed_key).collect())
    }

    async fn sealed_key(
        &self,
        owner: KeyOwner,
        kind: SealedKeyKind,
        subject: [u8; 16],
    ) -> Result<Option<SealedKeyRecord>, KeyringError> {
        const KEY: &str =
            "SELECT record FROM prodops_keyring.entry WHERE kind = $1 AND owner = $2 AND name = $3";
        let place = Place::of_sealed_key(owner, kind, subject).map_err(failed)?;
        let query = sqlx::query(KEY).bind(place.kind).bind(place.owner).bind(place.name);
        Ok(self.records(query, 0).await?.into_iter().find_map(sealed_key))
    }

    async fn apply(&self, changes: Vec<Change>) -> Result<(), KeyringError> {
        self.change(&changes).await
    }
}

fn sealed_key(row: KeyringRow) -> Option<SealedKeyRecord> {
    if let KeyringRow::SealedKey(row) = row { Some(row) } else { None }
}

impl fmt::Debug for PostgresKeyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresKeyring").finish_non_exhaustive()
    }
}
