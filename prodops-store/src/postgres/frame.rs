//! One transaction: who acts, in which workspace, with which keys. The text that begins it is put together
//! here, of constants and digits.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use prodops_core::id::WorkspaceId;
use prodops_core::keyring::KeyOwner;
use prodops_core::vault::KeyId;
use serde::Serialize;
use sqlx::postgres::{PgArguments, PgConnection, PgCopyIn, PgRow};
use sqlx::query::Query;
use sqlx::types::Uuid;
use sqlx::{AssertSqlSafe, PgPool, Postgres as Server, Transaction};

use super::failure::Stored;
use super::{Postgres, value};
use crate::contract::Plane;
use crate::error::StoreError;
use crate::sealed::{Keys, Place, Reach};

/// How often a transaction is begun again because its keys were rotated in the meantime.
const ATTEMPTS: u32 = 16;
/// No statement runs longer than this.
const STATEMENT_MILLIS: u32 = 60_000;
/// Nobody waits longer than this for somebody else's row.
const LOCK_MILLIS: u32 = 20_000;

/// The role that a transaction takes on, and the workspace that it is let into.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acting {
    role: &'static str,
    workspace: Option<WorkspaceId>,
    reach: Reach,
}

impl Acting {
    /// What a workspace owns.
    pub(super) const fn within(workspace: WorkspaceId) -> Self {
        Self::new("prodops_app", Some(workspace))
    }

    const fn new(role: &'static str, workspace: Option<WorkspaceId>) -> Self {
        let reach = match workspace {
            Some(workspace) => Reach::Workspace(workspace),
            None => Reach::Deployment,
        };
        Self { role, workspace, reach }
    }

    /// Users, sessions, memberships.
    pub(super) const fn identity() -> Self {
        Self::new("prodops_identity", None)
    }

    /// The registry, the audit tree, the deployment's log.
    pub(super) const fn control() -> Self {
        Self::new("prodops_control", None)
    }

    /// The same, for the holds on a workspace's connections.
    pub(super) const fn control_of(workspace: WorkspaceId) -> Self {
        Self::new("prodops_control", Some(workspace))
    }

    /// Erasing and sealing anew.
    pub(super) const fn purger(workspace: Option<WorkspaceId>) -> Self {
        Self::new("prodops_purger", workspace)
    }

    /// Removing rows of a workspace whose keys are destroyed already: none of them is opened.
    pub(super) const fn remover(workspace: WorkspaceId) -> Self {
        let own = Self::new("prodops_purger", Some(workspace));
        Self { reach: Reach::Deployment, ..own }
    }

    fn owners(self) -> impl Iterator<Item = KeyOwner> {
        let own = match self.reach {
            Reach::Deployment => None,
            Reach::Workspace(workspace) => Some(KeyOwner::Workspace(workspace)),
        };
        std::iter::once(KeyOwner::Deployment).chain(own)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Read,
    Write,
    /// Waits until everybody who writes has done so, and lets nobody begin before it is done.
    Alone(KeyOwner),
}

/// An open transaction. It is rolled back unless it is committed.
pub(super) struct Frame {
    transaction: Transaction<'static, Server>,
    pub(super) keys: Keys,
    workspace: Option<WorkspaceId>,
    persistent: bool,
}

/// The text that begins a transaction. A workspace's id is made of hexadecimal digits, everything else is a constant. Who is
/// the first of this process to seal under a key of `new` waits for everybody who writes.
fn beginning(acting: Acting, mode: Mode, new: &[KeyOwner]) -> String {
    let isolation = if mode == Mode::Read { " ISOLATION LEVEL REPEATABLE READ READ ONLY" } else { "" };
    let workspace = acting.workspace.map(|id| id.to_string()).unwrap_or_default();
    let mut sql = format!(
        "BEGIN{isolation}; SET LOCAL ROLE {}; SET LOCAL prodops.workspace_id = '{workspace}'; \
         SET LOCAL search_path = pg_catalog, pg_temp; SET LOCAL statement_timeout = {STATEMENT_MILLIS}; \
         SET LOCAL lock_timeout = {LOCK_MILLIS}",
        acting.role
    );
    // INVARIANT: whoever seals holds the lock of the keys that it seals under, and asks only then whether they are current.
    // Who looks for rows under an older key holds it alone: after that nobody commits one any more. So does who seals under a
    // new key for the first time: nobody is in the middle of writing then who would meet a row under a key that they do not know.
    for owner in acting.owners().filter(|_| mode != Mode::Read) {
        let shared = if mode == Mode::Alone(owner) || new.contains(&owner) { "" } else { "_shared" };
        let lock = value::key_lock(owner);
        let _ = write!(sql, "; SELECT pg_catalog.pg_advisory_xact_lock{shared}({lock})");
    }
    // INVARIANT: what is read is of a moment before the keys are confirmed, so that every row's key was there by then.
    if mode == Mode::Read {
        sql.push_str("; SELECT 1");
    }
    sql
}

/// Runs to its end also when the caller goes away: a transaction that was begun and that nobody knows of would go back to
/// the pool open, with the workspace still set.
pub(super) async fn begin(pool: &PgPool, sql: String) -> Result<Transaction<'static, Server>, StoreError> {
    let pool = pool.clone();
    let begun = tokio::spawn(async move { pool.begin_with(AssertSqlSafe(sql)).await });
    match begun.await {
        Ok(begun) => begun.stored(),
        Err(_) => Err(StoreError::Unavailable(None)),
    }
}

impl Frame {
    pub(super) async fn begin(store: &Postgres, acting: Acting, mode: Mode) -> Result<Self, StoreError> {
        let source = store.keys.as_ref();
        let reach = acting.reach;
        for _ in 0..ATTEMPTS {
            let keys = match mode {
                Mode::Read => Keys::opening(source, reach).await?,
                Mode::Write | Mode::Alone(_) => Keys::sealing(source, reach).await?,
            };
            let new = if mode == Mode::Read {
                Vec::new()
            } else {
                store.sealing.new_owners(acting.owners(), &keys)
            };
            let transaction = begin(&store.pool, beginning(acting, mode, &new)).await?;
            let confirmed = match (mode, keys.confirmed(source).await) {
                // Who only reads needs no leave to seal: should the keyring be away, these keys open what they opened before.
                (Mode::Read, Err(StoreError::Unavailable(_))) => true,
                (_, confirmed) => confirmed?,
            };
            if confirmed {
                store.sealing.note(&new, &keys);
                let persistent = store.persistent;
                return Ok(Self { transaction, keys, workspace: acting.workspace, persistent });
            }
        }
        Err(StoreError::Contention)
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        self.transaction.commit().await.stored()
    }

    /// Ends a transaction that changed nothing.
    pub(super) async fn end(self) -> Result<(), StoreError> {
        self.transaction.rollback().await.stored()
    }

    /// Takes on another role of the planes for the rest of the transaction.
    pub(super) async fn take_on(&mut self, acting: Acting) -> Result<(), StoreError> {
        let workspace = acting.workspace.map(|id| id.to_string()).unwrap_or_default();
        let sql = format!("SET LOCAL ROLE {}; SET LOCAL prodops.workspace_id = '{workspace}'", acting.role);
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *self.transaction).await.stored()?;
        self.workspace = acting.workspace;
        Ok(())
    }

    /// The workspace of the frame, as the first parameter of every statement of the workspace plane.
    pub(super) fn workspace(&self) -> Result<Uuid, StoreError> {
        self.workspace.map(|id| value::id(id.as_bytes())).ok_or(StoreError::ScopeViolation)
    }

    /// The number of rows that were changed.
    pub(super) async fn run(&mut self, query: Query<'_, Server, PgArguments>) -> Result<u64, StoreError> {
        let query = query.persistent(self.persistent);
        Ok(query.execute(&mut *self.transaction).await.stored()?.rows_affected())
    }

    pub(super) async fn one(
        &mut self,
        query: Query<'_, Server, PgArguments>,
    ) -> Result<Option<PgRow>, StoreError> {
        query.persistent(self.persistent).fetch_optional(&mut *self.transaction).await.stored()
    }

    pub(super) async fn all(
        &mut self,
        query: Query<'_, Server, PgArguments>,
    ) -> Result<Vec<PgRow>, StoreError> {
        query.persistent(self.persistent).fetch_all(&mut *self.transaction).await.stored()
    }

    /// Begins to send rows. They are there when that is finished.
    pub(super) async fn copy(
        &mut self,
        statement: &'static str,
    ) -> Result<PgCopyIn<&mut PgConnection>, StoreError> {
        self.transaction.copy_in_raw(statement).await.stored()
    }

    /// Where the rows of a table are sealed and opened.
    pub(super) fn place(&self, table: Sealed) -> Result<Place<'_>, StoreError> {
        Ok(Place { table: table.0, keys: self.keys.of(table.1)? })
    }

    /// Seals a row of a table: the id of the key, and the bytes.
    pub(super) fn seal(
        &self,
        table: Sealed,
        key: &[u8],
        row: &impl Serialize,
    ) -> Result<(Uuid, Vec<u8>), StoreError> {
        let place = self.place(table)?;
        Ok((value::id(place.keys.active().as_bytes()), place.seal(key, row)?))
    }
}

/// The keys that this process has sealed under, by their owners.
#[derive(Debug, Clone, Default)]
pub(super) struct SealedUnder(Arc<Mutex<HashMap<KeyOwner, KeyId>>>);

impl SealedUnder {
    /// Those of the owners whose active key is not the one of last time.
    fn new_owners(&self, owners: impl Iterator<Item = KeyOwner>, keys: &Keys) -> Vec<KeyOwner> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        owners.filter(|owner| known.get(owner).copied() != keys.active(*owner)).collect()
    }

    /// INVARIANT: while the owners' locks are held alone, and the keys are confirmed.
    fn note(&self, owners: &[KeyOwner], keys: &Keys) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(owners.iter().filter_map(|owner| Some((*owner, keys.active(*owner)?))));
    }
}

/// A table with sealed rows: the name that they are bound to, and whose keys they are under.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sealed(pub(super) &'static str, pub(super) Plane);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_names_its_role_and_its_workspace_and_locks_its_keys() {
        let workspace = WorkspaceId::from_bytes([0xab; 16]);
        let sql = beginning(Acting::within(workspace), Mode::Write, &[]);
        assert!(
            sql.starts_with("BEGIN; SET LOCAL ROLE prodops_app; SET LOCAL prodops.workspace_id = 'abababab-")
        );
        assert_eq!(sql.matches("pg_advisory_xact_lock_shared(").count(), 2);
        let sql = beginning(Acting::identity(), Mode::Read, &[]);
        assert!(
            sql.contains("READ ONLY; SET LOCAL ROLE prodops_identity; SET LOCAL prodops.workspace_id = '';")
        );
        assert!(!sql.contains("advisory"));
        let owner = KeyOwner::Workspace(workspace);
        let sql = beginning(Acting::purger(Some(workspace)), Mode::Alone(owner), &[]);
        assert_eq!((sql.matches("lock_shared(").count(), sql.matches("xact_lock(").count()), (1, 1));
        let sql = beginning(Acting::within(workspace), Mode::Write, &[KeyOwner::Deployment]);
        assert_eq!((sql.matches("lock_shared(").count(), sql.matches("xact_lock(").count()), (1, 1));
    }

    #[test]
    fn only_constants_and_digits_stand_in_it() {
        let sql = beginning(Acting::within(WorkspaceId::from_bytes([0x27; 16])), Mode::Write, &[]);
        assert_eq!(sql.matches('\'').count(), 2, "an id cannot end its quotes");
    }
}
