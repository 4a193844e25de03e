//! The embedded backend: `redb` in memory or in one file.
//!
//! Every table declares its plane. Keys of the workspace plane begin with the workspace's id, so that a scope is a key
//! prefix; values are `postcard` behind a version byte, sealed under the data key of the workspace that owns them, or
//! the deployment's. Commits are durable when they return: a process that is killed at any point leaves the file as it
//! was before or after each of them.
//!
//! # Security
//! The file is made readable by its owner only, and tells who can read it nothing but ids, keyed hashes, instants in
//! ids, and how many rows there are. A row opens under its own table and key in its own environment only: one that was
//! moved, changed or brought back from elsewhere is [`StoreError::Corrupt`]. Once a workspace's keys are destroyed,
//! nothing of it can be read any more. An older version of the same row can be put back by who can write the file.

mod ai_use;
mod api_tokens;
mod audit;
mod audit_snapshot;
mod compact;
mod connections;
mod control;
mod create;
mod credential;
mod failure;
mod header;
mod identity;
mod ingest;
mod job_line;
mod jobs;
mod key;
mod labels;
mod leases;
mod lifecycle;
mod log;
mod permits;
#[cfg(any(test, feature = "testing"))]
mod plain;
mod reseal;
#[cfg(any(test, feature = "testing"))]
mod room;
mod sequence;
mod sessions;
mod table;
mod tables;
mod transaction;
mod workspace;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use prodops_core::environment::Environment;
use redb::backends::InMemoryBackend;
use redb::{Database, StorageBackend};

use crate::blocking::on_blocking_thread;
use crate::contract::Plane;
use crate::error::StoreError;
use crate::sealed::{Keys, Reach};
pub use compact::Compacted;
use prodops_core::id::WorkspaceId;
use prodops_core::keyring::RowKeySource;
#[cfg(any(test, feature = "testing"))]
pub use room::Room;
use transaction::{Reading, Writing};

/// How often a transaction is begun again because its keys were rotated in the meantime.
const ATTEMPTS: u32 = 16;
/// Pages kept in memory on top of what the operating system keeps.
const CACHE_BYTES: usize = 256 * 1024 * 1024;

/// A store in this process: in memory, or in one file that this process owns.
///
/// Its methods must be called inside a `tokio` run time: writes and lists run on its blocking threads. Dropping a
/// future before it is done leaves the rows as before or as after it, never between.
///
/// After a failed write, such as on a full disk, nothing more is read or written until the file is opened again: what
/// the operating system kept of that write is only certain then.
#[derive(Clone)]
pub struct Embedded {
    database: Arc<Database>,
    keys: Arc<dyn RowKeySource>,
}

impl Embedded {
    /// A store in memory, gone when it is dropped.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when it cannot be made.
    pub fn memory(environment: Environment, keys: Arc<dyn RowKeySource>) -> Result<Self, StoreError> {
        Self::in_storage(InMemoryBackend::new(), environment, keys)
    }

    /// The store in this file, which is made if there is none.
    ///
    /// # Errors
    /// [`StoreError::Sealed`] and [`StoreError::Keys`] without the keys of its rows: then the file is neither made nor
    /// changed. [`StoreError::InUse`] when another process has it open, [`StoreError::Format`] when another version of
    /// ProdOps wrote it, [`StoreError::Environment`] when it belongs to another environment, [`StoreError::NotAStore`]
    /// when it is something else, [`StoreError::Unavailable`] and [`StoreError::Full`] when it cannot be read or made.
    pub async fn open(
        path: &Path,
        environment: Environment,
        keys: Arc<dyn RowKeySource>,
    ) -> Result<Self, StoreError> {
        let path = path.to_owned();
        let open = Keys::sealing(keys.as_ref(), Reach::Deployment).await?;
        on_blocking_thread(move || {
            create::unless_there(&path, environment)?;
            let store = Self::in_storage(create::existing(&path)?, environment, keys)?;
            let writing = Writing::begin(&store.database, open)?;
            // A file of an earlier version with the same form of rows may have fewer tables.
            tables::make_all(&writing.inner)?;
            tables::prove_keys(&writing)?;
            leases::end_all(&writing)?;
            jobs::put_back_all(&writing)?;
            writing.commit()?;
            Ok(store)
        })
        .await
    }

    /// The names of the tables and the plane that each declares.
    #[must_use]
    pub const fn tables() -> &'static [(&'static str, Plane)] {
        tables::DECLARATIONS
    }

    /// A store in any storage, such as one that fails on purpose.
    ///
    /// # Errors
    /// As for [`Embedded::open`].
    #[cfg(any(test, feature = "testing"))]
    pub fn on_storage(
        storage: impl StorageBackend,
        environment: Environment,
        keys: Arc<dyn RowKeySource>,
    ) -> Result<Self, StoreError> {
        Self::in_storage(storage, environment, keys)
    }

    fn in_storage(
        storage: impl StorageBackend,
        environment: Environment,
        keys: Arc<dyn RowKeySource>,
    ) -> Result<Self, StoreError> {
        let opened = Database::builder().set_cache_size(CACHE_BYTES).create_with_backend(storage);
        let database = opened.map_err(failure::on_open)?;
        header::check_or_stamp(&database, environment)?;
        Ok(Self { database: Arc::new(database), keys })
    }

    /// Looks one row of the identity or control plane up, on the caller's thread: that is shorter than the way to
    /// another one.
    async fn peek<T>(&self, work: impl FnOnce(&Reading) -> Result<T, StoreError>) -> Result<T, StoreError> {
        work(&self.reading(Reach::Deployment).await?)
    }

    /// The same in what a workspace owns.
    async fn peek_in<T>(
        &self,
        workspace: WorkspaceId,
        work: impl FnOnce(&Reading) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(&self.reading(Reach::Workspace(workspace)).await?)
    }

    /// Reads many rows of the identity or control plane, from one snapshot.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Reading) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reading = self.reading(Reach::Deployment).await?;
        on_blocking_thread(move || work(&reading)).await
    }

    /// The same of what a workspace owns.
    async fn read_in<T: Send + 'static>(
        &self,
        workspace: WorkspaceId,
        work: impl FnOnce(&Reading) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let reading = self.reading(Reach::Workspace(workspace)).await?;
        on_blocking_thread(move || work(&reading)).await
    }

    /// Changes rows of the identity and control planes, all or none. The commit is durable when this returns.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Writing) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.change(Reach::Deployment, work).await
    }

    /// The same, of what a workspace owns as well.
    async fn write_in<T: Send + 'static>(
        &self,
        workspace: WorkspaceId,
        work: impl FnOnce(&Writing) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.change(Reach::Workspace(workspace), work).await
    }

    async fn reading(&self, reach: Reach) -> Result<Reading, StoreError> {
        for _ in 0..ATTEMPTS {
            let keys = Keys::opening(self.keys.as_ref(), reach).await?;
            let reading = Reading::begin(&self.database, keys)?;
            // INVARIANT: whoever rotates keys may have brought rows under one that these keys do not hold.
            if reading.keys.are_current(self.keys.as_ref()) {
                return Ok(reading);
            }
        }
        Err(StoreError::Contention)
    }

    async fn change<T: Send + 'static>(
        &self,
        reach: Reach,
        work: impl FnOnce(&Writing) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let mut work = work;
        for _ in 0..ATTEMPTS {
            let keys = Keys::sealing(self.keys.as_ref(), reach).await?;
            let (database, source) = (Arc::clone(&self.database), Arc::clone(&self.keys));
            let attempt = on_blocking_thread(move || {
                let writing = Writing::begin(&database, keys)?;
                // INVARIANT: after a rotation nobody seals under the key before. This transaction waited for its turn, and a
                // sweep that came first does not come back.
                if !writing.keys.are_current(source.as_ref()) {
                    return Ok(Attempt::Outdated(work));
                }
                let outcome = work(&writing)?;
                writing.commit()?;
                Ok(Attempt::Done(outcome))
            });
            match attempt.await? {
                Attempt::Done(outcome) => return Ok(outcome),
                Attempt::Outdated(again) => work = again,
            }
        }
        Err(StoreError::Contention)
    }
}

/// What came of a transaction.
enum Attempt<T, W> {
    Done(T),
    /// Its keys were not the newest any more; nothing was changed.
    Outdated(W),
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").finish_non_exhaustive()
    }
}
