//! The commits behind the share of one kind of work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use prodops::engine::ReportQuery;
use prodops::metrics::value::ActivityClass;
use prodops::policy::{ListRepositories, ReadReport};
use serde::Serialize;
use utoipa::ToSchema;

use super::commits::Commit;
use super::report::Asked;
use super::{Answer, Body};
use crate::web::{Access, App, Caller, Path, Problem, Query, Routes};

/// The commits behind a share.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvestmentCommits {
    /// Newest first.
    items: Vec<Commit>,
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(ListRepositories, ReadReport)>();
    routes.mount(access, Method::GET, "/api/v1/workspaces/{slug}/investment/{kind}", get(handler))
}

/// The commits that count as one kind of work in a window: what went into its share in `investment_mix`.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/investment/{kind}", tag = "metrics",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("kind" = String, Path, description = "a label such as `feature`, or `unclassified`"), Asked),
    responses((status = 200, body = InvestmentCommits), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn handler(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, kind)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Answer<InvestmentCommits> {
    let workspace = caller.enter(&slug).await?;
    let class = ActivityClass::named(&kind).ok_or_else(Problem::not_found)?;
    let query = ReportQuery { repository: asked.repository()?, window: asked.window(&app)? };
    let commits = workspace.commits_behind(&query, class).await?;
    Ok(Body(InvestmentCommits { items: commits.into_iter().map(Commit::from).collect() }))
}
