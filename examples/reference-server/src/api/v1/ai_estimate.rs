//! What asking an AI provider would come to.

use axum::http::Method;
use axum::routing::post;
use prodops::policy::{ListRepositories, ReadReport, UpdateWorkspace};
use serde::Serialize;
use utoipa::ToSchema;

use super::ai::{Choice, money};
use super::{Answer, Body};
use crate::web::{Access, Caller, Json, Path, Problem, Routes};

/// What asking would come to now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Estimate {
    /// Commits that the offline model is less sure of than the threshold.
    commits: u64,
    /// How many of them the cost was measured on.
    measured: u64,
    /// What all of them would cost, about. What a month's budget does not cover is not sent.
    cost: f64,
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::caller::<(UpdateWorkspace, ListRepositories, ReadReport)>();
    routes.mount(access, Method::POST, "/api/v1/workspaces/{slug}/ai/estimate", post(handler))
}

/// What asking the provider of this choice would come to. Nothing is chosen, sent or kept.
#[utoipa::path(post, path = "/api/v1/workspaces/{slug}/ai/estimate", tag = "ai", request_body = Choice,
    params(("slug" = String, Path, description = "one of the caller's workspaces")),
    responses((status = 200, body = Estimate), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn handler(
    caller: Caller,
    Path(slug): Path<String>,
    Json(choice): Json<Choice>,
) -> Answer<Estimate> {
    let workspace = caller.enter(&slug).await?;
    let found = workspace.estimate_ai(&choice.settings()?).await?;
    Ok(Body(Estimate { commits: found.commits, measured: found.measured, cost: money(found.cost) }))
}
