//! The commits that have lines of one kind of work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use prodops::engine::ReportQuery;
use prodops::metrics::value::LineWork;
use prodops::policy::{ListRepositories, ReadReport};
use serde::Serialize;
use utoipa::ToSchema;

use super::commits::Commit;
use super::report::Asked;
use super::{Answer, Body};
use crate::web::{Access, App, Caller, Path, Problem, Query, Routes};

/// A commit and how many of its lines are of the kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkCommit {
    /// Lines of the kind.
    lines: u64,
    /// The commit.
    commit: Commit,
}

/// The commits that have lines of the kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkCommits {
    /// Newest first.
    items: Vec<WorkCommit>,
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(ListRepositories, ReadReport)>();
    routes.mount(access, Method::GET, "/api/v1/workspaces/{slug}/work/{work}", get(handler))
}

/// The commits that have lines of one kind in a window: what went into its part of `work_breakdown`.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/work/{work}", tag = "metrics",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("work" = String, Path, description = "`new`, `refactor`, `rework_own` or `rework_others`"), Asked),
    responses((status = 200, body = WorkCommits), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn handler(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, work)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Answer<WorkCommits> {
    let workspace = caller.enter(&slug).await?;
    let work = LineWork::named(&work).ok_or_else(Problem::not_found)?;
    let query = ReportQuery { repository: asked.repository()?, window: asked.window(&app)? };
    let found = workspace.commits_with(&query, work).await?;
    let item = |(commit, lines)| WorkCommit { lines, commit: Commit::from(commit) };
    Ok(Body(WorkCommits { items: found.into_iter().map(item).collect() }))
}
