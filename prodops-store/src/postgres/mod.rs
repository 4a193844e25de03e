//! The PostgreSQL backend: several servers on one database, each workspace behind two locks.
//!
//! Every operation is one transaction that begins with a *frame*: the role of its plane and the workspace that it may
//! touch, set for this transaction only, in one round trip. Inside, every statement names the workspace once more. The
//! database refuses what either of the two would let through: row-level security knows the frame, the statement knows its
//! parameter.
//!
//! In the open are ids, instants, enums, numbers and keyed hashes. Whatever is text or personal is sealed bytes, under the
//! same keys and in the same form as in the embedded backend, with the id of the key beside them.
//!
//! # Security
//! The login role has no rights of its own (`NOINHERIT`) and is a member of the roles of the planes, never of the owner's.
//! Sealed rows open under their own table and key only. The facts' numbers (lines, files, instants) are not sealed: who
//! can write the database can change them, and [`Postgres::posture`] is what keeps others from writing it.

mod api_tokens;
mod audit;
mod audit_snapshot;
mod commit_row;
mod commits;
mod config;
mod connections;
mod control;
mod copy;
mod credential;
mod failure;
mod filter;
mod frame;
mod identity;
mod ingest;
mod jobs;
mod leases;
mod lifecycle;
mod log;
mod migrate;
mod people;
mod permits;
mod portable;
mod posture;
mod purge;
mod repositories;
mod reseal;
mod restore;
mod seals;
mod sequence;
mod sessions;
mod snapshot;
mod tables;
mod tombstones;
mod value;
mod workspace;

use std::fmt;
use std::sync::Arc;

use prodops_core::environment::Environment;
use prodops_core::keyring::RowKeySource;
use sqlx::PgPool;

use crate::error::StoreError;
pub use config::PostgresConfig;
use frame::{Acting, Frame};
pub use migrate::migrate;
pub use posture::{Posture, PostureFinding, PostureRule, Severity};

/// The statements that are put together at compile time, for who wants to see every one; all others are literals.
#[cfg(any(test, feature = "testing"))]
pub fn statements() -> impl Iterator<Item = &'static str> {
    let logs = log::statements().chain(purge::statements());
    logs.chain(tables::statements()).chain(commits::statements())
}

/// The version of the schema that this version of ProdOps reads and writes.
pub const SCHEMA_VERSION: u32 = 1;

/// A store in a PostgreSQL database. Clones share the pool.
#[derive(Clone)]
pub struct Postgres {
    pool: PgPool,
    keys: Arc<dyn RowKeySource>,
    persistent: bool,
}

impl Postgres {
    /// Connects, and checks before anything else that the database is a store of this environment, of this schema version,
    /// sealed under these keys, and that every rule of [`Postgres::posture`] holds.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no way to the database, [`StoreError::NotAStore`] before [`migrate`] was
    /// run, [`StoreError::Schema`] for another version of it, [`StoreError::Environment`] for another environment,
    /// [`StoreError::Posture`] when a rule does not hold, [`StoreError::Sealed`] and [`StoreError::Keys`] without the keys
    /// of its rows.
    pub async fn connect(
        config: &PostgresConfig,
        environment: Environment,
        keys: Arc<dyn RowKeySource>,
    ) -> Result<Self, StoreError> {
        let pool = config.pool().await?;
        Self::open(pool, environment, keys, config.is_direct()).await
    }

    /// The same on a pool that is there already, which must lead to the database itself and not to a pooler.
    ///
    /// # Errors
    /// As for [`Postgres::connect`].
    pub async fn with_pool(
        pool: PgPool,
        environment: Environment,
        keys: Arc<dyn RowKeySource>,
    ) -> Result<Self, StoreError> {
        Self::open(pool, environment, keys, true).await
    }

    async fn open(
        pool: PgPool,
        environment: Environment,
        keys: Arc<dyn RowKeySource>,
        persistent: bool,
    ) -> Result<Self, StoreError> {
        let store = Self { pool, keys, persistent };
        store.check_stamp(environment).await?;
        store.posture().await?.demand()?;
        store.prove_keys().await?;
        Ok(store)
    }

    /// Looks at the database: every rule that keeps workspaces apart, and what to do where one does not hold.
    ///
    /// # Errors
    /// When the catalogue cannot be read.
    pub async fn posture(&self) -> Result<Posture, StoreError> {
        posture::look(&self.pool, self.persistent).await
    }

    async fn check_stamp(&self, expected: Environment) -> Result<(), StoreError> {
        let query =
            sqlx::query("SELECT environment, schema_version FROM prodops.stamp").persistent(self.persistent);
        let mut transaction = frame::begin(&self.pool, "BEGIN READ ONLY".to_owned()).await?;
        let row = query.fetch_optional(&mut *transaction).await.map_err(failure::on_stamp)?;
        let row = row.ok_or(StoreError::NotAStore)?;
        let (name, version): (String, i32) = (value::column(&row, 0)?, value::column(&row, 1)?);
        let found = u32::try_from(version).unwrap_or_default();
        if found != SCHEMA_VERSION {
            return Err(StoreError::Schema { found, expected: SCHEMA_VERSION });
        }
        match name.parse::<Environment>() {
            Ok(found) if found == expected => Ok(()),
            Ok(found) => Err(StoreError::Environment { found, expected }),
            Err(_) => Err(StoreError::NotAStore),
        }
    }

    /// Proves that the deployment's keys are those of this database, before a row of it is changed. A new one gets its proof.
    async fn prove_keys(&self) -> Result<(), StoreError> {
        let mut frame = self.write(Acting::control()).await?;
        control::prove_keys(&mut frame).await?;
        frame.commit().await
    }

    /// Begins to read, from one snapshot.
    async fn read(&self, acting: Acting) -> Result<Frame, StoreError> {
        Frame::begin(self, acting, frame::Mode::Read).await
    }

    /// Begins to write. What is not committed is rolled back when the frame is dropped.
    async fn write(&self, acting: Acting) -> Result<Frame, StoreError> {
        Frame::begin(self, acting, frame::Mode::Write).await
    }

    /// Ends every connection of the pool, when those in use are given back.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres").field("persistent", &self.persistent).finish_non_exhaustive()
    }
}
