//! Every row of the store as it was at one moment: one transaction that lasts as long as a backup does.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use prodops_core::id::WorkspaceId;
use prodops_core::keyring::{KeyOwner, RowKeySource};
use sqlx::types::Uuid;

use super::Postgres;
use super::frame::{Acting, Frame, Mode};
use super::portable::{epoch, is_left_out, portable};
use super::tables::tables_of;
use super::value::{column, limit as most};
use crate::backend::Snapshot;
use crate::contract::{ExportPage, ExportPosition, PortableRow};
use crate::error::StoreError;
use crate::sealed::{Keys, Reach};

/// The number of the table of holds, which are not sealed and come last.
const HOLDS: u16 = u16::MAX;

/// A read transaction over the whole store.
pub(super) struct PostgresSnapshot {
    pub(super) frame: Frame,
    source: Arc<dyn RowKeySource>,
}

impl PostgresSnapshot {
    pub(super) async fn begin(store: &Postgres) -> Result<Self, StoreError> {
        let mut frame = Frame::begin(store, Acting::purger(None), Mode::Read).await?;
        // The first statement is what fixes the moment.
        frame.one(sqlx::query("SELECT schema_version FROM prodops.stamp")).await?;
        Ok(Self { frame, source: Arc::clone(&store.keys) })
    }
}

/// Where a table goes on.
pub(super) type Beyond = (String, String);

#[async_trait]
impl Snapshot for PostgresSnapshot {
    async fn workspaces(&mut self) -> Result<Vec<WorkspaceId>, StoreError> {
        let query = sqlx::query("SELECT id FROM prodops_control.workspace ORDER BY id");
        let rows = self.frame.all(query).await?;
        rows.iter().map(|row| Ok(WorkspaceId::from_bytes(column::<Uuid>(row, 0)?.into_bytes()))).collect()
    }

    async fn rows(
        &mut self,
        owner: KeyOwner,
        after: Option<&ExportPosition>,
        limit: usize,
    ) -> Result<ExportPage, StoreError> {
        let limit = limit.max(1);
        self.turn_to(owner).await?;
        let (tables, own) = tables_of(owner);
        let from = after.map_or(0, |after| after.table);
        let mut found = ExportPage { rows: Vec::new(), next: None };
        for (at, table) in
            (0_u16..).zip(tables).filter(|(at, table)| *at >= from && !is_left_out(table.table))
        {
            let beyond = beyond(after, at)?;
            let rows = page(&mut self.frame, table.page, own, beyond, limit, found.rows.len()).await?;
            for row in &rows {
                found.rows.push(portable(&self.frame, table.table, row)?);
            }
            if found.rows.len() >= limit {
                found.next = position(at, rows.last())?;
                return Ok(found);
            }
        }
        if owner == KeyOwner::Deployment {
            self.holds(&mut found, beyond(after, HOLDS)?, limit).await?;
        }
        Ok(found)
    }
}

impl PostgresSnapshot {
    /// Opens the rows of an owner. Those of the moment may be under a key that was active then: keys that open hold it until
    /// it is destroyed.
    pub(super) async fn turn_to(&mut self, owner: KeyOwner) -> Result<(), StoreError> {
        self.frame.keys = Keys::opening(self.source.as_ref(), Reach::of(owner)).await?;
        self.frame.take_on(Acting::purger(owner.workspace())).await
    }

    async fn holds(
        &mut self,
        found: &mut ExportPage,
        beyond: Option<Beyond>,
        limit: usize,
    ) -> Result<(), StoreError> {
        const PAGE: &str = "SELECT workspace_id::text, connection_id::text, workspace_id, connection_id, epoch \
                            FROM prodops_control.hold h WHERE $1::uuid IS NULL \
                            AND ($2::text IS NULL OR (workspace_id, connection_id) > ($2::uuid, $3::uuid)) \
                            ORDER BY h.workspace_id, h.connection_id LIMIT $4";
        let rows = page(&mut self.frame, PAGE, None, beyond, limit, found.rows.len()).await?;
        let epochs = rows.iter().map(epoch).collect::<Result<Vec<PortableRow>, _>>()?;
        found.rows.extend(epochs);
        if found.rows.len() >= limit {
            found.next = position(HOLDS, rows.last())?;
        }
        Ok(())
    }
}

pub(super) async fn page(
    frame: &mut Frame,
    query: &'static str,
    own: Option<Uuid>,
    beyond: Option<Beyond>,
    limit: usize,
    have: usize,
) -> Result<Vec<sqlx::postgres::PgRow>, StoreError> {
    let (first, second) = beyond.map_or((None, None), |(first, second)| (Some(first), Some(second)));
    let query = sqlx::query(query).bind(own).bind(first).bind(second);
    frame.all(query.bind(most(limit.saturating_sub(have)))).await
}

fn beyond(after: Option<&ExportPosition>, table: u16) -> Result<Option<Beyond>, StoreError> {
    let Some(after) = after.filter(|after| after.table == table) else { return Ok(None) };
    let refused = |_| StoreError::invalid("export position", "is not one of this store");
    postcard::from_bytes(&after.key).map(Some).map_err(refused)
}

fn position(table: u16, last: Option<&sqlx::postgres::PgRow>) -> Result<Option<ExportPosition>, StoreError> {
    let Some(last) = last else { return Ok(None) };
    let keys: Beyond = (column(last, 0)?, column(last, 1)?);
    let key = postcard::to_stdvec(&keys).map_err(|_| StoreError::Corrupt { table: "export" })?;
    Ok(Some(ExportPosition { table, key }))
}

impl fmt::Debug for PostgresSnapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresSnapshot").finish_non_exhaustive()
    }
}
