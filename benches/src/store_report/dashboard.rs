//! A dashboard's question, from the index alone and by the plan that one has without such an index.

use std::time::Duration;

use prodops::core::id::WorkspaceId;
use prodops::core::time::Timestamp;
use sqlx::postgres::PgConnection;
use sqlx::{QueryBuilder, Row};

use super::commits::Filled;
use super::measure::{Times, first_is_first};
use super::probe::{Role, frame, id, statement};
use super::section::Section;
use super::{Failure, Size};

/// Commits, lines and people of each day of a quarter.
pub(super) const QUESTION: &str = "SELECT committed_ms / 86400000 AS day, count(*), sum(added), sum(deleted), \
     count(*) FILTER (WHERE bot) FROM prodops.commit_fact \
     WHERE workspace_id = $1 AND committed_ms >= $2 AND committed_ms < $3 GROUP BY 1 ORDER BY 1";

/// The plan of a store without a covering index.
const BITMAP: &str = "SET LOCAL enable_indexonlyscan = off; SET LOCAL enable_indexscan = off";

/// What was measured: each side asked every workspace once per round.
#[derive(Default)]
pub(super) struct Dashboard {
    pub(super) workspaces: usize,
    pub(super) index_only: Times,
    pub(super) bitmap: Times,
    pub(super) index_only_plan: String,
    pub(super) bitmap_plan: String,
}

/// The last quarter that there is something in.
pub(super) fn quarter() -> Result<(i64, i64), Failure> {
    let until: Timestamp = super::place::NEWEST.parse()?;
    Ok((until.plus_seconds(-90 * 86_400).as_millis(), until.as_millis()))
}

/// Asks for every workspace in turn, by one plan and then by the other.
pub(super) async fn measure(filled: &Filled<'_>, size: &Size, section: &mut Section) -> Result<(), Failure> {
    let mut probe = filled.database.probe().await?;
    let mut board = Dashboard { workspaces: filled.workspaces.len(), ..Dashboard::default() };
    for round in 0..size.rounds {
        let order = if first_is_first(round) { ["", BITMAP] } else { [BITMAP, ""] };
        for planner in order {
            let times = if planner.is_empty() { &mut board.index_only } else { &mut board.bitmap };
            times.add(ask_all(&mut probe, filled, planner).await?);
        }
    }
    if let Some((workspace, _)) = filled.workspaces.first() {
        board.index_only_plan = explained(&mut probe, *workspace, "").await?;
        board.bitmap_plan = explained(&mut probe, *workspace, BITMAP).await?;
    }
    section.dashboard(&board);
    Ok(())
}

async fn ask_all(probe: &mut PgConnection, filled: &Filled<'_>, planner: &str) -> Result<Duration, Failure> {
    let ((from, until), mut took) = (quarter()?, Duration::ZERO);
    for (workspace, _) in &filled.workspaces {
        let mut frame = frame(probe, Role::Locked, *workspace, planner).await?;
        // Planned each time: a plan that was kept would be the other side's.
        let query = sqlx::query(QUESTION).bind(id(*workspace)).bind(from).bind(until).persistent(false);
        took += statement(&mut frame, query).await?.1;
        frame.rollback().await?;
    }
    Ok(took)
}

async fn explained(
    probe: &mut PgConnection,
    workspace: WorkspaceId,
    planner: &str,
) -> Result<String, Failure> {
    let (from, until) = quarter()?;
    let mut frame = frame(probe, Role::Locked, workspace, planner).await?;
    let mut query = QueryBuilder::<sqlx::Postgres>::new("EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) ");
    query.push(QUESTION);
    let query = query.build().bind(id(workspace)).bind(from).bind(until).persistent(false);
    let rows = query.fetch_all(&mut *frame).await?;
    frame.rollback().await?;
    let lines = rows.iter().map(|row| row.try_get::<String, _>(0)).collect::<Result<Vec<_>, _>>()?;
    Ok(lines.join("\n"))
}
