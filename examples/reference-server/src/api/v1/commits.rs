//! Pages of a repository's commits.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Method;
use axum::routing::get;
use prodops::core::fact::CommitFact;
use prodops::store::contract::PageToken;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Answer, Body, id};
use crate::web::{Access, App, Caller, Path, Problem, Query, Routes};

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// The `next` of the page before.
    after: Option<String>,
    /// How many, at most 5,000; 500 unless given.
    limit: Option<usize>,
}

/// A page of commits.
#[derive(Debug, Serialize, ToSchema)]
pub struct Commits {
    /// The commits as facts, ordered by id.
    #[schema(value_type = Vec<Object>)]
    items: Vec<CommitFact>,
    /// The next page; `null` after the last.
    next: Option<String>,
}

pub(super) fn mount(routes: Routes) -> Routes {
    let access = Access::Session("ReadReport");
    routes.mount(access, Method::GET, "/api/v1/workspaces/{slug}/repositories/{id}/commits", get(handler))
}

/// A page of a repository's commits.
#[utoipa::path(get, path = "/api/v1/workspaces/{slug}/repositories/{id}/commits", tag = "repositories",
    params(("slug" = String, Path, description = "one of the caller's workspaces"),
        ("id" = String, Path, description = "the repository"), Asked),
    responses((status = 200, body = Commits), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
pub async fn handler(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((slug, repository)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Answer<Commits> {
    let workspace = caller.enter(&app, &slug).await?;
    let after = asked.after.as_deref().map(str::parse::<PageToken>).transpose();
    let after = after.map_err(|error| Problem::bad_request(error.to_string()))?;
    let page = workspace.commits(id(&repository)?, after.as_ref(), asked.limit.unwrap_or(500)).await?;
    Ok(Body(Commits { items: page.items, next: page.next.map(|next| next.to_string()) }))
}
