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
//! Wrapped keys and the ledger of deletions have a database of their own, [`PostgresKeyring`], where several processes share
//! them.
//!
//! # Security
//! The login role has no rights of its own (`NOINHERIT`) and is a member of the roles of the planes, never of the owner's.
//! Sealed rows open under their own table and key only. The facts' numbers (lines, files, instants) are not sealed: who
//! can write the database can change them, and [`Postgres::posture`] is what keeps others from writing it.

mod ai_use;
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
mod database;
mod failure;
mod filter;
mod frame;
mod identity;
mod ingest;
mod jobs;
mod keyring;
mod labels;
mod leases;
mod lifecycle;
mod line_log;
mod log;
mod migrate;
mod people;
mod permits;
mod portable;
mod posture;
mod purge;
mod remote_objects;
mod repositories;
mod reseal;
mod restore;
mod seals;
mod sequence;
mod sessions;
mod snapshot;
mod tables;
mod tip_files;
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
pub use database::{Database, Recovery, Separation, Stamp};
use frame::{Acting, Frame};
pub use keyring::{KEYRING_VERSION, PostgresKeyring};
pub use migrate::{migrate, migrate_keyring};
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
    sealing: frame::SealedUnder,
    persistent: bool,
}

impl Postgres {
    /// Connects, and checks before anything else that the database is a store of this environment, of this schema version,
    /// sealed under these keys, and that every rule of [`Postgres::posture`] holds.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no way to the database, [`StoreError::NotMigrated`] before [`migrate`] was
    /// run, [`StoreError::Schema`] for another version of it, [`StoreError::Environment`] for another environment,
    /// [`StoreError::Posture`] when a rule does not hold, [`StoreError::Sealed`] and [`StoreError::Keys`] without the keys
    /// of its rows.
    pub async fn connect(
        config: &PostgresConfig,
        environment: Environment,
        keys: Arc<dyn RowKeySource>,
    ) -> Result<Self, StoreError> {
        Database::reach(config, environment).await?.open(environment, keys).await
    }

    /// Looks at the database: every rule that keeps workspaces apart, and what to do where one does not hold.
    ///
    /// # Errors
    /// When the catalogue cannot be read.
    pub async fn posture(&self) -> Result<Posture, StoreError> {
        posture::look(&self.pool, self.persistent).await
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
