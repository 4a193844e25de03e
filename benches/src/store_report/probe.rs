//! Statements inside a frame like the store's: a role, a workspace, and nothing that outlives the transaction.

use std::time::Duration;

use prodops::core::id::WorkspaceId;
use sqlx::Connection;
use sqlx::postgres::{PgConnection, PgTransaction};
use sqlx::types::Uuid;

use super::Failure;
use super::cluster::say;
use super::measure::timed;

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// Row-level security and the condition of the statement.
    Locked,
    /// The condition alone.
    Unlocked,
}

/// Begins what the store begins for every read.
pub(super) async fn frame<'c>(
    connection: &'c mut PgConnection,
    role: Role,
    workspace: WorkspaceId,
    planner: &str,
) -> Result<PgTransaction<'c>, Failure> {
    let role = match role {
        Role::Locked => "prodops_app",
        Role::Unlocked => "bench_unlocked",
    };
    let mut transaction = connection.begin().await?;
    let text = format!(
        "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL ROLE {role}; \
         SET LOCAL prodops.workspace_id = '{workspace}'; SET LOCAL search_path = pg_catalog, pg_temp; {planner}"
    );
    say(&mut transaction, &text).await?;
    Ok(transaction)
}

/// The workspace as a parameter.
pub(super) fn id(workspace: WorkspaceId) -> Uuid {
    Uuid::from_bytes(*workspace.as_bytes())
}

/// The time of one statement that is prepared, inside a frame that is open; its rows are received and dropped.
pub(super) async fn statement(
    connection: &mut PgConnection,
    query: sqlx::query::Query<'_, sqlx::Postgres, sqlx::postgres::PgArguments>,
) -> Result<(usize, Duration), Failure> {
    let (rows, time) = timed(query.fetch_all(connection)).await?;
    Ok((rows.len(), time))
}
